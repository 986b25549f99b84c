import type { ResetKind } from "../../emu/machine.ts";
import type { Game } from "../library/game.ts";

/** Frames between two checkpoints. */
const CHECKPOINT_FRAMES = 60;
/** Limit on the memory of checkpoints; the oldest are dropped. */
const CHECKPOINT_BYTES = 128 * 1024 * 1024;

interface Checkpoint {
  /** The number of frames on the tape when it was made. */
  readonly position: number;
  readonly state: Uint8Array;
}

export interface TapeReset {
  readonly position: number;
  readonly kind: ResetKind;
}

/** A copy of a tape, kept with a saved state. */
export interface TapeCopy {
  readonly masks: Uint32Array;
  readonly resets: readonly TapeReset[];
  readonly checkpoints: readonly Checkpoint[];
  readonly impureBecause: string;
}

/**
 * The input of a game since power-on, frame by frame, with a state every second. It can go back to any frame
 * of the last minutes, and run a part of the past again on another machine.
 *
 * A state that is loaded brings its own tape, so the tape always is the way to the present. It is impure if
 * it alone does not lead there: after memory was written, or a state came from outside.
 */
export class Tape {
  #masks = new Uint32Array(1024);
  #length = 0;
  #resets: TapeReset[] = [];
  #checkpoints: Checkpoint[] = [];
  /** Why the tape does not lead to the present; empty if it does. */
  impureBecause = "";

  /** The game must have just been powered on. */
  constructor(game: Game) {
    this.mark(game);
  }

  /** Number of frames. */
  get length(): number {
    return this.#length;
  }

  /** The buttons of each frame: one byte per controller, the first lowest. */
  get masks(): Uint32Array {
    return this.#masks.subarray(0, this.#length);
  }

  get resets(): readonly TapeReset[] {
    return this.#resets;
  }

  /** The first frame that can be returned to. */
  get start(): number {
    return this.#checkpoints[0]?.position ?? this.#length;
  }

  /** Adds a frame that has just ended, with the buttons that the program got. */
  add(game: Game): void {
    if (this.#length === this.#masks.length) {
      const longer = new Uint32Array(2 * this.#masks.length);
      longer.set(this.#masks);
      this.#masks = longer;
    }
    this.#masks[this.#length++] = game.machine.latchedButtons >>> 0;
    const last = this.#checkpoints.at(-1);
    if (last === undefined || this.#length - last.position >= CHECKPOINT_FRAMES) this.mark(game);
  }

  /** Makes a checkpoint: between two frames, and after everything that the tape itself does not hold. */
  mark(game: Game): void {
    const state = game.save();
    if (this.#checkpoints.at(-1)?.position === this.#length) this.#checkpoints.pop();
    this.#checkpoints.push({ position: this.#length, state });
    const most = Math.max(2, Math.floor(CHECKPOINT_BYTES / state.length));
    if (this.#checkpoints.length > most) this.#checkpoints.shift();
  }

  /** Adds a press of reset or power, which the game has just done. */
  addReset(game: Game, kind: ResetKind): void {
    this.#resets.push({ position: this.#length, kind });
    this.mark(game);
  }

  /** Notes that something changed the game that the tape does not hold. */
  spoil(game: Game, because: string): void {
    this.impureBecause ||= because;
    this.mark(game);
  }

  copy(): TapeCopy {
    return {
      masks: this.masks.slice(),
      resets: [...this.#resets],
      checkpoints: [...this.#checkpoints],
      impureBecause: this.impureBecause,
    };
  }

  /** Becomes a copy: the game has just loaded the state that was saved with it. */
  restore(copy: TapeCopy): void {
    this.#masks = new Uint32Array(Math.max(1024, 2 * copy.masks.length));
    this.#masks.set(copy.masks);
    this.#length = copy.masks.length;
    this.#resets = [...copy.resets];
    this.#checkpoints = [...copy.checkpoints];
    this.impureBecause = copy.impureBecause;
  }

  /** Takes `game` back to frame `position`, which is not before `start`, and forgets what came after. */
  rewind(game: Game, position: number): void {
    while (this.#checkpoints.length > 1 && this.#checkpoints.at(-1)!.position > position)
      this.#checkpoints.pop();
    const last = this.#checkpoints.at(-1)!;
    this.#resets = this.#resets.filter(
      (reset) => reset.position < position || reset.position <= last.position,
    );
    game.load(last.state);
    this.#length = position;
    this.#replay(game, last.position, position);
  }

  /**
   * Runs the past again on `game`, a second machine, backwards in stretches of a second: calls `visit` before
   * each, from the newest to the oldest, until it returns true. `run` in `visit` runs the stretch.
   */
  searchBack(game: Game, visit: (from: number, run: () => void) => boolean): void {
    for (let i = this.#checkpoints.length - 1, end = this.#length; i >= 0; i--) {
      const { position, state } = this.#checkpoints[i]!;
      const stop = end;
      end = position;
      if (position === stop) continue;
      game.load(state);
      if (visit(position, () => this.#replay(game, position, stop))) return;
    }
  }

  /** Runs frames `from` to `to` − 1. Resets at `from` are part of the checkpoint there. */
  #replay(game: Game, from: number, to: number): void {
    for (let position = from; position < to; position++) {
      for (const reset of this.#resets)
        if (reset.position === position && position > from) game.reset(reset.kind);
      game.step(this.#masks[position]!, 1);
    }
  }
}

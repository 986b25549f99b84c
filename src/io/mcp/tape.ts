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
 * The input of a game since power-on, frame by frame. It can go back to any frame of the last minutes, and
 * run a part of the past again on another machine.
 *
 * Loading a state also loads the tape that was saved with it, so the tape always leads to the present. It is
 * impure if replaying it alone would not reach the present: after memory was written, or after a state from
 * elsewhere was loaded.
 */
export class Tape {
  #masks = new Uint32Array(1024);
  #length = 0;
  #resets: TapeReset[] = [];
  #checkpoints: Checkpoint[] = [];
  /** The reason why the tape is impure; empty if it is not. */
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

  /**
   * Makes a checkpoint. Call it between two frames, and after every change that the tape itself does not
   * contain.
   */
  mark(game: Game): void {
    const state = game.save();
    if (this.#checkpoints.at(-1)?.position === this.#length) this.#checkpoints.pop();
    this.#checkpoints.push({ position: this.#length, state });
    const most = Math.max(2, Math.floor(CHECKPOINT_BYTES / state.length));
    if (this.#checkpoints.length > most) this.#checkpoints.shift();
  }

  /** Adds a reset or power cycle that the game has just done. */
  addReset(game: Game, kind: ResetKind): void {
    this.#resets.push({ position: this.#length, kind });
    this.mark(game);
  }

  /** Marks the tape as impure: something that it does not contain has changed the game. */
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

  /**
   * Makes this tape equal to `copy`. Call it when the game has just loaded the state that was saved with the
   * copy.
   */
  restore(copy: TapeCopy): void {
    this.#masks = new Uint32Array(Math.max(1024, 2 * copy.masks.length));
    this.#masks.set(copy.masks);
    this.#length = copy.masks.length;
    this.#resets = [...copy.resets];
    this.#checkpoints = [...copy.checkpoints];
    this.impureBecause = copy.impureBecause;
  }

  /** Takes `game` back to frame `position`, which is not before `start`, and removes all later frames. */
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
   * Runs the past again on `game`, a second machine, in stretches of a second, from the newest to the oldest.
   * `visit` is called before each stretch, and runs it by calling `run`. Ends when `visit` returns true.
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

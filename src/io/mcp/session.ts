import { InputError } from "../../emu/input-error.ts";
import type { ResetKind } from "../../emu/machine.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import type { RomLoadOptions } from "../files/roms/rom-file.ts";
import type { Game } from "../library/game.ts";
import { type Cartridge, loadCartridge, powerOn } from "../library/load.ts";
import type { TileMap } from "../library/screen.ts";
import { Expression, parseExpression } from "../symbols/memory-expression.ts";
import { MemorySearch } from "../symbols/memory-search.ts";
import type { RootFolder } from "./root-folder.ts";
import { Tape, type TapeCopy } from "./tape.ts";

/** A saved state, with the tape that leads to it and its picture. */
export interface NamedState {
  readonly state: Uint8Array;
  readonly tape: TapeCopy;
  readonly pixels: Uint16Array;
  readonly frame: number;
}

export interface SessionOptions {
  readonly root: RootFolder;
  readonly nes: NesOptions;
  readonly load: RomLoadOptions;
  /** Called with errors that can only be bugs of emu. */
  readonly onBug: (error: unknown) => void;
}

/** Limit on named states. */
const MAX_STATES = 200;
const MAX_WATCHES = 32;
/** After this many frames in a row, other clients get a turn. */
const TURN_FRAMES = 120;

/** An expression that is reported after each run. */
export interface Watch {
  readonly expression: Expression;
  /** Its value in the last frame. */
  value: number;
}

/** The reason why a run ended before its last frame. */
export interface RunStop {
  readonly reason: string;
  /** True if the frame has not ended. */
  readonly isMidFrame: boolean;
}

/** Conditions that are checked while the game runs. */
export interface StopCondition {
  /** Called after each frame. Returns a text to stop the run. */
  afterFrame?(): string | undefined;
  /** Called after each instruction, which makes the run slower. Returns a text to stop the run. */
  afterInstruction?(): string | undefined;
}

/** One client's game, with its tape, named states and watched expressions. */
export class McpSession {
  readonly root: RootFolder;
  readonly onBug: SessionOptions["onBug"];
  readonly states = new Map<string, NamedState>();
  /** Expressions that are reported after each run, by their text. */
  readonly watches = new Map<string, Watch>();
  /** Real paths of the files that `record` has written. */
  readonly recordedFiles = new Set<string>();
  readonly search = new MemorySearch();
  readonly #options: SessionOptions;
  #cartridge: Cartridge | undefined;
  #game: Game | undefined;
  #tape: Tape | undefined;
  #tiles: TileMap | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #end = new AbortController();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.root = options.root;
    this.onBug = options.onBug;
  }

  /** Fires when the client has left: long work then stops, and none begins. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Tells tools that the client has left. */
  end(): void {
    this.#end.abort();
  }

  /** Runs `action` after all earlier ones have finished: a client can send several requests at once. */
  exclusive<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(action);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** Loads a ROM and powers on. If it throws `InputError`, the previous game stays loaded. */
  async load(rom: string | Uint8Array, tiles?: TileMap): Promise<void> {
    const path = typeof rom === "string" ? await this.root.rom(rom) : rom;
    this.insert(await loadCartridge(path, this.#options.load), tiles);
  }

  /** Powers on with a cartridge. */
  insert(cartridge: Cartridge, tiles?: TileMap): void {
    const game = this.#powerOn(cartridge, tiles);
    this.#cartridge = cartridge;
    this.#tiles = tiles;
    this.#game = game;
    this.#tape = new Tape(game);
    this.states.clear();
    this.watches.clear();
    this.search.clear();
  }

  /** Throws `InputError` if no game is loaded. */
  get game(): Game {
    if (this.#game !== undefined) return this.#game;
    throw new InputError(
      "usage",
      "no game is loaded",
      "",
      'call load first, with the path of a ROM, "swingby" or "test-card"',
    );
  }

  get tape(): Tape {
    void this.game;
    return this.#tape!;
  }

  /** The cartridge of the game. */
  get cartridge(): Cartridge {
    void this.game;
    return this.#cartridge!;
  }

  /** A second machine with the same game, on which the past can be run again. */
  twin(): Game {
    return this.#powerOn(this.cartridge, this.#tiles);
  }

  /** Throws `InputError` in the middle of a frame, because states and the tape contain whole frames. */
  requireFrameEnd(): void {
    if (this.game.isMidFrame)
      throw new InputError(
        "usage",
        "the game is in the middle of a frame",
        "",
        "finish the frame first: play 1 frame",
      );
  }

  /** Presses the reset button, or the power switch. */
  reset(kind: ResetKind): void {
    const { game } = this;
    if (kind === "power") {
      this.#game = this.#powerOn(this.cartridge, this.#tiles);
      this.#tape = new Tape(this.#game);
      this.#restartWatches();
      return;
    }
    this.requireFrameEnd();
    game.reset("reset");
    this.tape.addReset(game, "reset");
  }

  /**
   * Holds buttons for up to `frames` frames. Returns the reason why it stopped, or undefined after the last
   * frame.
   */
  async run(mask: number, frames: number, stop: StopCondition = {}): Promise<RunStop | undefined> {
    const { game, tape } = this;
    for (let frame = 0; frame < frames; frame++) {
      if (stop.afterInstruction === undefined && !game.isMidFrame) game.step(mask, 1);
      else {
        game.setButtons(mask);
        for (let ended = false; !ended; ) {
          ended = game.step();
          const reason = stop.afterInstruction?.();
          if (reason === undefined) continue;
          if (ended) this.#endFrame(tape, game);
          return { reason, isMidFrame: !ended };
        }
      }
      this.#endFrame(tape, game);
      const reason =
        stop.afterFrame?.() ?? (game.machine.cpu.jammed === 1 ? "the CPU has jammed" : undefined);
      if (reason !== undefined) return { reason, isMidFrame: false };
      if (frame % TURN_FRAMES === TURN_FRAMES - 1) await new Promise(setImmediate);
    }
    return undefined;
  }

  /** Saves a state by name. Throws `InputError` if there are too many, or in the middle of a frame. */
  save(name: string): NamedState {
    this.requireFrameEnd();
    if (!this.states.has(name) && this.states.size >= MAX_STATES)
      throw new InputError(
        "usage",
        `there are already ${MAX_STATES} states`,
        "",
        "delete some with the state tool",
      );
    const { game } = this;
    const saved = {
      state: game.save(),
      tape: this.tape.copy(),
      pixels: game.screen.copy(),
      frame: game.frame,
    };
    this.states.set(name, saved);
    return saved;
  }

  /** Throws `InputError` if there is no state of that name. */
  stateOf(name: string): NamedState {
    const saved = this.states.get(name);
    if (saved !== undefined) return saved;
    const names = [...this.states.keys()].slice(0, 20);
    const remedy = names.length === 0 ? "save one first" : `one of ${names.join(", ")}`;
    throw new InputError("usage", `no state is called ${name}`, "", remedy);
  }

  /** Goes back to a saved state. */
  restore(name: string): void {
    const saved = this.stateOf(name);
    this.game.load(saved.state);
    this.tape.restore(saved.tape);
    this.#restartWatches();
  }

  /** Goes back `frames` frames. Throws `InputError` if the tape does not reach that far. */
  rewind(frames: number): void {
    const { tape } = this;
    const position = tape.length - frames;
    if (position < tape.start)
      throw new InputError(
        "usage",
        `only ${tape.length - tape.start} frames can be rewound`,
        "",
        "load a saved state, or reset with power",
      );
    tape.rewind(this.game, position);
    this.#restartWatches();
  }

  /** Parses an expression over this game's memory and symbols. */
  expression(text: string): Expression {
    const { game } = this;
    const parsed = parseExpression(text, (name) => game.places.resolve(name).address);
    return new Expression(parsed, game.machine);
  }

  watch(text: string): void {
    if (!this.watches.has(text) && this.watches.size >= MAX_WATCHES)
      throw new InputError(
        "usage",
        `${MAX_WATCHES} expressions are watched already`,
        "",
        "remove some first",
      );
    this.#startWatch(text);
  }

  #startWatch(text: string): void {
    const expression = this.expression(text);
    this.watches.set(text, { expression, value: expression.value() });
  }

  #endFrame(tape: Tape, game: Game): void {
    tape.add(game);
    for (const watch of this.watches.values()) watch.value = watch.expression.commit();
  }

  /** Expressions belong to one machine and store values of the previous frame. */
  #restartWatches(): void {
    for (const text of [...this.watches.keys()]) this.#startWatch(text);
  }

  #powerOn(cartridge: Cartridge, tiles: TileMap | undefined): Game {
    const options = { ...this.#options.nes, onJam: "ignore" as const };
    return powerOn(cartridge, tiles === undefined ? options : { ...options, tiles });
  }
}

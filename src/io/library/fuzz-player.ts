import { InputError } from "../../emu/input-error.ts";
import { InputLog, type Movie } from "../movies/movie.ts";
import { movieRom } from "../movies/movie-file.ts";
import { NO_PRG_OFFSET } from "../symbols/symbols.ts";
import { CrashGuard } from "./crash-guard.ts";
import { GameError } from "./errors.ts";
import { cutScript, scriptFrames } from "./fuzz-input.ts";
import type { FuzzOptions } from "./fuzz-options.ts";
import type { Game } from "./game.ts";
import { type Cartridge, powerOn } from "./load.ts";
import type { InstructionSpy } from "./observer.ts";
import { BUTTON_NAMES } from "./pads.ts";
import type { Hold } from "./shrink.ts";
import { Trace } from "./trace.ts";

const TRACE_LINES = 12;

/** A failure of one run. */
export interface Found {
  readonly kind: string;
  readonly what: string;
  readonly place: string;
  readonly error: unknown;
  /** Number of frames after `start`. */
  readonly frames: number;
}

/** Counts the program bytes that are executed for the first time. */
class NewCode implements InstructionSpy {
  count = 0;
  readonly #game: Game;
  readonly #seen: Uint8Array;

  constructor(game: Game) {
    this.#game = game;
    this.#seen = new Uint8Array(game.rom.image.prgRom.length);
  }

  before(pc: number): void {
    const offset = this.#game.places.prgOffsetAt(pc);
    if (offset === NO_PRG_OFFSET || this.#seen[offset] === 1) return;
    this.#seen[offset] = 1;
    this.count++;
  }
}

/** Plays scripts from the point after `start`. */
export class FuzzPlayer {
  readonly startFrame: number;
  readonly #cartridge: Cartridge;
  readonly #options: FuzzOptions;
  readonly #game: Game;
  /** State of the machine after `start`. */
  readonly startState: Uint8Array;
  readonly #newCode: NewCode;
  readonly #prefix: Movie;
  #lastInstructions: readonly string[] = [];

  constructor(cartridge: Cartridge, options: FuzzOptions) {
    this.#cartridge = cartridge;
    this.#options = options;
    const first = powerOn(cartridge, options.game);
    const recording = first.record();
    options.start?.(first);
    this.#prefix = recording.movie();
    this.startState = first.save();
    this.startFrame = first.frame;
    this.#game = powerOn(cartridge, options.game);
    this.#newCode = new NewCode(this.#game);
    this.#game.spy(this.#newCode);
    this.#game.spy(new CrashGuard(this.#game, options));
  }

  /** Number of PRG ROM bytes at which an instruction has been executed so far. */
  get executedBytes(): number {
    return this.#newCode.count;
  }

  /** State of the machine after the last `play`. */
  save(): Uint8Array {
    return this.#game.save();
  }

  /** Plays a script. Returns its failure, or undefined if there is none. */
  play(script: readonly Hold[], frames = scriptFrames(script), state = this.startState): Found | undefined {
    this.#game.load(state);
    return this.#run(this.#game, script, frames);
  }

  /** The last instructions before the failure of the last replay. */
  get lastInstructions(): readonly string[] {
    return this.#lastInstructions;
  }

  /** Plays a movie from power-on. Returns its failure, or undefined if there is none. */
  replay(movie: Movie): Found | undefined {
    const game = powerOn(this.#cartridge, this.#options.game);
    game.play({ ...movie, hashes: [] });
    const before = this.#prefix.frames;
    game.frames(before);
    const trace = new Trace();
    game.spy(trace);
    game.spy(new CrashGuard(game, this.#options));
    const found = this.#run(game, [], movie.frames - before);
    this.#lastInstructions = trace.describe(game.places, TRACE_LINES);
    return found;
  }

  /** `start` and then the script, as a movie from power-on. */
  movie(script: readonly Hold[], frames: number): Movie {
    const { rom } = this.#cartridge;
    const log = new InputLog();
    for (let frame = 0; frame < this.#prefix.frames; frame++) log.add(this.#prefix.input.maskAt(frame));
    for (const { mask, frames: held } of cutScript(script, frames))
      for (let i = 0; i < held; i++) log.add(mask);
    while (log.length < this.#prefix.frames + frames) log.add(0);
    return {
      ...this.#prefix,
      frames: log.length,
      input: log.toScript(),
      hashes: [],
      rom: movieRom(rom),
    };
  }

  #run(game: Game, script: readonly Hold[], frames: number): Found | undefined {
    let next = 0;
    let left = 0;
    for (let frame = 0; frame < frames; frame++) {
      if (left === 0) {
        const hold = script[next++];
        holdMask(game, hold?.mask ?? 0);
        left = hold?.frames ?? frames;
      }
      left--;
      try {
        game.frames(1);
        this.#options.check?.(game);
      } catch (error) {
        if (error instanceof InputError) throw error;
        return describeFailure(game, error, frame + 1);
      }
    }
    return undefined;
  }
}

function describeFailure(game: Game, error: unknown, frames: number): Found {
  if (error instanceof GameError) {
    return { kind: error.what.replace(/\d+/g, "#"), what: error.what, place: error.place, error, frames };
  }
  const what = error instanceof Error ? error.message : String(error);
  return { kind: "check", what: `a check failed: ${what}`, place: game.place, error, frames };
}

function holdMask(game: Game, mask: number): void {
  for (let port = 1; port <= 4; port++) {
    const byte = (mask >>> (8 * (port - 1))) & 0xff;
    game.hold(port, ...BUTTON_NAMES.filter((_, bit) => (byte >> bit) & 1));
  }
}

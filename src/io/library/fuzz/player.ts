import { InputError } from "../../../emu/input-error.ts";
import type { Interest } from "../../../emu/nes/cpu/fast/interests.ts";
import { InputLog, type Movie } from "../../movies/movie.ts";
import { movieRom } from "../../movies/movie-file.ts";
import { NO_PRG_OFFSET } from "../../symbols/symbols.ts";
import { GameCrash, GameError } from "../errors.ts";
import type { Game } from "../game.ts";
import { type Cartridge, type GameOptions, powerOn } from "../load.ts";
import type { InstructionSpy } from "../observer.ts";
import { Trace } from "../trace.ts";
import { cutScript, scriptFrames } from "./input.ts";
import { type Hold, shrinkScript } from "./shrink.ts";

/** Number of stored states along an input that is shrunk. */
const CHECKPOINTS = 64;
const MIN_CHECKPOINT_FRAMES = 16;

/** A failure of one run. */
export interface Found {
  readonly kind: string;
  readonly what: string;
  readonly place: string;
  readonly error: unknown;
  /** Address of the instruction that failed, and its byte in PRG ROM or NO_PRG_OFFSET. */
  readonly pc: number;
  readonly prgOffset: number;
  /** Number of frames after `start`, the failing one included. */
  readonly frames: number;
}

/** Rules that a run on one machine must not break. */
export interface FuzzRules extends Required<InstructionSpy> {
  /** Called after each frame. If it throws, the run has failed. */
  afterFrame(): void;
  /** A measure of progress: states with a higher score are kept. */
  score?(): number;
  /** Returns what the rules remember of the past. It is stored with each state of the machine. */
  save(): unknown;
  restore(memory: unknown): void;
}

export interface PlayerOptions {
  readonly game?: GameOptions | undefined;
  /** Plays from power-on to the point where runs start. */
  readonly start?: ((game: Game) => void) | undefined;
  readonly rules: (game: Game) => FuzzRules;
  /** False if the rules do not read samples, which is faster. */
  readonly isHeard?: boolean;
}

/** A point at which a run can start. */
export interface FuzzState {
  readonly machine: Uint8Array;
  readonly rules: unknown;
}

/** The point of a run with the best score. */
export interface BestPoint {
  readonly state: FuzzState;
  readonly frames: number;
  readonly score: number;
}

/** Records the program bytes at which instructions are executed, and applies the rules. */
class NewCode implements InstructionSpy {
  count = 0;
  readonly seen: Uint8Array;
  readonly interests: readonly Interest[];
  readonly #unseen: Uint8Array;
  readonly #game: Game;
  readonly #rules: FuzzRules;

  constructor(game: Game, rules: FuzzRules) {
    this.#game = game;
    this.#rules = rules;
    const bytes = game.rom.image.prgRom.length;
    this.seen = new Uint8Array(bytes);
    this.#unseen = new Uint8Array(bytes).fill(1);
    this.interests = [...rules.interests, { places: this.#unseen }];
  }

  forget(): void {
    this.count = 0;
    this.seen.fill(0);
    this.#unseen.fill(1);
  }

  before(pc: number, opcode: number): void {
    const offset = this.#game.places.prgOffsetAt(pc);
    if (offset !== NO_PRG_OFFSET && this.seen[offset] === 0) {
      this.seen[offset] = 1;
      this.#unseen[offset] = 0;
      this.count++;
    }
    this.#rules.before(pc, opcode);
  }

  after(pc: number, opcode: number, stackBefore: number, interrupted: boolean): void {
    this.#rules.after(pc, opcode, stackBefore, interrupted);
  }
}

interface PlayOptions {
  readonly frames: number;
  readonly state: FuzzState;
  /** The script begins this many frames before `state`. */
  readonly offset?: number;
  /** Called before each frame with its number in the script. */
  readonly beforeFrame?: (frame: number) => void;
}

/** Plays scripts from the point after `start`. */
export class FuzzPlayer {
  readonly startFrame: number;
  /** The point after `start`. */
  readonly start: FuzzState;
  /** The failure of `start` itself, if it fails. */
  readonly startFailure: Found | undefined;
  /** The best point of the last run, if its score is higher than that of all earlier runs since `forget`. */
  best: BestPoint | undefined;
  /** Frames that were run by `play` and `shrink`. */
  framesRun = 0;
  readonly #cartridge: Cartridge;
  readonly #options: PlayerOptions;
  readonly #game: Game;
  readonly #rules: FuzzRules;
  readonly #newCode: NewCode;
  readonly #prefix: Movie;
  #bestScore = Number.NEGATIVE_INFINITY;
  #lastInstructions: readonly string[] = [];

  constructor(cartridge: Cartridge, options: PlayerOptions) {
    this.#cartridge = cartridge;
    this.#options = options;
    const first = powerOn(cartridge, options.game);
    const rules = attachRules(first, options);
    const recording = first.record();
    this.startFailure = failureOf(first, 0, () => options.start?.(first));
    this.#prefix = recording.movie();
    this.start = { machine: first.save(), rules: rules.save() };
    this.startFrame = first.frame;
    this.#game = powerOn(cartridge, options.game);
    this.#rules = options.rules(this.#game);
    this.#newCode = new NewCode(this.#game, this.#rules);
    this.#game.spy(this.#newCode);
    this.#game.audio.isHeard = options.isHeard !== false;
  }

  /** Number of PRG ROM bytes at which an instruction has been executed since `forget`. */
  get executedBytes(): number {
    return this.#newCode.count;
  }

  /** 1 for each byte of PRG ROM at which an instruction has been executed since `forget`. */
  get executed(): Uint8Array {
    return this.#newCode.seen;
  }

  /** The best score since `forget`; −Infinity if there is none. */
  get bestScore(): number {
    return this.#bestScore;
  }

  /** Forgets executed bytes and scores, for another search. */
  forget(): void {
    this.#newCode.forget();
    this.#bestScore = Number.NEGATIVE_INFINITY;
    this.best = undefined;
  }

  /** The point after the last `play`. */
  save(): FuzzState {
    return { machine: this.#game.save(), rules: this.#rules.save() };
  }

  /** Plays a script from `state`. Returns its failure, or undefined if there is none. */
  play(script: readonly Hold[], frames: number, state = this.start): Found | undefined {
    return this.#play(script, { frames, state });
  }

  /**
   * Shrinks a failing script within `maxFrames` of play. Returns the smallest script and its failure.
   * `isSame` returns true for the same failure. A candidate starts from a stored state if it begins like the
   * smallest script so far.
   */
  shrink(
    script: readonly Hold[],
    first: Found,
    maxFrames: number,
    isSame: (found: Found) => boolean,
  ): { readonly script: readonly Hold[]; readonly found: Found } {
    const every = Math.max(MIN_CHECKPOINT_FRAMES, Math.ceil(first.frames / CHECKPOINTS));
    const last = this.framesRun + maxFrames;
    let best: readonly Hold[] = cutScript(script, first.frames);
    let found = first;
    let states: FuzzState[] = [this.start];
    const fails = (candidate: readonly Hold[]): boolean => {
      if (this.framesRun >= last) return false;
      const shared = Math.min(states.length - 1, Math.floor(commonFrames(best, candidate) / every));
      const offset = shared * every;
      const passed = states.slice(0, shared + 1);
      const beforeFrame = (frame: number): void => {
        if (frame % every === 0 && frame > offset) passed.push(this.save());
      };
      const again = this.#play(candidate, {
        frames: first.frames - offset,
        state: states[shared]!,
        offset,
        beforeFrame,
      });
      if (again === undefined || !isSame(again)) return false;
      best = candidate;
      found = again;
      states = passed;
      return true;
    };
    const small = shrinkScript(best, fails, Number.POSITIVE_INFINITY);
    const needed = cutScript(small, found.frames);
    return { script: needed, found: this.play(needed, found.frames) ?? found };
  }

  /** The last instructions before the failure of the last replay. */
  get lastInstructions(): readonly string[] {
    return this.#lastInstructions;
  }

  /** Plays a movie from power-on. Returns its failure, or undefined if there is none. */
  replay(movie: Movie, instructions = 0): Found | undefined {
    const game = powerOn(this.#cartridge, this.#options.game);
    const rules = attachRules(game, this.#options);
    game.play({ ...movie, hashes: [] });
    const before = this.#prefix.frames;
    const early = failureOf(game, 0, () => game.frames(before));
    if (early !== undefined) return early;
    const trace = new Trace();
    game.spy(trace);
    const options = { frames: movie.frames - before, offset: 0 };
    const found = this.#run(game, rules, [], options);
    this.#lastInstructions = trace.describe(game.places, instructions);
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

  #play(script: readonly Hold[], options: PlayOptions): Found | undefined {
    const { machine, rules } = options.state;
    this.#game.load(machine);
    this.#rules.restore(rules);
    this.best = undefined;
    return this.#run(this.#game, this.#rules, script, options);
  }

  #run(
    game: Game,
    rules: FuzzRules,
    script: readonly Hold[],
    { frames, offset = 0, beforeFrame }: Omit<PlayOptions, "state">,
  ): Found | undefined {
    const inputs = new ScriptReader(script, offset);
    for (let frame = offset; frame < offset + frames; frame++) {
      beforeFrame?.(frame);
      game.setButtons(inputs.next());
      this.framesRun++;
      const found = failureOf(game, frame + 1, () => {
        game.frames(1);
        rules.afterFrame();
      });
      if (found !== undefined) return found;
      const score = rules.score?.() ?? Number.NEGATIVE_INFINITY;
      if (game === this.#game && score > this.#bestScore) {
        this.#bestScore = score;
        this.best = { state: this.save(), frames: frame + 1 - offset, score };
      }
    }
    return undefined;
  }
}

/** Reads a script frame by frame. */
class ScriptReader {
  readonly #script: readonly Hold[];
  #next = 0;
  #left = 0;
  #mask = 0;

  constructor(script: readonly Hold[], skippedFrames: number) {
    this.#script = script;
    for (let frame = 0; frame < skippedFrames; frame++) this.next();
  }

  /** The buttons of the next frame; none after the end. */
  next(): number {
    if (this.#left === 0) {
      const hold = this.#script[this.#next++];
      this.#mask = hold?.mask ?? 0;
      this.#left = hold?.frames ?? Number.POSITIVE_INFINITY;
    }
    this.#left--;
    return this.#mask;
  }
}

/** Number of frames at the start in which two scripts are equal. */
function commonFrames(a: readonly Hold[], b: readonly Hold[]): number {
  const [first, second] = [new ScriptReader(a, 0), new ScriptReader(b, 0)];
  const length = Math.min(scriptFrames(a), scriptFrames(b));
  let frame = 0;
  while (frame < length && first.next() === second.next()) frame++;
  return frame;
}

function attachRules(game: Game, options: PlayerOptions): FuzzRules {
  const rules = options.rules(game);
  game.spy(rules);
  return rules;
}

/** Runs `action`. Returns the failure that it throws; errors of input are thrown. */
function failureOf(game: Game, frames: number, action: () => void): Found | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof InputError) throw error;
    return describeFailure(game, error, frames);
  }
}

function describeFailure(game: Game, error: unknown, frames: number): Found {
  const pc = error instanceof GameCrash ? error.pc : game.pc;
  const at = { error, pc, prgOffset: game.places.prgOffsetAt(pc), frames };
  if (error instanceof GameError) {
    const { what, place } = error;
    const kind = error instanceof GameCrash ? error.kind : what.replace(/\d+/g, "#");
    return { kind, what, place, ...at };
  }
  const what = error instanceof Error ? error.message : String(error);
  return { kind: "check", what: `a check failed: ${what}`, place: game.place, ...at };
}

import { InputError } from "../../emu/input-error.ts";
import type { Movie } from "../movies/movie.ts";
import { InputLog } from "../movies/movie.ts";
import { romMd5, saveMovie } from "../movies/movie-file.ts";
import { CrashGuard, type GuardOptions } from "./crash-guard.ts";
import { GameError } from "./errors.ts";
import type { Game } from "./game.ts";
import { type Cartridge, type GameOptions, loadCartridge, powerOn } from "./load.ts";
import { BUTTON_NAMES, type Button, buttonMask, buttonText } from "./pads.ts";
import { type Hold, shrinkScript } from "./shrink.ts";
import { Trace } from "./trace.ts";

export interface FuzzOptions extends GuardOptions {
  /** The same seed presses the same buttons; 1 by default. */
  readonly seed?: number;
  /** How often the game is played from `start` on; 50 by default. */
  readonly runs?: number;
  /** Frames a run; 600 by default. */
  readonly frames?: number;
  /** The buttons that are pressed, on each of the first `pads` controllers; all by default. */
  readonly buttons?: readonly Button[];
  readonly pads?: 1 | 2 | 3 | 4;
  /** Plays from power-on to where it becomes interesting, such as past the title. */
  readonly start?: (nes: Game) => void;
  /** Looked at after every frame: what it throws is a failure. */
  readonly check?: (nes: Game) => void;
  /** Where the movie of a failure goes (.json, .fm2, .bk2). */
  readonly save?: string;
  /** Runs that may be spent on making the failure small; 300 by default. */
  readonly shrinkRuns?: number;
  /** How the game is powered on. */
  readonly game?: GameOptions;
}

export interface FuzzReport {
  readonly runs: number;
  readonly frames: number;
}

/** Input that breaks the game. Its message tells the buttons; `movie` plays them from power-on. */
export class FuzzFailure extends GameError {
  readonly movie: Movie;
  /** The run of the seed that found it, from 0. */
  readonly run: number;
  /** What a check threw, or the crash. */
  override readonly cause: unknown;

  constructor(found: Found, movie: Movie, run: number, more: string) {
    super(found.what, found.place, more);
    this.name = "FuzzFailure";
    this.movie = movie;
    this.run = run;
    this.cause = found.error;
  }
}

/** A failure of one run. */
interface Found {
  readonly kind: string;
  readonly what: string;
  readonly place: string;
  readonly error: unknown;
  /** Frames from `start` on that it took. */
  readonly frames: number;
}

const OPPOSITES = [buttonMask(["up", "down"]), buttonMask(["left", "right"])];
const HOLD_FRAMES_MAX = 40;
const HOLDS_SHOWN = 24;
const TRACE_LINES = 12;
/** Frames between two looks at the event loop. */
const FRAMES_PER_TURN = 600;

/**
 * Plays a game with random buttons, over and over from the same point, and looks for what breaks it: a JAM,
 * a stack that wraps round, code where there is none, a check that throws. What it finds is made as small
 * as it gets and thrown as `FuzzFailure`. The same seed finds the same.
 *
 * ```ts
 * await fuzz("game.nes", { frames: 900, start: (nes) => nes.tap("start"), save: "crash.fm2" });
 * ```
 */
export async function fuzz(
  rom: string | Uint8Array | Cartridge,
  options: FuzzOptions = {},
): Promise<FuzzReport> {
  const cartridge =
    typeof rom === "string" || rom instanceof Uint8Array ? await loadCartridge(rom, options.game) : rom;
  const { runs = 50, frames = 600, seed = 1 } = options;
  const player = new FuzzPlayer(cartridge, options);
  let played = 0;
  for (let run = 0; run < runs; run++) {
    const script = randomScript(seed, run, frames, options);
    const found = player.play(script);
    if (found !== undefined) throw await failure(player, script, found, run, options);
    played += frames;
    if (played % FRAMES_PER_TURN < frames) await new Promise(setImmediate);
  }
  return { runs, frames: played };
}

async function failure(
  player: FuzzPlayer,
  script: readonly Hold[],
  first: Found,
  run: number,
  options: FuzzOptions,
): Promise<FuzzFailure> {
  let found = first;
  const small = shrinkScript(
    cut(script, first.frames),
    (candidate) => {
      const again = player.play(candidate, first.frames);
      if (again?.kind !== first.kind) return false;
      found = again;
      return true;
    },
    options.shrinkRuns ?? 300,
  );
  const needed = cut(small, found.frames);
  found = player.play(needed, found.frames) ?? found;
  const movie = player.movie(needed, found.frames);
  if (options.save !== undefined) await saveMovie(options.save, movie);
  const again = player.replay(movie);
  const pressed = needed.filter(({ mask }) => mask !== 0);
  const shown = needed.slice(0, HOLDS_SHOWN).map(({ mask, frames }) => `${describeMask(mask)} × ${frames}`);
  const more = [
    pressed.length === 0
      ? "no button is needed for it"
      : `pressed from frame ${player.startFrame} on: ${shown.join(", ")}${needed.length > HOLDS_SHOWN ? ", …" : ""}`,
    again?.kind === found.kind
      ? `it happens again from power-on, with a movie of ${movie.frames} frames`
      : "from power-on it does not happen again: start has changed the game by more than buttons",
    ...(again === undefined
      ? []
      : ["the last instructions:", ...player.lastInstructions.map((line) => `  ${line}`)]),
    options.save === undefined
      ? ""
      : `emu dump ROM --input ${options.save} --frames ${movie.frames} --format gif --out crash.gif`,
  ].filter((line) => line !== "");
  return new FuzzFailure(found, movie, run, more.join("\n"));
}

/** Plays scripts from the point that `start` leads to. */
class FuzzPlayer {
  readonly startFrame: number;
  readonly #cartridge: Cartridge;
  readonly #options: FuzzOptions;
  readonly #game: Game;
  readonly #state: Uint8Array;
  readonly #prefix: Movie;
  #lastInstructions: readonly string[] = [];

  constructor(cartridge: Cartridge, options: FuzzOptions) {
    this.#cartridge = cartridge;
    this.#options = options;
    const first = powerOn(cartridge, options.game);
    const recording = first.record();
    options.start?.(first);
    this.#prefix = recording.movie();
    this.#state = first.save();
    this.startFrame = first.frame;
    this.#game = powerOn(cartridge, options.game);
    this.#game.spy(new CrashGuard(this.#game, options));
  }

  /** What goes wrong with this script; undefined when nothing does. */
  play(script: readonly Hold[], frames = length(script)): Found | undefined {
    this.#game.load(this.#state);
    return this.#run(this.#game, script, frames);
  }

  /** What ran before the last replay's failure. */
  get lastInstructions(): readonly string[] {
    return this.#lastInstructions;
  }

  /** The same from power-on, by a movie. */
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
    for (const { mask, frames: held } of cut(script, frames)) for (let i = 0; i < held; i++) log.add(mask);
    while (log.length < this.#prefix.frames + frames) log.add(0);
    return {
      ...this.#prefix,
      frames: log.length,
      input: log.toScript(),
      hashes: [],
      rom: { name: rom.fileName, sha1: rom.image.sha1, md5: romMd5(rom.image) },
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

/** Holds of 1 to 40 frames: often nothing, mostly one button, sometimes two; never opposite directions. */
function randomScript(seed: number, run: number, frames: number, options: FuzzOptions): Hold[] {
  const random = new Random(seed, run);
  const buttons = options.buttons ?? BUTTON_NAMES;
  const script: Hold[] = [];
  for (let length = 0; length < frames; ) {
    let mask = 0;
    for (let pad = 0; pad < (options.pads ?? 1); pad++) mask |= randomMask(random, buttons) << (8 * pad);
    const wanted = 1 + random.below(random.below(4) === 0 ? HOLD_FRAMES_MAX : 8);
    const held = Math.min(wanted, frames - length);
    script.push({ mask: mask >>> 0, frames: held });
    length += held;
  }
  return script;
}

function randomMask(random: Random, buttons: readonly Button[]): number {
  const count = [0, 1, 1, 1, 2, 3][random.below(6)] ?? 0;
  let mask = 0;
  for (let i = 0; i < count; i++) mask |= buttonMask([buttons[random.below(buttons.length)]!]);
  for (const both of OPPOSITES) if ((mask & both) === both) mask &= ~both;
  return mask;
}

/** xorshift32: small, and the same everywhere. */
class Random {
  #state: number;

  constructor(seed: number, run: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(run + 1, 0x85ebca6b)) | 1;
    for (let i = 0; i < 8; i++) this.below(2);
  }

  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }
}

function holdMask(game: Game, mask: number): void {
  for (let port = 1; port <= 4; port++) {
    const byte = (mask >>> (8 * (port - 1))) & 0xff;
    game.hold(port, ...BUTTON_NAMES.filter((_, bit) => (byte >> bit) & 1));
  }
}

function describeMask(mask: number): string {
  const parts: string[] = [];
  for (let port = 1; port <= 4; port++) {
    const text = buttonText((mask >>> (8 * (port - 1))) & 0xff);
    if (text !== "") parts.push(port === 1 ? text : `${port}:${text}`);
  }
  return parts.length === 0 ? "nothing" : parts.join(" ");
}

/** The first `frames` frames of a script. */
function cut(script: readonly Hold[], frames: number): Hold[] {
  const result: Hold[] = [];
  let left = frames;
  for (const hold of script) {
    if (left <= 0) break;
    result.push({ mask: hold.mask, frames: Math.min(left, hold.frames) });
    left -= hold.frames;
  }
  return result;
}

function length(script: readonly Hold[]): number {
  return script.reduce((sum, hold) => sum + hold.frames, 0);
}

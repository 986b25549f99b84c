import type { Interest } from "../../../emu/nes/cpu/fast/interests.ts";
import { shellWord } from "../../files/text.ts";
import type { Movie } from "../../movies/movie.ts";
import { saveMovie } from "../../movies/movie-file.ts";
import { CrashGuard } from "../crash-guard.ts";
import { GameError } from "../errors.ts";
import type { Game } from "../game.ts";
import { type Cartridge, loadCartridge } from "../load.ts";
import { BUTTON_NAMES } from "../pads.ts";
import { throwsAtCaller } from "../throw-at-caller.ts";
import { describeScript } from "./input.ts";
import type { FuzzOptions } from "./options.ts";
import { type Found, FuzzPlayer, type FuzzRules } from "./player.ts";
import { type SearchFailure, searchFailure } from "./search.ts";

export interface FuzzReport {
  readonly runs: number;
  readonly frames: number;
  /** Maximum number of frames after `start` that a run reached. */
  readonly deepestFrames: number;
  /** Number of PRG ROM bytes at which instructions were executed. */
  readonly executedBytes: number;
}

/** Input that breaks the game. The message lists the buttons; `movie` plays them from power-on. */
export class FuzzFailure extends GameError {
  readonly movie: Movie;
  /** Number of the run that found it, from 0. */
  readonly run: number;
  /** The error of the check, or the crash. */
  override readonly cause: unknown;

  constructor(found: Found, movie: Movie, run: number, more: string) {
    super(found.what, found.place, more);
    this.name = "FuzzFailure";
    this.movie = movie;
    this.run = run;
    this.cause = found.error;
  }
}

const TRACE_LINES = 12;

/**
 * Plays a game with random buttons until it breaks: a JAM, a stack that wraps around, execution of something
 * that is not code, or a check that throws. Runs begin at `start`, or where an earlier run reached new code,
 * so that they get deeper into the game. The input of a failure is shrunk and thrown as `FuzzFailure`. The
 * same seed finds the same failure.
 *
 * ```ts
 * await fuzz("game.nes", { frames: 900, start: (nes) => nes.tap("start"), save: "crash.fm2" });
 * ```
 */
export const fuzz = throwsAtCaller(async function fuzz(
  rom: string | Uint8Array | Cartridge,
  options: FuzzOptions = {},
): Promise<FuzzReport> {
  const cartridge =
    typeof rom === "string" || rom instanceof Uint8Array ? await loadCartridge(rom, options.game) : rom;
  const { runs = 50, frames = 600, seed = 1, buttons = BUTTON_NAMES, pads = 1 } = options;
  const player = new FuzzPlayer(cartridge, {
    game: options.game,
    start: options.start,
    rules: (game) => new TestRules(game, options),
  });
  if (player.startFailure !== undefined) throw player.startFailure.error;
  let deepestFrames = 0;
  const search = searchFailure(player, { seed, runs, frames, buttons, pads });
  for (;;) {
    const { done, value } = search.next();
    if (done !== true) deepestFrames = Math.max(deepestFrames, value);
    else if (value === undefined) break;
    else throw await failure(player, value, options);
    await new Promise(setImmediate);
  }
  return { runs, frames: runs * frames, deepestFrames, executedBytes: player.executedBytes };
});

/** The rules of a unit test: no crashes, and the test's own check. */
class TestRules implements FuzzRules {
  readonly interests: readonly Interest[];
  readonly #guard: CrashGuard;
  readonly #game: Game;
  readonly #check: FuzzOptions["check"];

  constructor(game: Game, options: FuzzOptions) {
    this.#guard = new CrashGuard(game, options);
    this.interests = this.#guard.interests;
    this.#game = game;
    this.#check = options.check;
  }

  before(pc: number, opcode: number): void {
    this.#guard.before(pc, opcode);
  }

  after(pc: number, opcode: number, stackBefore: number, interrupted: boolean): void {
    this.#guard.after(pc, opcode, stackBefore, interrupted);
  }

  afterFrame(): void {
    this.#check?.(this.#game);
  }

  save(): void {}

  restore(): void {}
}

async function failure(
  player: FuzzPlayer,
  { script, found: first, run }: SearchFailure,
  options: FuzzOptions,
): Promise<FuzzFailure> {
  const { shrinkRuns = 300, frames = 600 } = options;
  const isSame = ({ kind }: Found): boolean => kind === first.kind;
  const { script: needed, found } = player.shrink(script, first, shrinkRuns * frames, isSame);
  const movie = player.movie(needed, found.frames);
  if (options.save !== undefined) await saveMovie(options.save, movie);
  const again = player.replay(movie, TRACE_LINES);
  const pressed = needed.filter(({ mask }) => mask !== 0);
  const more = [
    pressed.length === 0
      ? "it needs no button"
      : `pressed from frame ${player.startFrame} on: ${describeScript(needed)}`,
    again?.kind === found.kind
      ? `a movie of ${movie.frames} frames reproduces it from power-on`
      : "a movie does not reproduce it from power-on: start changed the game by more than buttons",
    ...(again === undefined
      ? []
      : ["the last instructions:", ...player.lastInstructions.map((line) => `  ${line}`)]),
    options.save === undefined
      ? ""
      : `emu dump ROM --input ${shellWord(options.save)} --frames ${movie.frames} --format gif --out crash.gif`,
  ].filter((line) => line !== "");
  return new FuzzFailure(found, movie, run, more.join("\n"));
}

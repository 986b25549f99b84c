import type { Movie } from "../movies/movie.ts";
import { saveMovie } from "../movies/movie-file.ts";
import { GameError } from "./errors.ts";
import { cutScript, describeMask, FuzzRandom, randomScript, scriptFrames } from "./fuzz-input.ts";
import type { FuzzOptions } from "./fuzz-options.ts";
import { type Found, FuzzPlayer } from "./fuzz-player.ts";
import { type Cartridge, loadCartridge } from "./load.ts";
import { BUTTON_NAMES } from "./pads.ts";
import { type Hold, shrinkScript } from "./shrink.ts";
import { throwsAtCaller } from "./throw-at-caller.ts";

export interface FuzzReport {
  readonly runs: number;
  readonly frames: number;
  /** The most frames after `start` that a run reached. */
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

const HOLDS_SHOWN = 24;

/** How many runs may continue one another. Long inputs take longer to shrink. */
const DEPTH_RUNS = 8;
/** Number of stored points from which runs can start. */
const MAX_POINTS = 48;

/** A point at which a run can start. */
interface Point {
  readonly state: Uint8Array;
  /** The input from `start` to this point. */
  readonly script: readonly Hold[];
}

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
  const player = new FuzzPlayer(cartridge, options);
  const points: Point[] = [{ state: player.startState, script: [] }];
  let deepestFrames = 0;
  for (let run = 0; run < runs; run++) {
    const random = new FuzzRandom(seed, run);
    const point = choosePoint(points, random);
    const script = randomScript(random, { frames, buttons, pads });
    const before = player.executedBytes;
    const found = player.play(script, frames, point.state);
    const whole = [...point.script, ...script];
    const played = scriptFrames(point.script);
    if (found !== undefined) {
      throw await failure(player, whole, { ...found, frames: played + found.frames }, run, options);
    }
    deepestFrames = Math.max(deepestFrames, played + frames);
    if (player.executedBytes > before && played + frames < DEPTH_RUNS * frames) {
      points.push({ state: player.save(), script: whole });
      // The first point is `start` and stays; the oldest other point is dropped.
      if (points.length > MAX_POINTS) points.splice(1, 1);
    }
    await new Promise(setImmediate);
  }
  return { runs, frames: runs * frames, deepestFrames, executedBytes: player.executedBytes };
});

/** Every second run continues from one of the newest points, the others from any point. */
function choosePoint(points: readonly Point[], random: FuzzRandom): Point {
  const newest = Math.ceil(points.length / 3);
  const index =
    random.below(2) === 0 ? points.length - 1 - random.below(newest) : random.below(points.length);
  return points[index] ?? points[0]!;
}

/** Trials that fit in the frames of `shrinkRuns` runs. A failure after many frames allows fewer trials. */
function shrinkTrials({ shrinkRuns = 300, frames = 600 }: FuzzOptions, neededFrames: number): number {
  return Math.ceil((shrinkRuns * frames) / Math.max(neededFrames, frames));
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
    cutScript(script, first.frames),
    (candidate) => {
      const again = player.play(candidate, first.frames);
      if (again?.kind !== first.kind) return false;
      found = again;
      return true;
    },
    shrinkTrials(options, first.frames),
  );
  const needed = cutScript(small, found.frames);
  found = player.play(needed, found.frames) ?? found;
  const movie = player.movie(needed, found.frames);
  if (options.save !== undefined) await saveMovie(options.save, movie);
  const again = player.replay(movie);
  const pressed = needed.filter(({ mask }) => mask !== 0);
  const shown = needed.slice(0, HOLDS_SHOWN).map(({ mask, frames }) => `${describeMask(mask)} × ${frames}`);
  const more = [
    pressed.length === 0
      ? "it needs no button"
      : `pressed from frame ${player.startFrame} on: ${shown.join(", ")}${needed.length > HOLDS_SHOWN ? ", …" : ""}`,
    again?.kind === found.kind
      ? `a movie of ${movie.frames} frames reproduces it from power-on`
      : "a movie does not reproduce it from power-on: start changed the game by more than buttons",
    ...(again === undefined
      ? []
      : ["the last instructions:", ...player.lastInstructions.map((line) => `  ${line}`)]),
    options.save === undefined
      ? ""
      : `emu dump ROM --input ${options.save} --frames ${movie.frames} --format gif --out crash.gif`,
  ].filter((line) => line !== "");
  return new FuzzFailure(found, movie, run, more.join("\n"));
}

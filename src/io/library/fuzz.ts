import type { Movie } from "../movies/movie.ts";
import { saveMovie } from "../movies/movie-file.ts";
import { GameError } from "./errors.ts";
import { cutScript, describeMask, Random, randomScript, scriptFrames } from "./fuzz-input.ts";
import type { FuzzOptions } from "./fuzz-options.ts";
import { type Found, FuzzPlayer } from "./fuzz-player.ts";
import { type Cartridge, loadCartridge } from "./load.ts";
import { BUTTON_NAMES } from "./pads.ts";
import { type Hold, shrinkScript } from "./shrink.ts";
import { throwsAtCaller } from "./throw-at-caller.ts";

export interface FuzzReport {
  readonly runs: number;
  readonly frames: number;
  /** How far from `start` a run got, in frames. */
  readonly deepestFrames: number;
  /** Bytes of PRG ROM at which instructions were executed. */
  readonly executedBytes: number;
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

const HOLDS_SHOWN = 24;

/** Runs that can lie behind one another: what is found far in takes longer to make small. */
const DEPTH_RUNS = 8;
/** Points kept to go on from. */
const MAX_POINTS = 48;

/** Where a run can begin. */
interface Point {
  readonly state: Uint8Array;
  /** From `start` to there. */
  readonly script: readonly Hold[];
}

/**
 * Plays a game with random buttons and looks for what breaks it: a JAM, a stack that wraps round, code where
 * there is none, a check that throws. Runs begin at `start`, or where an earlier run has met code that was
 * new, so that they get deeper into the game. What is found is made as small as it gets and thrown as
 * `FuzzFailure`. The same seed finds the same.
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
    const random = new Random(seed, run);
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
      // The start stays; of the others the oldest goes.
      if (points.length > MAX_POINTS) points.splice(1, 1);
    }
    await new Promise(setImmediate);
  }
  return { runs, frames: runs * frames, deepestFrames, executedBytes: player.executedBytes };
});

/** Every other run goes on from one of the newest points, the others from any. */
function choosePoint(points: readonly Point[], random: Random): Point {
  const newest = Math.ceil(points.length / 3);
  const index =
    random.below(2) === 0 ? points.length - 1 - random.below(newest) : random.below(points.length);
  return points[index] ?? points[0]!;
}

/** As many trials as `shrinkRuns` runs have frames: a failure far in allows for fewer. */
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

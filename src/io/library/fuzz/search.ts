import type { Button } from "../pads.ts";
import { cutScript, FuzzRandom, randomScript, scriptFrames } from "./input.ts";
import type { Found, FuzzPlayer, FuzzState } from "./player.ts";
import type { Hold } from "./shrink.ts";

/** Longest chain of runs that continue each other. Long inputs take longer to shrink. */
const DEPTH_RUNS = 8;
/** Number of stored points from which runs can start. */
const MAX_POINTS = 48;

export interface SearchOptions {
  readonly seed: number;
  readonly runs: number;
  /** Frames per run. */
  readonly frames: number;
  readonly buttons: readonly Button[];
  readonly pads: number;
  /** Looks for other failures of a run that did not fail. */
  readonly check?: ((state: FuzzState, script: readonly Hold[]) => Found | undefined) | undefined;
}

/** A point at which a run can start. */
interface Point {
  readonly state: FuzzState;
  /** The input from `start` to this point. */
  readonly script: readonly Hold[];
}

/** The first failure of a search. */
export interface SearchFailure {
  readonly found: Found;
  /** The input from `start` to the failure. It may be longer. */
  readonly script: readonly Hold[];
  /** Number of the run that found it, from 0. */
  readonly run: number;
}

/**
 * Plays random input in many runs until one fails. A run begins at `start`, or where an earlier run reached
 * new code or a higher score, so that runs get deeper into the game. The same seed plays the same runs,
 * whatever the player has done before.
 *
 * Yields after each run the number of frames after `start` that it reached.
 */
export function* searchFailure(
  player: FuzzPlayer,
  { seed, runs, frames, buttons, pads, check }: SearchOptions,
): Generator<number, SearchFailure | undefined> {
  player.forget();
  const points: Point[] = [{ state: player.start, script: [] }];
  const keep = (state: FuzzState, script: readonly Hold[]): void => {
    points.push({ state, script });
    // The first point is `start` and stays; the oldest other point is dropped.
    if (points.length > MAX_POINTS) points.splice(1, 1);
  };
  for (let run = 0; run < runs; run++) {
    const random = new FuzzRandom(seed, run);
    const point = choosePoint(points, random);
    const script = randomScript(random, { frames, buttons, pads });
    const before = player.executedBytes;
    const found = player.play(script, frames, point.state) ?? check?.(point.state, script);
    const whole = [...point.script, ...script];
    const played = scriptFrames(point.script);
    if (found !== undefined) {
      return { found: { ...found, frames: played + found.frames }, script: whole, run };
    }
    if (played + frames < DEPTH_RUNS * frames) {
      const { best } = player;
      if (best !== undefined) keep(best.state, cutScript(whole, played + best.frames));
      else if (player.executedBytes > before) keep(player.save(), whole);
    }
    yield played + frames;
  }
  return undefined;
}

/** Every second run continues from one of the newest points, the others from any point. */
function choosePoint(points: readonly Point[], random: FuzzRandom): Point {
  const newest = Math.ceil(points.length / 3);
  const index =
    random.below(2) === 0 ? points.length - 1 - random.below(newest) : random.below(points.length);
  return points[index] ?? points[0]!;
}

import type { GuardOptions } from "../crash-guard.ts";
import type { Game } from "../game.ts";
import type { GameOptions } from "../load.ts";
import type { Button } from "../pads.ts";

/** Options of `fuzz`. */
export interface FuzzOptions extends GuardOptions {
  /** The same seed gives the same buttons; 1 by default. */
  readonly seed?: number;
  /** Number of runs; 50 by default. */
  readonly runs?: number;
  /** Frames per run; 600 by default. */
  readonly frames?: number;
  /** The buttons to press on each of the first `pads` controllers; all by default. */
  readonly buttons?: readonly Button[];
  readonly pads?: 1 | 2 | 3 | 4;
  /** Plays from power-on to the point where runs start, such as past the title. */
  readonly start?: (nes: Game) => void;
  /** Called after every frame. If it throws, the run has failed. */
  readonly check?: (nes: Game) => void;
  /** Path for the movie of a failure (.json, .fm2, .bk2). */
  readonly save?: string;
  /** Number of runs for shrinking the failure; 300 by default. */
  readonly shrinkRuns?: number;
  /** Options of the game. */
  readonly game?: GameOptions;
}

import type { GuardOptions } from "./crash-guard.ts";
import type { Game } from "./game.ts";
import type { GameOptions } from "./load.ts";
import type { Button } from "./pads.ts";

/** How `fuzz` plays. */
export interface FuzzOptions extends GuardOptions {
  /** The same seed presses the same buttons; 1 by default. */
  readonly seed?: number;
  /** How often the game is played; 50 by default. */
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

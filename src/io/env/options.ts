import type { NesOptions } from "../../emu/nes/nes.ts";
import type { Movie } from "../movies/movie.ts";
import type { ActionOptions } from "./actions.ts";
import type { ObservationOptions } from "./observation.ts";

/** What functions can read after each frame, if they are used instead of expressions. */
export interface GameView {
  /** Work RAM, $0000–$07FF, live. */
  readonly ram: Uint8Array;
  /** Frames since power-on. */
  readonly frame: number;
  /** The byte at an address or a symbol, without side effects. */
  peek(place: number | string): number;
}

/** A value of the game: an expression over its memory (see `parseExpression`), or a function. */
export type GameValue = string | ((game: GameView) => number | boolean);

/** A point at which episodes can start. */
export type StartOptions =
  | "power"
  /** A state of this game: its bytes or a file. */
  | { readonly state: Uint8Array | string }
  /**
   * The end of a movie or an input script (.json, .fm2, .bk2) that is played from power-on, or the point
   * after its first `frames` frames. Without a movie, no buttons are pressed.
   */
  | { readonly movie?: string | Movie; readonly frames?: number };

export interface EnvOptions extends Omit<NesOptions, "devices"> {
  /** RGB pictures of whole frames by default. */
  readonly observation?: ObservationOptions;
  /** "mask" by default. */
  readonly actions?: ActionOptions;
  /** Controllers that actions press, 1 to 4; 1 by default. */
  readonly players?: number;
  /** Frames per step, 1 to 60; 4 by default. */
  readonly frameSkip?: number;
  /** Show the brighter of the last two frames of a step; false by default. Not for RAM and "indices". */
  readonly maxLastTwo?: boolean;
  /** Probability that a frame repeats the buttons of the frame before, 0 to 1; 0 by default. */
  readonly sticky?: number;
  /** Limit on frames without buttons after a reset, whose number is random; 0 by default. */
  readonly noops?: number;
  /** Where episodes begin, chosen at random; power-on by default. */
  readonly starts?: readonly StartOptions[];
  /** Reward of a frame; those of a step are added up. 0 by default. */
  readonly reward?: GameValue;
  /** The episode is terminated after a frame in which this is not 0. */
  readonly end?: GameValue;
  /** Values that each step reports. */
  readonly info?: Readonly<Record<string, GameValue>>;
  /** Steps after which an episode is truncated; no limit by default. */
  readonly maxSteps?: number;
  /** Symbol files; by default the ones beside the ROM. `false` loads none. */
  readonly symbols?: string | readonly string[] | false;
  /** File with the disk system's BIOS, for .fds files. */
  readonly fdsBios?: string;
  /** IPS, BPS and UPS patches, in this order; by default the one found with the ROM, with `[]` none. */
  readonly patches?: readonly string[];
  /** A .pal file for the colours of pictures. */
  readonly palette?: string;
}

import { InputError } from "../../emu/input-error.ts";
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
}

const MAX_FRAME_SKIP = 60;
const MAX_NOOPS = 10_000;
const MAX_STARTS = 1024;
const MAX_INFO = 64;
const MAX_STEPS = 2 ** 31 - 1;

/** The numbers of `EnvOptions`, checked and filled in. */
export interface EnvNumbers {
  readonly players: number;
  readonly frameSkip: number;
  readonly sticky: number;
  readonly noops: number;
  readonly maxSteps: number;
}

const KNOWN_OPTIONS = new Set<string>([
  "observation",
  "actions",
  "players",
  "frameSkip",
  "maxLastTwo",
  "sticky",
  "noops",
  "starts",
  "reward",
  "end",
  "info",
  "maxSteps",
  "symbols",
  "fdsBios",
  "region",
  "ramFill",
  "alignment",
  "mmc3Revision",
  "cpuRevision",
  "ppuRevision",
  "console",
  "diskSide",
  "exact",
] satisfies (keyof EnvOptions)[]);

/** Throws `InputError` ("usage") if an option is unknown or a number is out of range. */
export function checkOptions(options: EnvOptions, known: readonly string[] = []): EnvNumbers {
  for (const name of Object.keys(options)) {
    if (!KNOWN_OPTIONS.has(name) && !known.includes(name))
      throw new InputError(
        "usage",
        `unknown option ${name.slice(0, 40)}`,
        "",
        `one of ${[...KNOWN_OPTIONS, ...known].join(", ")}`,
      );
  }
  const { starts, info, sticky = 0, maxLastTwo, observation } = options;
  if (!(sticky >= 0 && sticky <= 1))
    throw new InputError("usage", `sticky ${String(sticky)}: 0 to 1 was expected`);
  if (starts !== undefined && !(Array.isArray(starts) && starts.length >= 1 && starts.length <= MAX_STARTS))
    throw new InputError("usage", `starts must be a list of 1 to ${MAX_STARTS}`);
  if (info !== undefined && Object.keys(info).length > MAX_INFO)
    throw new InputError("usage", `info can have ${MAX_INFO} values`);
  const { format } = observation ?? {};
  if (maxLastTwo === true && (format === "ram" || format === "indices"))
    throw new InputError("usage", `maxLastTwo is for "rgb" and "gray", not "${format}"`);
  return {
    players: options.players ?? 1,
    frameSkip: whole("frameSkip", options.frameSkip ?? 4, 1, MAX_FRAME_SKIP),
    sticky,
    noops: whole("noops", options.noops ?? 0, 0, MAX_NOOPS),
    maxSteps: options.maxSteps === undefined ? 0 : whole("maxSteps", options.maxSteps, 1, MAX_STEPS),
  };
}

/** Returns `value` if it is a whole number of this range. Throws `InputError` ("usage") otherwise. */
export function whole(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InputError(
    "usage",
    `${name} ${String(value)}: a whole number from ${min} to ${max} was expected`,
  );
}

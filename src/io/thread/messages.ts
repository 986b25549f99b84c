import type { InputErrorKind } from "../../emu/input-error.ts";
import type { CoinSlots, MachineGeometry } from "../../emu/machine.ts";
import type { PosterHandle } from "../runtime/bell.ts";
import type { SharedDescription } from "../shared/layout.ts";
import type { PostedLine } from "../shared/log.ts";
import type { RealtimeOptions, RealtimeStep } from "../workers/realtime.ts";
import type { TrackDescription } from "./movie-track.ts";

/**
 * Messages between main and the machine thread, for its start and its end only: while it runs, the thread
 * never returns to its event loop, and everything goes through the shared block.
 */
export interface StartMessage {
  readonly buffer: SharedArrayBuffer;
  readonly description: SharedDescription;
  /** Passed to the worker's machine factory; structured-cloneable. */
  readonly payload: unknown;
  readonly speedPercent: number;
  readonly startPaused: boolean;
  /** Frames to run and discard before the clock starts, to warm up the compiler. */
  readonly warmUpFrames: number;
  /** Undefined does not change the thread's priority. */
  readonly realtime: RealtimeOptions | undefined;
  /** A state to start from instead of power-on. */
  readonly state: Uint8Array | undefined;
  /** What is played and recorded; undefined for neither. */
  readonly track: TrackDescription | undefined;
  /** The game that is played with others; undefined for none. */
  readonly netplay: NetplayDescription | undefined;
  /** Battery-backed memory to start with. */
  readonly battery: Uint8Array | undefined;
}

/** A netplay game, as the machine thread needs it. */
export interface NetplayDescription {
  /** The buffer of a `NetplayBlock`. */
  readonly block: SharedArrayBuffer;
  /** The runtime that gets a post numbered `NETPLAY_POST` at every frame time. */
  readonly poster: PosterHandle;
}

export const NETPLAY_POST = 0;

/** An error as data: an `InputError` keeps its kind, place and remedy. */
export interface ErrorReport {
  readonly message: string;
  readonly stack: string;
  readonly input?: { readonly kind: InputErrorKind; readonly where: string; readonly remedy: string };
}

/** The coin slots and DIP switches of an arcade machine, as they are at power-on. */
export type Arcade = Readonly<
  Pick<CoinSlots, "hasPanel" | "slotCount" | "switches" | "switchCount" | "dips">
>;

/** What the machine thread reports when it is ready. */
export interface MachineReady {
  readonly geometry: MachineGeometry;
  readonly stateBytes: number;
  /** True if there is a disk drive. */
  readonly hasDisk: boolean;
  /** The slots and switches of an arcade machine. */
  readonly coins: Arcade | undefined;
  readonly steps: readonly RealtimeStep[];
  readonly warmUpMs: number;
  /** The clock of the thread's CPU time, for `cpuMsOf`. */
  readonly cpuClock: number | undefined;
}

export type MachineMessage =
  | PostedLine
  | ({ readonly type: "ready" } & MachineReady)
  | { readonly type: "command-failed"; readonly ticket: number; readonly error: ErrorReport }
  | { readonly type: "fault"; readonly error: ErrorReport }
  | { readonly type: "stopped" };

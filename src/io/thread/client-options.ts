import type { Log } from "../shared/log.ts";
import type { Snapshot } from "../shared/snapshot-cell.ts";
import type { RealtimeOptions } from "../workers/realtime.ts";
import type { MachineSource } from "./machine-source.ts";
import type { ErrorReport, NetplayDescription } from "./messages.ts";
import type { TrackDescription } from "./movie-track.ts";

export interface EmuClientOptions {
  readonly machine: MachineSource;
  /** Percent of real time, 10 to 10,000; 0 runs uncapped. Default 100. */
  readonly speedPercent?: number;
  /** Start paused, at power-on or at `state`. */
  readonly startPaused?: boolean;
  /** Frames to run and discard before the clock starts. Default 90: the compiler is done after about 60. */
  readonly warmUpFrames?: number;
  /** How to raise the thread; `false` does not change its priority. Default: as far as is allowed. */
  readonly realtime?: Partial<RealtimeOptions> | false;
  /**
   * Time without a beat after which the thread counts as hung, if it has had a processor (see `Watchdog`).
   * Default: as long as a player would wait.
   */
  readonly hungAfterMs?: number;
  /** Memory for rewinding; undefined for none. */
  readonly rewindBytes?: number;
  /** Reserve memory for a presenter's text and a recording. */
  readonly forPlaying?: boolean;
  /** Keep readings of the sound channels for this many frames, for a display of music. */
  readonly soundFrames?: number;
  /** Publish each picture a second time, in `blocks.watched`, for spectators. */
  readonly hasSpectators?: boolean;
  readonly state?: Uint8Array;
  readonly battery?: Uint8Array;
  /** A movie to play, and memory for recording one. */
  readonly track?: TrackDescription;
  /** The game that is played with others. */
  readonly netplay?: NetplayDescription;
  /** Receives the thread's start, its priority, late frames, faults and its end. */
  readonly log?: Log;
}

/** Why a machine thread ended without `stop`. */
export interface MachineFault {
  readonly kind: "threw" | "hung" | "exited";
  readonly message: string;
  readonly stack: string;
  /** What an `InputError` said besides its message: the cause is outside of emu. */
  readonly input?: ErrorReport["input"];
  /** The last state that was copied while the machine ran, with its frame as `tag`. */
  readonly lastGood: Snapshot | undefined;
}

/** The channels of a sink: with 2, samples alternate, left before right. */
export type AudioChannels = 1 | 2;

/**
 * A destination of samples: signed 16 bits at `SINK_RATE_HZ`. All counts are per channel. One thread opens,
 * writes and closes it.
 */
export interface AudioSink {
  /** The name that the status line and `emu doctor` show. */
  readonly name: string;
  /**
   * Takes the first `count` samples of each channel, or as many as there is room for, and returns their
   * number. May block while the device plays. Throws if the device is gone.
   */
  write(samples: Int16Array, count: number): number;
  /** Samples accepted and not yet played. */
  queued(): number;
  /** Number of underruns, from sinks that report them. */
  readonly underruns?: number;
  /** Sets how many samples the device should hold from now on, if it can. */
  setCapacity?(samples: number): void;
  /** False for a sink that accepts everything at once, such as a file: it has no clock to follow. */
  readonly paces: boolean;
  close(): void;
}

export const SINK_RATE_HZ = 48_000;
/** Latency from the machine to the loudspeaker that the controller keeps. */
export const TARGET_LATENCY_MS = 50;
/** The part of it that the device should hold. The rest waits in the ring, a frame's samples at a time. */
export const DEVICE_LATENCY_MS = 36;

/**
 * Systems in the order in which they are tried; `none` always works. The first two exist on Linux only and
 * report a missing device; miniaudio does not report it.
 */
export const SOUND_SYSTEMS = ["pulse", "alsa", "miniaudio", "pipe", "none"] as const;
export type SoundSystem = (typeof SOUND_SYSTEMS)[number];

/** Where samples go: signed 16-bit mono at `SINK_RATE_HZ`. One thread opens, writes and closes it. */
export interface AudioSink {
  /** What the status line and `emu doctor` call it. */
  readonly name: string;
  /**
   * Takes the first `count` elements of `samples`, or as many as there is room for, and returns how many.
   * It may block for as long as the device plays what it has. Throws when the device is gone.
   */
  write(samples: Int16Array, count: number): number;
  /** Samples taken and not yet played. */
  queued(): number;
  /** How often it has had nothing to play, for those that tell. */
  readonly underruns?: number;
  /** It should hold so many samples from now on, if it can. */
  setCapacity?(samples: number): void;
  /** False for what takes everything at once, such as a file: there is no other clock to follow then. */
  readonly paces: boolean;
  close(): void;
}

export const SINK_RATE_HZ = 48_000;
/** From the machine to the loudspeaker: what the controller keeps. */
export const TARGET_LATENCY_MS = 50;
/** Of these, what a device should hold: the rest waits in front of it, a frame's worth at a time. */
export const DEVICE_LATENCY_MS = 36;

/**
 * Tried in this order; `none` always works. The first two say so when they have no device, miniaudio does
 * not; they exist on Linux only, so that elsewhere miniaudio comes first.
 */
export const SOUND_SYSTEMS = ["pulse", "alsa", "miniaudio", "pipe", "none"] as const;
export type SoundSystem = (typeof SOUND_SYSTEMS)[number];

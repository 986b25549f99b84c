/** Call it to stop what returned it. */
export type Stop = () => void;

/** The limit on how long `until` and `runTo` wait, and the error when it is reached. */
export interface UntilOptions {
  /** Fail after this many frames; 600 by default. */
  readonly maxFrames?: number;
  /** Text for the failure that says what was waited for. */
  readonly message?: string;
}

/** The memory that `onRead` and `onWrite` watch. */
export interface WatchOptions {
  /** Number of bytes from the place on; 1 by default. */
  readonly bytes?: number;
}

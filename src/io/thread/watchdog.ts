/** A thread is hung if it has not beaten for this long, unless its owner allows more. */
export const HUNG_AFTER_MS = 500;
export const WATCHDOG_POLL_MS = 50;
/**
 * A gap this long between two polls means that the watcher itself did not run, for example in a stopped
 * process.
 */
const OWN_GAP_MS = 250;

/** Decides from a thread's beats if it hangs. The watching thread polls it, on any clock. */
export class Watchdog {
  #lastBeat: number;
  #lastBeatMs: number;
  #lastPollMs: number;
  readonly #hungAfterMs: number;

  constructor(beat: number, nowMs: number, hungAfterMs = HUNG_AFTER_MS) {
    this.#hungAfterMs = hungAfterMs;
    this.#lastBeat = beat;
    this.#lastBeatMs = nowMs;
    this.#lastPollMs = nowMs;
  }

  /** Returns true if the thread, whose beat count is now `beat`, hangs. */
  isHung(beat: number, nowMs: number): boolean {
    const ownGapMs = nowMs - this.#lastPollMs;
    this.#lastPollMs = nowMs;
    if (beat !== this.#lastBeat) {
      this.#lastBeat = beat;
      this.#lastBeatMs = nowMs;
    } else if (ownGapMs > OWN_GAP_MS) {
      // While we did not run, the thread may not have run either: start its time again.
      this.#lastBeatMs = nowMs;
    }
    return nowMs - this.#lastBeatMs >= this.#hungAfterMs;
  }
}

/** A thread is hung when it has not beaten for this long, unless its owner has more patience. */
export const HUNG_AFTER_MS = 500;
export const WATCHDOG_POLL_MS = 50;
/** A gap this long between two polls means that the watcher itself did not run: a stopped process, say. */
const OWN_GAP_MS = 250;

/** Decides from a thread's beats whether it hangs. Polled by the watching thread, on any clock. */
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

  /** Whether the thread, whose beat count is now `beat`, hangs. */
  isHung(beat: number, nowMs: number): boolean {
    const ownGapMs = nowMs - this.#lastPollMs;
    this.#lastPollMs = nowMs;
    if (beat !== this.#lastBeat) {
      this.#lastBeat = beat;
      this.#lastBeatMs = nowMs;
    } else if (ownGapMs > OWN_GAP_MS) {
      // While we did not run, the thread may not have run either: its time starts anew.
      this.#lastBeatMs = nowMs;
    }
    return nowMs - this.#lastBeatMs >= this.#hungAfterMs;
  }
}

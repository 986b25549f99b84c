/** A thread is hung if it has not beaten for this long, unless its owner allows more. */
export const HUNG_AFTER_MS = 500;
/** A thread that has had no processor for this long is blocked, and not only waiting for other programs. */
export const BLOCKED_AFTER_MS = 5000;
export const WATCHDOG_POLL_MS = 50;
/**
 * A gap this long between two polls means that the watcher itself did not run, for example in a stopped
 * process.
 */
const OWN_GAP_MS = 250;

/**
 * Decides from a thread's beats if it hangs. The watching thread polls it, on any clock. On a busy computer a
 * thread can wait for a processor for longer than a player would, so it hangs only if it has also had enough
 * CPU time since its last beat.
 */
export class Watchdog {
  #lastBeat: number;
  #lastBeatMs: number;
  #lastPollMs: number;
  #lastBeatCpuMs: number;
  readonly #hungAfterMs: number;
  readonly #blockedAfterMs: number;
  readonly #cpuMs: (() => number) | undefined;

  /** `cpuMs` is the CPU time of the thread. Without it, the thread is taken to run all the time. */
  constructor(
    beat: number,
    nowMs: number,
    hungAfterMs = HUNG_AFTER_MS,
    cpuMs?: () => number,
    blockedAfterMs = BLOCKED_AFTER_MS,
  ) {
    this.#cpuMs = cpuMs;
    this.#blockedAfterMs = blockedAfterMs;
    this.#lastBeatCpuMs = cpuMs?.() ?? 0;
    this.#hungAfterMs = hungAfterMs;
    this.#lastBeat = beat;
    this.#lastBeatMs = nowMs;
    this.#lastPollMs = nowMs;
  }

  /** Returns true if the thread, whose beat count is now `beat`, hangs. */
  isHung(beat: number, nowMs: number): boolean {
    const ownGapMs = nowMs - this.#lastPollMs;
    this.#lastPollMs = nowMs;
    // While we did not run, the thread may not have run either: start its time again.
    if (beat !== this.#lastBeat || ownGapMs > OWN_GAP_MS) {
      this.#lastBeat = beat;
      this.#lastBeatMs = nowMs;
      this.#lastBeatCpuMs = this.#cpuMs?.() ?? 0;
    }
    const quietMs = nowMs - this.#lastBeatMs;
    if (quietMs < this.#hungAfterMs) return false;
    if (this.#cpuMs === undefined || quietMs >= this.#blockedAfterMs) return true;
    return this.#cpuMs() - this.#lastBeatCpuMs >= this.#hungAfterMs;
  }
}

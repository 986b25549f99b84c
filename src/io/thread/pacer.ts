import type { Histogram } from "../shared/histogram.ts";

/** The pacer's time: the machine thread's monotonic clock and its sleep, or a test's. */
export interface PacerClock {
  /** Monotonic milliseconds with fractions. */
  nowMs(): number;
  /** Sleeps about that long; may return late, and early only on a spurious wake-up. */
  sleepMs(milliseconds: number): void;
}

/** Lateness from which on the time lost is given up: a suspended laptop, a stopped process. */
export const STALL_MS = 250;
/** Shorter sleeps than this cost more in overshoot than spinning does. */
const SHORTEST_SLEEP_MS = 0.05;
/** Bounds of the span before a deadline that is spun instead of slept. */
const MIN_SPIN_MS = 0.2;
const MAX_SPIN_MS = 1.5;
/**
 * A sleep that ends past its deadline widens the span by the first figure, every other narrows it by the
 * second, so that about one sleep in 200 may be late. 0.5 ms is what a thread with 1 ns timer slack needs.
 */
const FIRST_SPIN_MS = 0.5;
const SPIN_WIDEN_MS = 0.1;
const SPIN_NARROW_MS = 0.0005;

/**
 * Keeps frames to absolute deadlines: frame k of a stretch is due at its start + k × period, so that
 * neither a late frame nor rounding shifts the ones after it. It sleeps until shortly before the
 * deadline, then spins. A frame is missed when it is not finished by the deadline of the next one.
 */
export class Pacer {
  /** Frames that were not finished when the next one was due. */
  missed = 0;
  /** Times that the time lost was given up. */
  reanchored = 0;
  /** Frames begun one after another without a sleep in between. */
  framesWithoutSleep = 0;
  /** Frames begun one after another each after a sleep: how long the thread has been well in time. */
  framesWithSleep = 0;
  /** The span before a deadline that is spun, as adapted so far. */
  spinMs = FIRST_SPIN_MS;
  readonly #clock: PacerClock;
  readonly #lateness: Histogram;
  #periodMs = 0;
  #startMs = 0;
  #frames = 0;
  #deadlineMs = 0;

  /** `lateness` takes, a frame, how long after its deadline it began. */
  constructor(clock: PacerClock, lateness: Histogram) {
    this.#clock = clock;
    this.#lateness = lateness;
  }

  /** Starts a stretch whose first frame is due now. A period of 0 never waits. */
  restart(periodMs: number): void {
    this.#periodMs = periodMs;
    this.#startMs = this.#clock.nowMs();
    this.#frames = 0;
    this.#deadlineMs = this.#startMs;
    this.framesWithoutSleep = 0;
    this.framesWithSleep = 0;
  }

  /** Whether the stretch is paced at all. */
  get isPaced(): boolean {
    return this.#periodMs > 0;
  }

  /** Waits until the next frame is due. */
  waitForDeadline(): void {
    if (this.#periodMs === 0) return;
    this.#deadlineMs = this.#startMs + this.#frames * this.#periodMs;
    this.#frames++;
    const sleepMs = this.#deadlineMs - this.#clock.nowMs() - this.spinMs;
    if (sleepMs > SHORTEST_SLEEP_MS) {
      this.#clock.sleepMs(sleepMs);
      this.framesWithoutSleep = 0;
      this.framesWithSleep++;
      const late = this.#clock.nowMs() > this.#deadlineMs;
      this.spinMs = late
        ? Math.min(MAX_SPIN_MS, this.spinMs + SPIN_WIDEN_MS)
        : Math.max(MIN_SPIN_MS, this.spinMs - SPIN_NARROW_MS);
    } else {
      this.framesWithoutSleep++;
      this.framesWithSleep = 0;
    }
    let now = this.#clock.nowMs();
    while (now < this.#deadlineMs) now = this.#clock.nowMs();
    const lateMs = now - this.#deadlineMs;
    this.#lateness.record(Math.min(lateMs, STALL_MS) * 1000);
    if (lateMs > STALL_MS) this.#giveUpLostTime(now);
  }

  /**
   * To be called when the frame's work is done. Returns whether the next frame is due already, which
   * makes the picture just drawn old news.
   */
  finishFrame(): boolean {
    if (this.#periodMs === 0) return false;
    const isBehind = this.#clock.nowMs() > this.#deadlineMs + this.#periodMs;
    if (isBehind) this.missed++;
    return isBehind;
  }

  #giveUpLostTime(now: number): void {
    this.reanchored++;
    this.missed += Math.floor(STALL_MS / this.#periodMs);
    this.#startMs = now;
    this.#deadlineMs = now;
    this.#frames = 1;
  }
}

import type { Histogram } from "../shared/histogram.ts";

/** The pacer's clock: the machine thread's monotonic clock and sleep, or a test's. */
export interface PacerClock {
  /** Monotonic milliseconds with fractions. */
  nowMs(): number;
  /** Sleeps about that long. May return late; returns early only on a spurious wake-up. */
  sleepMs(milliseconds: number): void;
}

/** A longer delay is not made up for: a suspended laptop, a stopped process. */
export const STALL_MS = 250;
/** Shorter sleeps overshoot by more than spinning costs. */
const MIN_SLEEP_MS = 0.05;
/** Bounds of the spin before a deadline. Each 0.1 ms takes 0.6 % of a core at 60 Hz. */
const MIN_SPIN_MS = 0.05;
const MAX_SPIN_MS = 1.5;
/** A frame that starts this much late looks and sounds the same. */
const TOLERANCE_MS = 0.1;
/**
 * A sleep that ends later than its deadline and the tolerance lengthens the spin by a fixed amount; every
 * other sleep shortens it by a share of itself. A spin of 0.2 ms thus lasts if it makes one sleep in 200
 * punctual, and one of 1 ms, which takes 6 % of a core, only if it makes one in 40 punctual. A game's first
 * seconds, when the compilers are busy, make the spin long; it is short again after 10 seconds. Sleeps that
 * are late by more than the longest spin count as punctual: another program had the core, and no spin helps.
 */
const FIRST_SPIN_MS = 0.2;
const SPIN_WIDEN_MS = 0.1;
const SPIN_NARROW_SHARE = 1 / 400;

/**
 * Starts frames at absolute deadlines: frame k of a stretch is due at its start + k × period, so that neither
 * a late frame nor rounding shifts the frames after it. It sleeps until shortly before the deadline, then
 * spins. A frame is missed if it is not finished by the deadline of the next one.
 */
export class Pacer {
  /** Number of frames that were not finished when the next one was due. */
  missed = 0;
  /** Number of times that lost time was given up. */
  reanchored = 0;
  /** Number of frames in a row without a sleep before them. */
  framesWithoutSleep = 0;
  /** Number of frames in a row with a sleep before each: how long the thread has had time to spare. */
  framesWithSleep = 0;
  /** Length of the spin before a deadline, as adapted so far. */
  spinMs = FIRST_SPIN_MS;
  readonly #clock: PacerClock;
  readonly #lateness: Histogram;
  #periodMs = 0;
  #startMs = 0;
  #frames = 0;
  #deadlineMs = 0;

  /** `lateness` records how long after its deadline each frame started. */
  constructor(clock: PacerClock, lateness: Histogram) {
    this.#clock = clock;
    this.#lateness = lateness;
  }

  /** Starts a stretch whose first frame is due now. With a period of 0 it never waits. */
  restart(periodMs: number): void {
    this.#periodMs = periodMs;
    this.#startMs = this.#clock.nowMs();
    this.#frames = 0;
    this.#deadlineMs = this.#startMs;
    this.framesWithoutSleep = 0;
    this.framesWithSleep = 0;
  }

  /** Changes the period from the next frame on. Does nothing in a stretch without pacing. */
  setPeriod(periodMs: number): void {
    if (this.#periodMs === 0 || periodMs === this.#periodMs) return;
    // The last deadline stays where it is.
    if (this.#frames > 0) {
      this.#startMs += (this.#frames - 1) * this.#periodMs;
      this.#frames = 1;
    }
    this.#periodMs = periodMs;
  }

  /** Time between two frames; 0 in a stretch without pacing. */
  get periodMs(): number {
    return this.#periodMs;
  }

  /** Waits until the next frame is due. */
  waitForDeadline(): void {
    if (this.#periodMs === 0) return;
    this.#deadlineMs = this.#startMs + this.#frames * this.#periodMs;
    this.#frames++;
    const sleepMs = this.#deadlineMs - this.#clock.nowMs() - this.spinMs;
    if (sleepMs > MIN_SLEEP_MS) {
      this.#clock.sleepMs(sleepMs);
      this.framesWithoutSleep = 0;
      this.framesWithSleep++;
      const lateMs = this.#clock.nowMs() - this.#deadlineMs;
      const couldSpin = lateMs > TOLERANCE_MS && lateMs < MAX_SPIN_MS;
      this.spinMs = couldSpin
        ? Math.min(MAX_SPIN_MS, this.spinMs + SPIN_WIDEN_MS)
        : Math.max(MIN_SPIN_MS, this.spinMs * (1 - SPIN_NARROW_SHARE));
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
   * Call when the frame's work is done. Returns true if the next frame is due already, so the picture just
   * drawn is outdated.
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

import type { ThreadPriority } from "../workers/realtime.ts";
import type { Pacer } from "./pacer.ts";

/** The class is entered after this many frames in a row with a sleep before each. */
const SLEEPS_TO_RAISE = 60;
/** The class is left after this many frames in a row without one. */
const FRAMES_TO_LOWER = 10;
/** Number of frames whose CPU time is added up. */
const MEASURED_FRAMES = 15;
/** Part of a frame's time that a thread with time to spare computes at most. */
const MAX_CPU_SHARE = 0.5;

/**
 * Decides when a machine thread is in its real-time class. The class is for a thread with time to spare: one
 * that computes all the time would keep the compiler's threads, which could make it faster, from running at
 * all. The thread's CPU time shows whether it has time to spare. The clock does not: on a busy computer, a
 * thread that waits for a processor is late for every frame, and needs the class.
 */
export class ClassKeeper {
  readonly #priority: Pick<ThreadPriority, "hasClass" | "isRaised" | "restore" | "lower">;
  readonly #pacer: Pick<Pacer, "framesWithSleep" | "framesWithoutSleep" | "periodMs">;
  readonly #cpuMs: () => number | undefined;
  /** Frames since the measurement began, or since the class was entered. */
  #frames = 0;
  #startMs: number | undefined;

  /** `cpuMs` is the CPU time of this thread; undefined if the system does not report it. */
  constructor(
    priority: Pick<ThreadPriority, "hasClass" | "isRaised" | "restore" | "lower">,
    pacer: Pick<Pacer, "framesWithSleep" | "framesWithoutSleep" | "periodMs">,
    cpuMs: () => number | undefined,
  ) {
    this.#priority = priority;
    this.#pacer = pacer;
    this.#cpuMs = cpuMs;
  }

  /** Enters the class at once if the last frame of the warm-up, if any, has taken little CPU time. */
  start(lastMs: number | undefined, periodMs: number): void {
    if (lastMs !== undefined && lastMs < MAX_CPU_SHARE * periodMs) this.#enter();
  }

  /** Call after every frame that has run. Allocates nothing. */
  frameDone(): void {
    if (this.#priority.isRaised) {
      // Frames that were late before the thread had the class do not count.
      const late = Math.min(++this.#frames, this.#pacer.framesWithoutSleep);
      if (late < FRAMES_TO_LOWER) return;
      this.#priority.lower();
      this.#startMs = undefined;
      return;
    }
    // A thread that never waits would take all CPU time from other threads.
    if (this.#pacer.periodMs === 0 || !this.#priority.hasClass) return;
    if (this.#pacer.framesWithSleep >= SLEEPS_TO_RAISE) this.#enter();
    else if (this.#startMs === undefined) this.#measure();
    else if (++this.#frames === MEASURED_FRAMES) {
      if (this.#hasTime()) this.#enter();
      else this.#measure();
    }
  }

  #enter(): void {
    this.#priority.restore();
    this.#frames = 0;
    this.#startMs = undefined;
  }

  #measure(): void {
    this.#startMs = this.#cpuMs();
    this.#frames = 0;
  }

  #hasTime(): boolean {
    const usedMs = this.#cpuMs()! - this.#startMs!;
    return usedMs < MAX_CPU_SHARE * MEASURED_FRAMES * this.#pacer.periodMs;
  }
}

import { SINK_RATE_HZ } from "./sink.ts";

/**
 * Estimates how many samples wait in a device that does not report it: what it received, minus what it has
 * played since, by the clock.
 */
export class FillEstimate {
  #samples = 0;
  #atMs = performance.now();

  /** Estimated number of samples waiting. */
  get samples(): number {
    const played = ((performance.now() - this.#atMs) * SINK_RATE_HZ) / 1000;
    return Math.max(0, Math.round(this.#samples - played));
  }

  /** Adds `count` samples. */
  add(count: number): void {
    this.set(this.samples + count);
  }

  /** Sets the number of samples waiting. */
  set(samples: number): void {
    this.#samples = samples;
    this.#atMs = performance.now();
  }
}

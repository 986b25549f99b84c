import { SINK_RATE_HZ } from "./sink.ts";

/** How much a device holds that does not tell: what it got, less what it has played since by the clock. */
export class FillEstimate {
  #samples = 0;
  #atMs = performance.now();

  /** Samples that wait now. */
  get samples(): number {
    const played = ((performance.now() - this.#atMs) * SINK_RATE_HZ) / 1000;
    return Math.max(0, Math.round(this.#samples - played));
  }

  /** So many samples have been added. */
  add(count: number): void {
    this.set(this.samples + count);
  }

  /** So many samples wait now. */
  set(samples: number): void {
    this.#samples = samples;
    this.#atMs = performance.now();
  }
}

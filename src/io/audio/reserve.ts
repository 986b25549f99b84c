import { SINK_RATE_HZ } from "./sink.ts";

/** Largest reserve: 70 ms cover the delays that other load on a busy computer causes. */
const MOST = (SINK_RATE_HZ * 70) / 1000;
/** Every shortage adds at least 5 ms. */
const MIN_GROWTH = (SINK_RATE_HZ * 5) / 1000;
/** The reserve shrinks only after this long without a shortage. */
const CALM_SECONDS = 30;
/** Samples per second by which it then shrinks: half a millisecond, a tenth of the largest rate change. */
const SHRINK_PER_SECOND = (SINK_RATE_HZ * 0.5) / 1000;

/**
 * How much sound is buffered beyond the usual latency. It starts at none, so that the sound does not lag
 * behind the picture; it grows after each shortage and shrinks after a calm time.
 */
export class Reserve {
  /** The reserve in samples, 0 or more. */
  samples = 0;
  #calmSeconds = 0;

  /** Call when `samples` were missing. */
  lacked(samples: number): void {
    this.samples = Math.min(MOST, this.samples + Math.max(MIN_GROWTH, samples));
    this.#calmSeconds = 0;
  }

  /** Call when `seconds` have passed. */
  pass(seconds: number): void {
    this.#calmSeconds += seconds;
    if (this.#calmSeconds < CALM_SECONDS) return;
    this.samples = Math.max(0, this.samples - SHRINK_PER_SECOND * seconds);
  }
}

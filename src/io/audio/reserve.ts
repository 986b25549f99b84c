import { SINK_RATE_HZ } from "./sink.ts";

/** With 70 ms more than usual in front of it a device plays through what a busy computer does to a game. */
const MOST = (SINK_RATE_HZ * 70) / 1000;
/** Every lack adds at least 5 ms. */
const MIN_GROWTH = (SINK_RATE_HZ * 5) / 1000;
/** So long all must go well before less is kept again. */
const CALM_SECONDS = 30;
/** Then by so many samples a second: half a millisecond, a tenth of what the rate may be off by. */
const SHRINK_PER_SECOND = (SINK_RATE_HZ * 0.5) / 1000;

/**
 * How much sound is kept beyond the usual latency: nothing at first, so that the sound is not behind the
 * picture; more after there was too little, for as long as that happens again.
 */
export class Reserve {
  /** Samples, 0 or more. */
  samples = 0;
  #calmSeconds = 0;

  /** So many samples were missing. */
  lacked(samples: number): void {
    this.samples = Math.min(MOST, this.samples + Math.max(MIN_GROWTH, samples));
    this.#calmSeconds = 0;
  }

  /** So many seconds have passed. */
  pass(seconds: number): void {
    this.#calmSeconds += seconds;
    if (this.#calmSeconds < CALM_SECONDS) return;
    this.samples = Math.max(0, this.samples - SHRINK_PER_SECOND * seconds);
  }
}

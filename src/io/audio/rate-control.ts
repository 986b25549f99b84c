/** The rate may be off by this part: half a percent is a twelfth of a semitone, and nobody hears it. */
export const MAX_DEVIATION = 0.005;
/** Samples by which the level must be off for the whole proportional part. */
const SCALE = 400;
/**
 * Deviation for a level that is off by `SCALE`, at once and for each second of it. A deviation of d moves
 * the level by 48,000 d samples a second, so that these settle in some 3 s with a damping of 0.77.
 */
const PROPORTIONAL = 0.004;
const INTEGRAL_PER_SECOND = 0.0008;
/** The lowest level over this time counts: the level itself jumps with every frame. */
const WINDOW_SECONDS = 0.1;

/**
 * Keeps a little waiting in front of a device that takes what it can, by playing a little faster or slower
 * (dynamic rate control): the machine's clock and the device's are never the same. The lowest level is what
 * tells them apart: with nothing left over the device may be short of samples, with much left over the
 * sound is late.
 */
export class RateControl {
  /** Input samples per output sample. */
  ratio = 1;
  /** The lowest level to keep, in samples. */
  target: number;
  #lowest = Number.POSITIVE_INFINITY;
  #seconds = 0;
  #integral = 0;

  /** `target` is the lowest level to keep, in samples; it may change. */
  constructor(target: number) {
    this.target = target;
  }

  /** Samples that wait now, `seconds` after the last call. */
  observe(level: number, seconds: number): void {
    this.#lowest = Math.min(this.#lowest, level);
    this.#seconds += seconds;
    if (this.#seconds < WINDOW_SECONDS) return;
    const error = clamp((this.#lowest - this.target) / SCALE, 1);
    this.#integral = clamp(this.#integral + error * INTEGRAL_PER_SECOND * this.#seconds, MAX_DEVIATION);
    this.ratio = 1 + clamp(PROPORTIONAL * error + this.#integral, MAX_DEVIATION);
    this.restart();
  }

  /** After a pause: what was seen before says nothing about now. */
  restart(): void {
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#seconds = 0;
  }
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

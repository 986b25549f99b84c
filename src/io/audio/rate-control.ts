/** Largest change of the rate: half a percent is a twelfth of a semitone, which is inaudible. */
export const MAX_DEVIATION = 0.005;
/** Level error, in samples, that gives the full proportional part. */
const SCALE = 400;
/**
 * Deviation for a level error of `SCALE`, immediately and per second of it. A deviation of d moves the level
 * by 48,000 d samples per second, so these values settle in about 3 s with a damping of 0.77.
 */
const PROPORTIONAL = 0.004;
const INTEGRAL_PER_SECOND = 0.0008;
/** The lowest level within this time is used: the level itself jumps with every frame. */
const WINDOW_SECONDS = 0.1;

/**
 * Keeps a few samples waiting for a device that takes as much as it can, by playing slightly faster or slower
 * (dynamic rate control): the machine's clock and the device's are never exactly equal. The lowest level
 * shows the difference: with nothing left over the device may run short of samples, with much left over the
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

  /** Call with the number of waiting samples, `seconds` after the last call. */
  observe(level: number, seconds: number): void {
    this.#lowest = Math.min(this.#lowest, level);
    this.#seconds += seconds;
    if (this.#seconds < WINDOW_SECONDS) return;
    const error = clamp((this.#lowest - this.target) / SCALE, 1);
    this.#integral = clamp(this.#integral + error * INTEGRAL_PER_SECOND * this.#seconds, MAX_DEVIATION);
    this.ratio = 1 + clamp(PROPORTIONAL * error + this.#integral, MAX_DEVIATION);
    this.restart();
  }

  /** Levels from before a pause are meaningless. */
  restart(): void {
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#seconds = 0;
  }
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

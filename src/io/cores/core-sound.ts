/** Taps of the filter on each side, in input samples. */
const HALF_TAPS = 12;
const TAPS = 2 * HALF_TAPS;
/**
 * Number of positions between two samples for which the filter is tabulated. For positions in between it is
 * interpolated.
 */
const PHASES = 256;
/** The pass band ends a little below half of the lower rate, to leave room for the filter's slope. */
const PASS_SHARE = 0.92;
/** Number of values in the state: the last input samples and the position. */
const STATE_DOUBLES = TAPS + 1;

/**
 * Turns a core's stereo sound of any rate into the machine's mono sound at 48 kHz. The filter is a windowed
 * sinc, so neither aliases nor images can be heard. Its state is part of the machine's.
 */
export class CoreSound {
  static readonly stateBytes = STATE_DOUBLES * 8;
  readonly #filter: Float64Array;
  readonly #step: number;
  /** The last input samples, the oldest first. */
  readonly #history = new Float64Array(TAPS);
  /** Position of the next output sample after the middle of the history, in input samples. */
  #position = 0;

  /** Rates in samples per second. */
  constructor(inputRateHz: number, outputRateHz: number) {
    this.#step = inputRateHz / outputRateHz;
    this.#filter = sincTable(Math.min(1, outputRateHz / inputRateHz) * PASS_SHARE);
  }

  /**
   * Reads `pairs` pairs of left and right samples, writes mono samples into `out` and returns their number.
   */
  process(samples: Int16Array, pairs: number, out: Int16Array): number {
    const history = this.#history;
    const filter = this.#filter;
    let position = this.#position;
    let count = 0;
    for (let pair = 0; pair < pairs; pair++) {
      history.copyWithin(0, 1);
      history[TAPS - 1] = (samples[2 * pair]! + samples[2 * pair + 1]!) / 2;
      for (; position < 1; position += this.#step) {
        if (count === out.length) continue;
        const phase = position * PHASES;
        const row = Math.floor(phase);
        const share = phase - row;
        let sum = 0;
        for (let tap = 0, at = row * TAPS; tap < TAPS; tap++, at++)
          sum += history[tap]! * (filter[at]! + share * (filter[at + TAPS]! - filter[at]!));
        out[count++] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
      }
      position -= 1;
    }
    this.#position = position;
    return count;
  }

  /** Writes the state: `stateBytes` bytes. */
  save(into: DataView): void {
    for (let tap = 0; tap < TAPS; tap++) into.setFloat64(8 * tap, this.#history[tap]!, true);
    into.setFloat64(8 * TAPS, this.#position, true);
  }

  load(from: DataView): void {
    for (let tap = 0; tap < TAPS; tap++) this.#history[tap] = finite(from.getFloat64(8 * tap, true));
    this.#position = Math.min(this.#step, Math.max(0, finite(from.getFloat64(8 * TAPS, true))));
  }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/**
 * `PHASES + 1` rows of taps; the sum of each row is 1. `cutoff` is a fraction of half of the input's rate.
 */
function sincTable(cutoff: number): Float64Array {
  const table = new Float64Array((PHASES + 1) * TAPS);
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) {
      const x = tap - (HALF_TAPS - 1) - phase / PHASES;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / HALF_TAPS);
      const value = Math.abs(x) >= HALF_TAPS ? 0 : cutoff * sinc(cutoff * x) * window;
      table[phase * TAPS + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < TAPS; tap++) table[phase * TAPS + tap]! /= sum;
  }
  return table;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

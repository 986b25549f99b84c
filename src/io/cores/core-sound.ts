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
/** Left and right values of the filter's history. */
const HISTORY = 2 * TAPS;
/** Number of values in the state: the last input samples and the position. */
const STATE_DOUBLES = HISTORY + 1;

/**
 * Turns a core's stereo sound of any rate into the machine's at 48 kHz. The filter is a windowed sinc, so
 * neither aliases nor images can be heard. Its state is part of the machine's.
 */
export class CoreSound {
  static readonly stateBytes = STATE_DOUBLES * 8;
  readonly #filter: Float64Array;
  readonly #step: number;
  /** The last pairs of input samples, the oldest first. */
  readonly #history = new Float64Array(HISTORY);
  /** Position of the next output sample after the middle of the history, in input samples. */
  #position = 0;

  /** Rates in samples per second. */
  constructor(inputRateHz: number, outputRateHz: number) {
    this.#step = inputRateHz / outputRateHz;
    this.#filter = sincTable(Math.min(1, outputRateHz / inputRateHz) * PASS_SHARE);
  }

  /**
   * Reads `pairs` pairs of left and right samples, writes such pairs into `out`, as many as there is room
   * for, and returns the number of elements written.
   */
  process(samples: Int16Array, pairs: number, out: Int16Array): number {
    const history = this.#history;
    const filter = this.#filter;
    let position = this.#position;
    let count = 0;
    for (let pair = 0; pair < pairs; pair++) {
      history.copyWithin(0, 2);
      history[HISTORY - 2] = samples[2 * pair]!;
      history[HISTORY - 1] = samples[2 * pair + 1]!;
      for (; position < 1; position += this.#step) {
        if (count + 2 > out.length) continue;
        const phase = position * PHASES;
        const row = Math.floor(phase);
        const share = phase - row;
        let left = 0;
        let right = 0;
        for (let tap = 0, at = row * TAPS; tap < HISTORY; tap += 2, at++) {
          const weight = filter[at]! + share * (filter[at + TAPS]! - filter[at]!);
          left += history[tap]! * weight;
          right += history[tap + 1]! * weight;
        }
        out[count++] = clamp(left);
        out[count++] = clamp(right);
      }
      position -= 1;
    }
    this.#position = position;
    return count;
  }

  /** Writes the state: `stateBytes` bytes. */
  save(into: DataView): void {
    for (let at = 0; at < HISTORY; at++) into.setFloat64(8 * at, this.#history[at]!, true);
    into.setFloat64(8 * HISTORY, this.#position, true);
  }

  load(from: DataView): void {
    for (let at = 0; at < HISTORY; at++) this.#history[at] = finite(from.getFloat64(8 * at, true));
    this.#position = Math.min(this.#step, Math.max(0, finite(from.getFloat64(8 * HISTORY, true))));
  }
}

function clamp(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
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

/** Samples that the curve goes through for each output sample. */
const TAPS = 4;

/**
 * Changes the rate of a stream by a ratio that may vary between calls, with a cubic curve through four
 * samples (Catmull-Rom). The source is band-limited far below half its rate, so ratios near 1 cause no
 * audible artefacts.
 */
export class StreamResampler {
  /** The last samples of the previous call, which the curve still needs. */
  readonly #history = new Float64Array(TAPS);
  /** Position of the next output sample between history 1 and 2, in input samples. */
  #phase = 0;
  /** The gain at the end of the previous call; −1 before the first. */
  #gain = -1;
  readonly #channel: number;
  readonly #channels: number;

  /** For one of several channels whose samples alternate, counted from 0. */
  constructor(channel = 0, channels = 1) {
    this.#channel = channel;
    this.#channels = channels;
  }

  /**
   * Reads `count` samples of its channel from `input` and writes them into `into`, as many as there is room
   * for. `ratio` is input samples per output sample. The gain changes evenly from that of the previous call
   * to `gain`, because a jump would click. Uses all of the input. Returns the number of samples written.
   */
  process(input: Int16Array, count: number, ratio: number, gain: number, into: Int16Array): number {
    const history = this.#history;
    const channels = this.#channels;
    let from = this.#channel;
    let to = from;
    let phase = this.#phase;
    let level = this.#gain < 0 ? gain : this.#gain;
    const rise = count === 0 ? 0 : (gain - level) / count;
    for (let i = 0; i < count; i++) {
      history[0] = history[1]!;
      history[1] = history[2]!;
      history[2] = history[3]!;
      history[3] = input[from]!;
      from += channels;
      level += rise;
      while (phase < 1) {
        if (to < into.length) {
          const value = level * curve(history, phase);
          into[to] = value > 32767 ? 32767 : value < -32768 ? -32768 : Math.round(value);
          to += channels;
        }
        phase += ratio;
      }
      phase -= 1;
    }
    this.#phase = phase;
    if (count > 0) this.#gain = gain;
    return (to - this.#channel) / channels;
  }
}

function curve(history: Float64Array, t: number): number {
  const a = history[0]!;
  const b = history[1]!;
  const c = history[2]!;
  const d = history[3]!;
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Number of samples remembered: repeats come from them. */
const REMEMBERED = 2048;
/** A repeat lasts at least this long (2 ms, for whole multiples of a tone's period) and at most 20 ms. */
const MIN_PERIOD = 96;
const MAX_PERIOD = 960;
/** Length of the end that must resemble the samples one period earlier. */
const COMPARED = 480;
/**
 * Only every other sample and period is compared: a quarter of the work, and the console's sound is below 12
 * kHz.
 */
const STEP = 2;
/** Samples over which synthesized sound fades into real sound: a jump would click. */
const JOIN = 240;
/** Samples over which the end of a repeat leads into its beginning. */
const SEAM = 240;

/**
 * Fills gaps: continues the last period of what was heard, fades it out, and blends into the next real
 * samples. A listener hears 2 ms of silence as a click, but does not notice a tone that continues for 20 ms.
 */
export class Concealment {
  readonly #heard = new Int16Array(REMEMBERED);
  /** Where the next sample is stored. */
  #at = 0;
  /** The samples that are repeated. */
  readonly #repeated = new Int16Array(MAX_PERIOD);
  /** Their number; 0 while nothing is repeated. */
  #period = 0;
  /** Index of the next one. */
  #place = 0;
  /** The gain now, 0 to 1, and its decrease per sample. */
  #gain = 0;
  #fall = 0;
  /** Number of samples still to be blended into real ones. */
  #joining = 0;
  readonly #channel: number;
  readonly #channels: number;

  /** For one of several channels whose samples alternate, counted from 0. */
  constructor(channel = 0, channels = 1) {
    this.#channel = channel;
    this.#channels = channels;
  }

  /** True if all synthesized sound has faded out. */
  get isSilent(): boolean {
    return this.#period !== 0 && this.#gain <= 0;
  }

  /**
   * Starts to synthesize; the sound fades to silence over `fadeSamples`. A repeat that has started continues.
   */
  begin(fadeSamples: number): void {
    if (this.#period === 0 || this.#joining > 0) this.#repeatLast();
    this.#fall = 1 / fadeSamples;
    this.#joining = 0;
  }

  /** Writes `count` synthesized samples of the channel to the start of `into`. Call `begin` first. */
  make(into: Int16Array, count: number): void {
    const end = this.#channel + count * this.#channels;
    for (let at = this.#channel; at < end; at += this.#channels) into[at] = Math.round(this.#next());
    this.#remember(into, count);
  }

  /**
   * Takes the real samples that come next, the first `count` of the channel, and changes them so that they
   * follow the synthesized ones without a jump.
   */
  follow(samples: Int16Array, count: number): void {
    if (this.#period !== 0) {
      if (this.#joining === 0) this.#joining = JOIN;
      const end = this.#channel + count * this.#channels;
      for (let at = this.#channel; at < end && this.#joining > 0; at += this.#channels) {
        const share = --this.#joining / JOIN;
        samples[at] = Math.round(samples[at]! * (1 - share) + this.#next() * share);
      }
      if (this.#joining === 0) this.#period = 0;
    }
    this.#remember(samples, count);
  }

  #remember(samples: Int16Array, count: number): void {
    const heard = this.#heard;
    let at = this.#at;
    for (let i = Math.max(0, count - REMEMBERED); i < count; i++) {
      heard[at] = samples[this.#channel + i * this.#channels]!;
      at = (at + 1) & (REMEMBERED - 1);
    }
    this.#at = at;
  }

  #next(): number {
    const value = this.#repeated[this.#place]! * this.#gain;
    this.#place = this.#place + 1 === this.#period ? 0 : this.#place + 1;
    this.#gain = Math.max(0, this.#gain - this.#fall);
    return value;
  }

  #repeatLast(): void {
    const heard = this.#heard;
    const period = this.#findPeriod();
    const start = this.#at - period + REMEMBERED;
    // The sound does not repeat exactly: what follows its end is bent to begin where it ends.
    const end = heard[(start + period - 1) & (REMEMBERED - 1)]!;
    const distance = end - heard[(start - 1) & (REMEMBERED - 1)]!;
    const bent = Math.min(period, SEAM);
    for (let i = 0; i < period; i++) {
      const bend = i < bent ? distance * (1 - i / bent) : 0;
      this.#repeated[i] = clamped(heard[(start + i) & (REMEMBERED - 1)]! + bend);
    }
    this.#period = period;
    this.#place = 0;
    this.#gain = 1;
  }

  /** Finds the distance at which earlier samples resemble the end most. */
  #findPeriod(): number {
    const heard = this.#heard;
    const end = this.#at + REMEMBERED;
    const mask = REMEMBERED - 1;
    let best = MAX_PERIOD;
    let bestLikeness = 0;
    for (let period = MIN_PERIOD; period <= MAX_PERIOD; period += STEP) {
      let product = 0;
      let energy = 1;
      for (let back = 1; back <= COMPARED; back += STEP) {
        const before = heard[(end - back - period) & mask]!;
        product += heard[(end - back) & mask]! * before;
        energy += before * before;
      }
      const likeness = product / Math.sqrt(energy);
      if (likeness <= bestLikeness) continue;
      bestLikeness = likeness;
      best = period;
    }
    return best;
  }
}

function clamped(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}

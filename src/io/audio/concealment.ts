/** Samples that are remembered: what is repeated comes from them. */
const REMEMBERED = 2048;
/** What is repeated is at least this long (2 ms, for whole multiples of a tone's period) and at most 20 ms. */
const MIN_PERIOD = 96;
const MAX_PERIOD = 960;
/** The end that must look alike one period earlier. */
const COMPARED = 480;
/** Every other sample and period is looked at: a quarter of the work, and the console's sound is below 12 kHz. */
const STEP = 2;
/** Samples over which what is made up turns into what is real: a jump there would click. */
const JOIN = 240;

/**
 * Fills gaps: goes on with the last period of what was heard and fades it out, and leads over to what
 * comes then. A listener hears a gap of silence as a click at 2 ms, a tone that goes on not even at 20.
 */
export class Concealment {
  readonly #heard = new Int16Array(REMEMBERED);
  /** Where the next sample is remembered. */
  #at = 0;
  /** What is repeated. */
  readonly #repeated = new Int16Array(MAX_PERIOD);
  /** Its length in samples; 0 while nothing is repeated. */
  #period = 0;
  /** The next of its samples. */
  #place = 0;
  /** Loudness now, 0 to 1, and by how much it falls a sample. */
  #gain = 0;
  #fall = 0;
  /** Samples that still turn into real ones. */
  #joining = 0;

  /** Whether all that was made up has faded out. */
  get isSilent(): boolean {
    return this.#period !== 0 && this.#gain <= 0;
  }

  /** What is made up from now on falls silent over so many samples; what has been begun goes on. */
  begin(fadeSamples: number): void {
    if (this.#period === 0 || this.#joining > 0) this.#repeatLast();
    this.#fall = 1 / fadeSamples;
    this.#joining = 0;
  }

  /** Writes `count` made-up samples to the start of `into`. `begin` comes first. */
  make(into: Int16Array, count: number): void {
    for (let i = 0; i < count; i++) into[i] = Math.round(this.#next());
    this.#remember(into, count);
  }

  /** Real samples, the first `count` elements, come next: they are changed to follow what was made up without a jump. */
  follow(samples: Int16Array, count: number): void {
    if (this.#period !== 0) {
      if (this.#joining === 0) this.#joining = JOIN;
      for (let i = 0; i < count && this.#joining > 0; i++) {
        const share = --this.#joining / JOIN;
        samples[i] = Math.round(samples[i]! * (1 - share) + this.#next() * share);
      }
      if (this.#joining === 0) this.#period = 0;
    }
    this.#remember(samples, count);
  }

  #remember(samples: Int16Array, count: number): void {
    const heard = this.#heard;
    let at = this.#at;
    for (let i = Math.max(0, count - REMEMBERED); i < count; i++) {
      heard[at] = samples[i]!;
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
    const period = this.#findPeriod();
    const start = this.#at - period + REMEMBERED;
    for (let i = 0; i < period; i++) this.#repeated[i] = this.#heard[(start + i) & (REMEMBERED - 1)]!;
    this.#period = period;
    this.#place = 0;
    this.#gain = 1;
  }

  /** The distance at which the end resembles what was before it most. */
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

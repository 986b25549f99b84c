const WORDS = 4;
const GOLDEN = 0x9e3779b9;

/**
 * A small generator of random numbers, the same on every computer: sfc32 by Chris Doty-Humphrey
 * (https://pracrand.sourceforge.net). Its state can be copied.
 */
export class Random {
  /** Three words of state and a counter. */
  readonly words = new Uint32Array(WORDS);

  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts again from `seed`, a whole number from 0 to 2^53 − 1. */
  seed(seed: number): void {
    this.words[0] = seed >>> 0;
    this.words[1] = Math.floor(seed / 2 ** 32) >>> 0;
    this.words[2] = GOLDEN;
    this.words[3] = 1;
    // The first results depend on too few bits of the seed.
    for (let i = 0; i < 15; i++) this.next();
  }

  /** A whole number from 0 to 2^32 − 1. */
  next(): number {
    const words = this.words;
    const a = words[0]!;
    const b = words[1]!;
    const c = words[2]!;
    const result = (((a + b) >>> 0) + words[3]!) >>> 0;
    words[3] = words[3]! + 1;
    words[0] = b ^ (b >>> 9);
    words[1] = c + (c << 3);
    words[2] = ((c << 21) | (c >>> 11)) + result;
    return result;
  }

  /** A whole number from 0 to `count` − 1; `count` is at most 2^32. */
  below(count: number): number {
    return Math.floor((this.next() / 2 ** 32) * count);
  }

  /** True with this probability, from 0 to 1. */
  chance(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }
}

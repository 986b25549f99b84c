import { HISTOGRAM_WORDS } from "./layout-words.ts";

/**
 * Buckets per octave. A bucket is at most 1/8 of its value wide, so a percentile is at most 12.5 % too high.
 */
const SUB_BUCKETS = 8;
const SUB_BITS = 3;
/** Values are counted in units of 1/8 µs; below one octave (1 µs) every unit has its own bucket. */
const UNITS_PER_MICROSECOND = 8;
/** The last word holds the maximum in units; the others count. */
const MAX_WORD = HISTOGRAM_WORDS - 1;
const LAST_BUCKET = MAX_WORD - 1;

function bucketOf(units: number): number {
  if (units < SUB_BUCKETS) return units;
  const octave = 31 - Math.clz32(units);
  const sub = (units >>> (octave - SUB_BITS)) & (SUB_BUCKETS - 1);
  return Math.min(LAST_BUCKET, (octave - SUB_BITS + 1) * SUB_BUCKETS + sub);
}

/** The largest number of units that falls into a bucket. */
function bucketTop(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const octave = Math.floor(bucket / SUB_BUCKETS) + SUB_BITS - 1;
  const width = 2 ** (octave - SUB_BITS);
  return 2 ** octave + ((bucket % SUB_BUCKETS) + 1) * width - 1;
}

/** A histogram's summary, in microseconds. */
export interface HistogramSummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Durations in logarithmic buckets, in shared words: 0.125 µs to 268 s with 12.5 % resolution. One thread
 * records; any thread reads, and may miss the last record or two.
 */
export class Histogram {
  readonly #words: Int32Array;

  /** `words` are `HISTOGRAM_WORDS` words, written by the recording thread only. */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Counts a duration in microseconds; negative ones count as 0. Allocates nothing. */
  record(microseconds: number): void {
    let units = Math.min(0x7fff_ffff, Math.max(0, microseconds * UNITS_PER_MICROSECOND));
    units |= 0;
    const bucket = bucketOf(units);
    Atomics.store(this.#words, bucket, Atomics.load(this.#words, bucket) + 1);
    if (units > Atomics.load(this.#words, MAX_WORD)) Atomics.store(this.#words, MAX_WORD, units);
  }

  /** Number of durations recorded. */
  get count(): number {
    let count = 0;
    for (let bucket = 0; bucket <= LAST_BUCKET; bucket++) count += Atomics.load(this.#words, bucket);
    return count;
  }

  /** Longest duration recorded, in microseconds. */
  get max(): number {
    return Atomics.load(this.#words, MAX_WORD) / UNITS_PER_MICROSECOND;
  }

  /** The duration that `fraction` (0 to 1) of the records do not exceed, in microseconds. */
  percentile(fraction: number): number {
    const rank = Math.max(1, Math.ceil(this.count * fraction));
    let seen = 0;
    for (let bucket = 0; bucket <= LAST_BUCKET; bucket++) {
      seen += Atomics.load(this.#words, bucket);
      if (seen >= rank) return Math.min(this.max, bucketTop(bucket) / UNITS_PER_MICROSECOND);
    }
    return this.max;
  }

  /** Count, p50, p99 and maximum. */
  summary(): HistogramSummary {
    return { count: this.count, p50: this.percentile(0.5), p99: this.percentile(0.99), max: this.max };
  }

  /** What has been recorded since `earlier`, a copy of the words. The maximum is that of all records. */
  since(earlier: Int32Array): Histogram {
    const words = new Int32Array(HISTOGRAM_WORDS);
    for (let bucket = 0; bucket <= LAST_BUCKET; bucket++)
      words[bucket] = (Atomics.load(this.#words, bucket) - earlier[bucket]!) | 0;
    words[MAX_WORD] = Atomics.load(this.#words, MAX_WORD);
    return new Histogram(words);
  }

  /** Clears all records. Call it on the recording thread only. */
  clear(): void {
    for (let word = 0; word < HISTOGRAM_WORDS; word++) Atomics.store(this.#words, word, 0);
  }
}

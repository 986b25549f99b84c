import type { PixelLayout } from "./pixel-layout.ts";

/** Bits of a pixel: a palette index and emphasis. */
const PIXEL_BITS = 9;
const PIXEL_VALUES = 1 << PIXEL_BITS;
const PIXEL_MASK = PIXEL_VALUES - 1;

/**
 * The value of a channel for every pair of neighbouring pixels, the first in the low half, the second in the
 * high half. One lookup handles two pixels.
 */
export type PairLevels = Uint32Array;

/** `levels` has the channel's value of every pixel value. */
export function pairLevels(levels: Uint8Array): PairLevels {
  const pairs = new Uint32Array(PIXEL_VALUES * PIXEL_VALUES);
  for (let second = 0; second < PIXEL_VALUES; second++)
    for (let first = 0; first < PIXEL_VALUES; first++)
      pairs[(second << PIXEL_BITS) | first] = levels[first]! | (levels[second]! << 16);
  return pairs;
}

/**
 * Resizes one channel by area: each output pixel is the mean of the source that it covers, rounded to the
 * nearest value. All sums are whole numbers, so the result is the same on every computer.
 *
 * Lengths are in units of 1 / (source × output) of a side, so that both source and output pixels are whole
 * numbers of units: a source pixel has as many as the output has pixels, and the other way round.
 *
 * A column's sum for one output row is at most 255 × the source's height, which fits into 16 bits. So two
 * columns share a word.
 */
export class AreaResizer {
  readonly #layout: PixelLayout;
  readonly #pairsPerRow: number;
  readonly #firstPair: number;
  /** Weighted sums of the source columns for one output row, two per word. */
  readonly #sums: Int32Array;
  readonly #columns: Int32Array;
  /** Sum of the columns before each column. */
  readonly #before: Int32Array;
  /** The first and the last source column of each output pixel, and their units in it. */
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #leftUnits: Int32Array;
  readonly #rightUnits: Int32Array;

  /** `frameWidth` must be even. The source must be at most 256 pixels high. */
  constructor(layout: PixelLayout, frameWidth: number) {
    const { crop, width } = layout;
    this.#layout = layout;
    this.#pairsPerRow = frameWidth / 2;
    this.#firstPair = crop.x >> 1;
    const pairs = ((crop.x + crop.width + 1) >> 1) - this.#firstPair;
    this.#sums = new Int32Array(pairs);
    this.#columns = new Int32Array(2 * pairs);
    this.#before = new Int32Array(2 * pairs + 1);
    this.#left = new Int32Array(width);
    this.#right = new Int32Array(width);
    this.#leftUnits = new Int32Array(width);
    this.#rightUnits = new Int32Array(width);
    const skipped = crop.x & 1;
    for (let x = 0; x < width; x++) {
      const start = x * crop.width;
      const end = start + crop.width;
      const left = Math.floor(start / width);
      const right = Math.floor((end - 1) / width);
      this.#left[x] = skipped + left;
      this.#right[x] = skipped + right;
      this.#leftUnits[x] = Math.min(end, (left + 1) * width) - start;
      this.#rightUnits[x] = left === right ? 0 : end - right * width;
    }
  }

  /**
   * Writes `width × height` bytes, `stride` bytes apart, from `offset` on. `pairs` and `other` are frames of
   * two pixels per word; the brighter pixel of both counts. They can be the same frame.
   */
  resize(
    pairs: Uint32Array,
    other: Uint32Array,
    levels: PairLevels,
    into: Uint8Array,
    offset: number,
    stride: number,
  ): void {
    const { crop, width, height } = this.#layout;
    let to = offset;
    for (let y = 0; y < height; y++, to += width * stride) {
      const start = y * crop.height;
      const end = start + crop.height;
      const last = Math.floor((end - 1) / height);
      this.#sums.fill(0);
      for (let row = Math.floor(start / height); row <= last; row++) {
        const weight = Math.min(end, (row + 1) * height) - Math.max(start, row * height);
        const from = (crop.y + row) * this.#pairsPerRow + this.#firstPair;
        if (pairs === other) addRow(this.#sums, pairs, from, levels, weight);
        else addBrighterRow(this.#sums, pairs, other, from, levels, weight);
      }
      this.#writeRow(into, to, stride);
    }
  }

  #writeRow(into: Uint8Array, offset: number, stride: number): void {
    const { crop, width } = this.#layout;
    const sums = this.#sums;
    const columns = this.#columns;
    const before = this.#before;
    let sum = 0;
    for (let pair = 0, x = 0; pair < sums.length; pair++, x += 2) {
      const both = sums[pair]!;
      const first = both & 0xffff;
      const second = both >>> 16;
      columns[x] = first;
      columns[x + 1] = second;
      before[x] = sum;
      before[x + 1] = (sum + first) | 0;
      sum = (sum + first + second) | 0;
    }
    const area = crop.width * crop.height;
    // Adding a quarter prevents an exact quotient from being rounded down.
    const half = (area >> 1) + 0.25;
    const share = 1 / area;
    const lefts = this.#left;
    const rights = this.#right;
    const leftUnits = this.#leftUnits;
    const rightUnits = this.#rightUnits;
    let to = offset;
    for (let x = 0; x < width; x++, to += stride) {
      const left = lefts[x]!;
      const right = rights[x]!;
      let total = Math.imul(leftUnits[x]!, columns[left]!);
      if (right > left) {
        total = (total + Math.imul((before[right]! - before[left + 1]!) | 0, width)) | 0;
        total = (total + Math.imul(rightUnits[x]!, columns[right]!)) | 0;
      }
      into[to] = ((total + half) * share) | 0;
    }
  }
}

function addRow(
  sums: Int32Array,
  pairs: Uint32Array,
  from: number,
  levels: PairLevels,
  weight: number,
): void {
  for (let i = 0; i < sums.length; i++) {
    const pair = pairs[from + i]! | 0;
    const both = levels[(pair & PIXEL_MASK) | ((pair >>> (16 - PIXEL_BITS)) & ~PIXEL_MASK)]! | 0;
    sums[i] = (sums[i]! + Math.imul(both, weight)) | 0;
  }
}

function addBrighterRow(
  sums: Int32Array,
  pairs: Uint32Array,
  other: Uint32Array,
  from: number,
  levels: PairLevels,
  weight: number,
): void {
  for (let i = 0; i < sums.length; i++) {
    const pair = pairs[from + i]! | 0;
    let both = levels[(pair & PIXEL_MASK) | ((pair >>> (16 - PIXEL_BITS)) & ~PIXEL_MASK)]! | 0;
    const pair2 = other[from + i]! | 0;
    if (pair !== pair2) {
      const both2 = levels[(pair2 & PIXEL_MASK) | ((pair2 >>> (16 - PIXEL_BITS)) & ~PIXEL_MASK)]! | 0;
      const first = Math.max(both & 0xffff, both2 & 0xffff);
      both = first | (Math.max(both >>> 16, both2 >>> 16) << 16);
    }
    sums[i] = (sums[i]! + Math.imul(both, weight)) | 0;
  }
}

import type { PixelLayout } from "./pixel-layout.ts";

/** Bits of a pixel: a palette index and emphasis. */
const PIXEL_BITS = 9;
const PIXEL_VALUES = 1 << PIXEL_BITS;
/** Distance between the two pixels of a pair, and what `pairIndex` shifts by. */
const SECOND_SHIFT = 16;
const FOLD_SHIFT = 6;
const TABLE_LENGTH = 1 << 19;
const TABLE_MASK = TABLE_LENGTH - 1;

/**
 * The value of a channel for every pair of neighbouring pixels, the first in the low half, the second in the
 * high half. One lookup handles two pixels. The index of a pair, a word of two pixels, is
 * `(pair + (pair >>> 6)) & TABLE_MASK`: it takes three operations and is different for every pair.
 */
export type PairLevels = Int32Array;

/** `levels` has the channel's value of every pixel value. */
export function pairLevels(levels: Uint8Array): PairLevels {
  const pairs = new Int32Array(TABLE_LENGTH);
  for (let second = 0; second < PIXEL_VALUES; second++)
    for (let first = 0; first < PIXEL_VALUES; first++) {
      const pair = first | (second << SECOND_SHIFT);
      pairs[(pair + (pair >>> FOLD_SHIFT)) & TABLE_MASK] = levels[first]! | (levels[second]! << SECOND_SHIFT);
    }
  return pairs;
}

/**
 * How one side of the source is divided among output pixels. Lengths are in units of 1 / (source × output) of
 * the side, so that source and output pixels are whole numbers of units: a source pixel has as many as the
 * output has pixels, and the other way round. Each output pixel takes, in this order, units of the pixel that
 * the one before has begun, whole pixels, and units of a further one.
 */
interface SideShares {
  readonly begun: Int32Array;
  readonly whole: Int32Array;
  readonly rest: Int32Array;
  /** The first source pixel that is not begun. */
  readonly from: Int32Array;
}

function sharesOf(source: number, output: number): SideShares {
  const begun = new Int32Array(output);
  const whole = new Int32Array(output);
  const rest = new Int32Array(output);
  const from = new Int32Array(output);
  let left = 0;
  let next = 0;
  for (let i = 0; i < output; i++) {
    begun[i] = Math.min(left, source);
    left -= begun[i]!;
    const needed = source - begun[i]!;
    whole[i] = Math.floor(needed / output);
    rest[i] = needed % output;
    from[i] = next;
    next += whole[i]!;
    if (rest[i]! > 0) {
      left = output - rest[i]!;
      next++;
    }
  }
  return { begun, whole, rest, from };
}

/**
 * Resizes one channel by area: each output pixel is the mean of the source that it covers, rounded to the
 * nearest value. All sums are whole numbers, so the result is the same on every computer.
 *
 * The first pass adds the rows of an output row, the second the columns of an output pixel. A column's sum
 * for one output row is at most 255 × the source's height, which fits into 16 bits. So two columns share a
 * word.
 */
export class AreaResizer {
  readonly #layout: PixelLayout;
  readonly #pairsPerRow: number;
  readonly #firstPair: number;
  readonly #skipped: number;
  /** Weighted sums of the source columns for one output row, two per word. */
  readonly #sums: Int32Array;
  /** The same, one per entry. */
  readonly #columns: Uint16Array;
  /** Levels of the source row that the current output row takes only a part of. */
  readonly #begun: Int32Array;
  readonly #rowShares: SideShares;
  readonly #columnShares: SideShares;

  /** `frameWidth` must be even. The source must be at most 256 pixels high. */
  constructor(layout: PixelLayout, frameWidth: number) {
    const { crop, width, height } = layout;
    this.#layout = layout;
    this.#pairsPerRow = frameWidth / 2;
    this.#firstPair = crop.x >> 1;
    this.#skipped = crop.x & 1;
    const pairs = ((crop.x + crop.width + 1) >> 1) - this.#firstPair;
    this.#sums = new Int32Array(pairs);
    this.#columns = new Uint16Array(this.#sums.buffer);
    this.#begun = new Int32Array(pairs);
    this.#rowShares = sharesOf(crop.height, height);
    this.#columnShares = sharesOf(crop.width, width);
  }

  /**
   * Writes `width × height` bytes, `stride` bytes apart, from `offset` on. `pairs` and `other` are frames of
   * two pixels per word; the brighter pixel of both counts. They can be the same frame.
   */
  resize(
    pairs: Int32Array,
    other: Int32Array,
    levels: PairLevels,
    into: Uint8Array,
    offset: number,
    stride: number,
  ): void {
    const { crop, width, height } = this.#layout;
    const { begun, whole, rest, from } = this.#rowShares;
    const sums = this.#sums;
    const pairsPerRow = this.#pairsPerRow;
    let to = offset;
    for (let y = 0; y < height; y++, to += width * stride) {
      const first = (crop.y + from[y]!) * pairsPerRow + this.#firstPair;
      const units = rest[y]!;
      if (pairs !== other) this.#addBrighterRows(pairs, other, levels, y, first);
      // The usual case for 84 lines. Reading beyond the frame would make the loop slow for ever.
      else if (whole[y]! === 2 && units > 0)
        addTwoRows(sums, this.#begun, pairs, first, pairsPerRow, levels, begun[y]!, height, units);
      else addRows(sums, this.#begun, pairs, first, pairsPerRow, levels, begun[y]!, whole[y]!, height, units);
      this.#writeRow(into, to, stride);
    }
  }

  /** The rows of output row `y`, the brighter pixels of two frames. */
  #addBrighterRows(pairs: Int32Array, other: Int32Array, levels: PairLevels, y: number, first: number): void {
    const { begun, whole, rest } = this.#rowShares;
    const { height } = this.#layout;
    const sums = this.#sums;
    for (let i = 0; i < sums.length; i++) sums[i] = Math.imul(this.#begun[i]!, begun[y]!);
    let from = first;
    for (let row = 0; row < whole[y]!; row++, from += this.#pairsPerRow)
      addBrighterRow(sums, this.#begun, pairs, other, from, levels, height);
    if (rest[y]! > 0) addBrighterRow(sums, this.#begun, pairs, other, from, levels, rest[y]!);
  }

  #writeRow(into: Uint8Array, offset: number, stride: number): void {
    const { crop, width } = this.#layout;
    const { begun, whole, rest } = this.#columnShares;
    const columns = this.#columns;
    const area = crop.width * crop.height;
    // Adding a quarter prevents an exact quotient from being rounded down.
    const half = (area >> 1) + 0.25;
    const share = 1 / area;
    let at = this.#skipped;
    let begunColumn = 0;
    let to = offset;
    for (let x = 0; x < width; x = (x + 1) | 0, to = (to + stride) | 0) {
      let total = Math.imul(begunColumn, begun[x]!);
      let sum = 0;
      for (const end = (at + whole[x]!) | 0; at < end; at = (at + 1) | 0) sum = (sum + columns[at]!) | 0;
      total = (total + Math.imul(sum, width)) | 0;
      const units = rest[x]!;
      if (units > 0) {
        begunColumn = columns[at]!;
        at = (at + 1) | 0;
        total = (total + Math.imul(begunColumn, units)) | 0;
      }
      into[to] = ((total + half) * share) | 0;
    }
  }
}

/**
 * Sets `sums` to an output row of `begunUnits` of the row in `begun`, two whole rows and `units` of a third.
 */
function addTwoRows(
  sums: Int32Array,
  begun: Int32Array,
  pairs: Int32Array,
  first: number,
  pairsPerRow: number,
  levels: PairLevels,
  begunUnits: number,
  rowUnits: number,
  units: number,
): void {
  const second = (first + pairsPerRow) | 0;
  const third = (second + pairsPerRow) | 0;
  for (let i = 0; i < sums.length; i = (i + 1) | 0) {
    const pair1 = pairs[(first + i) | 0]!;
    const pair2 = pairs[(second + i) | 0]!;
    const pair3 = pairs[(third + i) | 0]!;
    const both3 = levels[(pair3 + (pair3 >>> FOLD_SHIFT)) & TABLE_MASK]!;
    let both1 = both3;
    let both2 = both3;
    // Most pictures have areas of one colour.
    if (((pair1 ^ pair3) | (pair2 ^ pair3)) !== 0) {
      both1 = levels[(pair1 + (pair1 >>> FOLD_SHIFT)) & TABLE_MASK]!;
      both2 = levels[(pair2 + (pair2 >>> FOLD_SHIFT)) & TABLE_MASK]!;
    }
    const edges = (Math.imul(both3, units) + Math.imul(begun[i]!, begunUnits)) | 0;
    sums[i] = (Math.imul((both1 + both2) | 0, rowUnits) + edges) | 0;
    begun[i] = both3;
  }
}

/** The same with any number of whole rows, and without a further row if `units` is 0. */
function addRows(
  sums: Int32Array,
  begun: Int32Array,
  pairs: Int32Array,
  first: number,
  pairsPerRow: number,
  levels: PairLevels,
  begunUnits: number,
  whole: number,
  rowUnits: number,
  units: number,
): void {
  for (let i = 0; i < sums.length; i = (i + 1) | 0) {
    let at = (first + i) | 0;
    let sum = 0;
    for (let row = 0; row < whole; row = (row + 1) | 0, at = (at + pairsPerRow) | 0) {
      const pair = pairs[at]!;
      sum = (sum + levels[(pair + (pair >>> FOLD_SHIFT)) & TABLE_MASK]!) | 0;
    }
    sum = (Math.imul(sum, rowUnits) + Math.imul(begun[i]!, begunUnits)) | 0;
    if (units > 0) {
      const pair = pairs[at]!;
      const both = levels[(pair + (pair >>> FOLD_SHIFT)) & TABLE_MASK]!;
      begun[i] = both;
      sum = (sum + Math.imul(both, units)) | 0;
    }
    sums[i] = sum;
  }
}

/** Adds a row of the brighter pixels of two frames to `sums`, and leaves its levels in `begun`. */
function addBrighterRow(
  sums: Int32Array,
  begun: Int32Array,
  pairs: Int32Array,
  other: Int32Array,
  from: number,
  levels: PairLevels,
  units: number,
): void {
  for (let i = 0; i < sums.length; i = (i + 1) | 0) {
    const pair = pairs[(from + i) | 0]!;
    let both = levels[(pair + (pair >>> FOLD_SHIFT)) & TABLE_MASK]!;
    const pair2 = other[(from + i) | 0]!;
    if (pair !== pair2) {
      const both2 = levels[(pair2 + (pair2 >>> FOLD_SHIFT)) & TABLE_MASK]!;
      const first = Math.max(both & 0xffff, both2 & 0xffff);
      both = first | (Math.max(both >>> 16, both2 >>> 16) << 16);
    }
    begun[i] = both;
    sums[i] = (sums[i]! + Math.imul(both, units)) | 0;
  }
}

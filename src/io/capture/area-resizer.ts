import { addBrighterRows, addRows, addTwoRows, type PairLevels } from "./area-rows.ts";
import type { PixelLayout } from "./pixel-layout.ts";

/**
 * How one side of the source is divided among output pixels. Lengths are in units of 1 / (source × output) of
 * the side, so that pixels are whole numbers of units: a source pixel is `output` units long, an output pixel
 * `source` units. Each output pixel takes, in this order, units of the pixel that the one before has begun,
 * whole pixels, and units of a further one.
 */
export interface SideShares {
  readonly begun: Int32Array;
  readonly whole: Int32Array;
  readonly rest: Int32Array;
  /** The first source pixel that is not begun. */
  readonly from: Int32Array;
}

/** How `source` pixels of a side are divided among `output` pixels. */
export function sideShares(source: number, output: number): SideShares {
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

/** Output rows that are written at once: their pixels share the weights of the columns. */
export const BLOCK_ROWS = 4;
/** What is to be done with a block: nothing, or resize it, where both frames are the same or differ. */
export const BLOCK_SAME = 0;
export const BLOCK_CHANGED = 1;
export const BLOCK_MIXED = 2;
/** Adding a quarter prevents an exact quotient from being rounded down. */
const EXACT = 0.25;

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
  /** Weighted sums of the source columns for each output row of a block, two columns per word. */
  readonly #sums: readonly Int32Array[];
  /** The same, one column per entry, one row after the other. */
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
    const sums = new Int32Array(BLOCK_ROWS * pairs);
    this.#sums = Array.from({ length: BLOCK_ROWS }, (_, row) =>
      sums.subarray(row * pairs, (row + 1) * pairs),
    );
    this.#columns = new Uint16Array(sums.buffer);
    this.#begun = new Int32Array(pairs);
    this.#rowShares = sideShares(crop.height, height);
    this.#columnShares = sideShares(crop.width, width);
  }

  /**
   * Writes `width × height` bytes, `stride` bytes apart, from `offset` on. `pairs` and `other` are frames of
   * two pixels per word; the brighter pixel of both counts. They can be the same frame. `blocks` says for
   * each `BLOCK_ROWS` output rows what is to be done; without it, all are resized.
   */
  resize(
    pairs: Int32Array,
    other: Int32Array,
    levels: PairLevels,
    into: Uint8Array,
    offset: number,
    stride: number,
    blocks?: Uint8Array,
  ): void {
    const { width, height } = this.#layout;
    const rowBytes = width * stride;
    let to = offset;
    let isBegunKnown = true;
    for (let y = 0; y < height; y += BLOCK_ROWS, to += BLOCK_ROWS * rowBytes) {
      const block = blocks === undefined ? BLOCK_MIXED : blocks[y / BLOCK_ROWS]!;
      if (block === BLOCK_SAME) {
        isBegunKnown = false;
        continue;
      }
      const second = block === BLOCK_MIXED ? other : pairs;
      if (!isBegunKnown) this.#readBegun(y, pairs, second, levels);
      isBegunKnown = true;
      const rows = Math.min(BLOCK_ROWS, height - y);
      for (let row = 0; row < rows; row++) this.#addRowsOf(y + row, this.#sums[row]!, pairs, second, levels);
      if (rows === BLOCK_ROWS) this.#writeBlock(into, to, stride);
      else for (let row = 0; row < rows; row++) this.#writeRow(row, into, to + row * rowBytes, stride);
    }
  }

  /** Sets `#begun` to the source row that output row `y` begins in, as output row `y` − 1 would leave it. */
  #readBegun(y: number, pairs: Int32Array, other: Int32Array, levels: PairLevels): void {
    const { begun, from } = this.#rowShares;
    if (begun[y] === 0) return;
    const pairsPerRow = this.#pairsPerRow;
    const first = (this.#layout.crop.y + from[y]! - 1) * pairsPerRow + this.#firstPair;
    const sums = this.#sums[0]!;
    if (pairs === other) addRows(sums, this.#begun, pairs, first, pairsPerRow, levels, 0, 0, 0, 1);
    else addBrighterRows(sums, this.#begun, pairs, other, first, pairsPerRow, levels, 0, 0, 0, 1);
  }

  /** Sets `sums` to the rows of output row `y`. */
  #addRowsOf(y: number, sums: Int32Array, pairs: Int32Array, other: Int32Array, levels: PairLevels): void {
    const { crop, height } = this.#layout;
    const shares = this.#rowShares;
    const pairsPerRow = this.#pairsPerRow;
    const begun = this.#begun;
    const begunUnits = shares.begun[y]!;
    const whole = shares.whole[y]!;
    const units = shares.rest[y]!;
    const first = (crop.y + shares.from[y]!) * pairsPerRow + this.#firstPair;
    if (pairs !== other)
      addBrighterRows(
        sums,
        begun,
        pairs,
        other,
        first,
        pairsPerRow,
        levels,
        begunUnits,
        whole,
        height,
        units,
      );
    // The usual case for 84 lines. Reading beyond the frame would make the loop slow for ever.
    else if (whole === 2 && units > 0)
      addTwoRows(sums, begun, pairs, first, pairsPerRow, levels, begunUnits, height, units);
    else addRows(sums, begun, pairs, first, pairsPerRow, levels, begunUnits, whole, height, units);
  }

  /** Writes all rows of a block. */
  #writeBlock(into: Uint8Array, offset: number, stride: number): void {
    const { crop, width } = this.#layout;
    const { begun, whole, rest } = this.#columnShares;
    const columns = this.#columns;
    const second = columns.length >> 2;
    const third = second << 1;
    const fourth = (second + third) | 0;
    const rowBytes = Math.imul(width, stride);
    const area = crop.width * crop.height;
    const half = (area >> 1) + EXACT;
    const share = 1 / area;
    let at = this.#skipped;
    let to = offset;
    let begun1 = 0;
    let begun2 = 0;
    let begun3 = 0;
    let begun4 = 0;
    for (let x = 0; x < width; x = (x + 1) | 0, to = (to + stride) | 0) {
      const begunUnits = begun[x]!;
      let total1 = Math.imul(begun1, begunUnits);
      let total2 = Math.imul(begun2, begunUnits);
      let total3 = Math.imul(begun3, begunUnits);
      let total4 = Math.imul(begun4, begunUnits);
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      let sum4 = 0;
      const count = whole[x]!;
      if (count === 2) {
        // The usual case for 84 columns.
        const next = (at + 1) | 0;
        sum1 = (columns[at]! + columns[next]!) | 0;
        sum2 = (columns[(at + second) | 0]! + columns[(next + second) | 0]!) | 0;
        sum3 = (columns[(at + third) | 0]! + columns[(next + third) | 0]!) | 0;
        sum4 = (columns[(at + fourth) | 0]! + columns[(next + fourth) | 0]!) | 0;
        at = (at + 2) | 0;
      } else
        for (const end = (at + count) | 0; at < end; at = (at + 1) | 0) {
          sum1 = (sum1 + columns[at]!) | 0;
          sum2 = (sum2 + columns[(at + second) | 0]!) | 0;
          sum3 = (sum3 + columns[(at + third) | 0]!) | 0;
          sum4 = (sum4 + columns[(at + fourth) | 0]!) | 0;
        }
      total1 = (total1 + Math.imul(sum1, width)) | 0;
      total2 = (total2 + Math.imul(sum2, width)) | 0;
      total3 = (total3 + Math.imul(sum3, width)) | 0;
      total4 = (total4 + Math.imul(sum4, width)) | 0;
      const units = rest[x]!;
      if (units > 0) {
        begun1 = columns[at]!;
        begun2 = columns[(at + second) | 0]!;
        begun3 = columns[(at + third) | 0]!;
        begun4 = columns[(at + fourth) | 0]!;
        at = (at + 1) | 0;
        total1 = (total1 + Math.imul(begun1, units)) | 0;
        total2 = (total2 + Math.imul(begun2, units)) | 0;
        total3 = (total3 + Math.imul(begun3, units)) | 0;
        total4 = (total4 + Math.imul(begun4, units)) | 0;
      }
      let next = to;
      into[next] = ((total1 + half) * share) | 0;
      next = (next + rowBytes) | 0;
      into[next] = ((total2 + half) * share) | 0;
      next = (next + rowBytes) | 0;
      into[next] = ((total3 + half) * share) | 0;
      next = (next + rowBytes) | 0;
      into[next] = ((total4 + half) * share) | 0;
    }
  }

  /** Writes a row of the last block, which has fewer rows than the others. */
  #writeRow(row: number, into: Uint8Array, offset: number, stride: number): void {
    const { crop, width } = this.#layout;
    const { begun, whole, rest } = this.#columnShares;
    const columns = this.#columns;
    const area = crop.width * crop.height;
    const half = (area >> 1) + EXACT;
    const share = 1 / area;
    let at = this.#skipped + row * (columns.length >> 2);
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

/** The inner loops of `AreaResizer`: weighted sums of rows of a frame, two pixels at a time. */

/** Distance between the two pixels of a pair, and what the index of a pair shifts by. */
const SECOND_SHIFT = 16;
const FOLD_SHIFT = 6;

/**
 * The value of a channel for every pair of neighbouring pixels, the first in the low half, the second in the
 * high half. One lookup handles two pixels. The index of a pair, a word of two pixels, is
 * `(pair + (pair >>> 6)) & (length - 1)`: it takes three operations and is different for every pair of pixel
 * values below 512, if the table has 2^19 entries, or below 1008, if it has 2^20.
 */
export type PairLevels = Int32Array;

/** `levels` has the channel's value of every pixel: a palette index with emphasis, or a further colour. */
export function pairLevels(levels: Uint8Array): PairLevels {
  const pairs = new Int32Array(levels.length <= 512 ? 1 << 19 : 1 << 20);
  const mask = pairs.length - 1;
  for (let second = 0; second < levels.length; second++)
    for (let first = 0; first < levels.length; first++) {
      const pair = first | (second << SECOND_SHIFT);
      pairs[(pair + (pair >>> FOLD_SHIFT)) & mask] = levels[first]! | (levels[second]! << SECOND_SHIFT);
    }
  return pairs;
}

/**
 * Sets `sums` to an output row of `begunUnits` of the row in `begun`, two whole rows and `units` of a third.
 */
export function addTwoRows(
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
  const third = (pairsPerRow + pairsPerRow) | 0;
  const allUnits = (2 * rowUnits + units) | 0;
  const mask = (levels.length - 1) | 0;
  // One running index for all rows is the fastest form of this loop.
  let at = first;
  for (let i = 0; i < sums.length; i = (i + 1) | 0, at = (at + 1) | 0) {
    const pair3 = pairs[(at + third) | 0]!;
    const pair1 = pairs[at]!;
    const pair2 = pairs[(at + pairsPerRow) | 0]!;
    const both3 = levels[(pair3 + (pair3 >>> FOLD_SHIFT)) & mask]!;
    const edge = Math.imul(begun[i]!, begunUnits);
    begun[i] = both3;
    // Most pictures have areas of one colour.
    if (((pair1 ^ pair3) | (pair2 ^ pair3)) === 0) sums[i] = (Math.imul(both3, allUnits) + edge) | 0;
    else {
      const both1 = levels[(pair1 + (pair1 >>> FOLD_SHIFT)) & mask]!;
      const both2 = levels[(pair2 + (pair2 >>> FOLD_SHIFT)) & mask]!;
      sums[i] = (Math.imul((both1 + both2) | 0, rowUnits) + Math.imul(both3, units) + edge) | 0;
    }
  }
}

/** The same with any number of whole rows, and without a further row if `units` is 0. */
export function addRows(
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
  const mask = (levels.length - 1) | 0;
  for (let i = 0; i < sums.length; i = (i + 1) | 0) {
    let at = (first + i) | 0;
    let sum = 0;
    for (let row = 0; row < whole; row = (row + 1) | 0, at = (at + pairsPerRow) | 0) {
      const pair = pairs[at]!;
      sum = (sum + levels[(pair + (pair >>> FOLD_SHIFT)) & mask]!) | 0;
    }
    sum = (Math.imul(sum, rowUnits) + Math.imul(begun[i]!, begunUnits)) | 0;
    if (units > 0) {
      const pair = pairs[at]!;
      const both = levels[(pair + (pair >>> FOLD_SHIFT)) & mask]!;
      begun[i] = both;
      sum = (sum + Math.imul(both, units)) | 0;
    }
    sums[i] = sum;
  }
}

/** `addRows` of the brighter pixels of two frames. */
export function addBrighterRows(
  sums: Int32Array,
  begun: Int32Array,
  pairs: Int32Array,
  other: Int32Array,
  first: number,
  pairsPerRow: number,
  levels: PairLevels,
  begunUnits: number,
  whole: number,
  rowUnits: number,
  units: number,
): void {
  for (let i = 0; i < sums.length; i++) sums[i] = Math.imul(begun[i]!, begunUnits);
  let from = first;
  for (let row = 0; row < whole; row++, from += pairsPerRow)
    addBrighterRow(sums, begun, pairs, other, from, levels, rowUnits);
  if (units > 0) addBrighterRow(sums, begun, pairs, other, from, levels, units);
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
  const mask = (levels.length - 1) | 0;
  for (let i = 0; i < sums.length; i = (i + 1) | 0) {
    const pair = pairs[(from + i) | 0]!;
    let both = levels[(pair + (pair >>> FOLD_SHIFT)) & mask]!;
    const pair2 = other[(from + i) | 0]!;
    if (pair !== pair2) {
      const both2 = levels[(pair2 + (pair2 >>> FOLD_SHIFT)) & mask]!;
      const first = Math.max(both & 0xffff, both2 & 0xffff);
      both = first | (Math.max(both >>> 16, both2 >>> 16) << 16);
    }
    begun[i] = both;
    sums[i] = (sums[i]! + Math.imul(both, units)) | 0;
  }
}

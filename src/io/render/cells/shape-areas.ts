import type { OkLabColors } from "../colors/oklab.ts";
import {
  EIGHTH_PARTS,
  isCanonical,
  PARTS_ACROSS,
  PARTS_DOWN,
  type PartPixels,
  type ShapeSet,
} from "./shapes.ts";

/**
 * Number of colours of a cell that are counted separately; each further colour counts as the most similar of
 * these.
 */
const MAX_COUNTED = 8;
const HALF_ACROSS = PARTS_ACROSS / 2;

/** What `look` finds: a cell that has not changed, one of a single colour, and any other one. */
export const CELL_SAME = 0;
export const CELL_PLAIN = 1;
const CELL_MIXED = 2;

/**
 * How much of a cell each of its colours covers, and sums over the parts of dots and of the other shapes of a
 * set. Areas are in parts of the cell.
 */
export class CellAreas {
  /** The cell's colours, and how many parts each covers. */
  readonly colors = new Int32Array(MAX_COUNTED);
  readonly totals = new Int32Array(MAX_COUNTED);
  /** By colour: what a part that shows it adds to the sums that `fill` computes. */
  readonly weights: Float64Array;
  /** Number of dots, and the glyphs of the other shapes: of two complements the canonical one. */
  readonly dots: number;
  readonly shapes: Int32Array;
  readonly #set: ShapeSet;
  readonly #lab: OkLabColors;
  readonly #stride: number;
  readonly #maxColors: number;
  /** The pixel of each column and row of parts, and the largest number of pixels under a cell. */
  readonly #pixelX: Int32Array;
  readonly #pixelY: Int32Array;
  readonly #maxAcross: number;
  readonly #maxDown: number;
  /** By column of the cell's pixels: parts in the left and the right half. By row of pixels: parts down. */
  readonly #leftParts: Int32Array;
  readonly #rightParts: Int32Array;
  readonly #downParts: Int32Array;
  /** The row of cells: its first pixel row, and their number. */
  #top = 0;
  #down = 0;
  #left = 0;
  #across = 0;
  #columnStart = 0;
  #rowStart = 0;
  /** By colour and pixel row: parts across in either half. By colour and pixel column: parts down. */
  readonly #rowLeft: Int32Array;
  readonly #rowRight: Int32Array;
  readonly #columnDown: Int32Array;
  /** By pixel row: the sums of a row of parts in either half. By pixel column: the sums of a column. */
  readonly #leftSums: Float64Array;
  readonly #rightSums: Float64Array;
  readonly #columnSums: Float64Array;
  /** The sums of the parts above each row of parts, in either half. */
  readonly #aboveLeft = new Float64Array(PARTS_DOWN + 1);
  readonly #aboveRight = new Float64Array(PARTS_DOWN + 1);
  /** The shapes: masks of quadrants, rows above lower eighths, and columns in left eighths. */
  readonly #quadrantMasks: readonly number[];
  readonly #lowerStarts: readonly number[];
  readonly #leftEnds: readonly number[];

  /** At most `maxColors` colours are counted separately. */
  constructor(set: ShapeSet, pixels: PartPixels, maxColors: number, lab: OkLabColors) {
    this.#set = set;
    this.#lab = lab;
    this.#stride = pixels.stride;
    this.#maxColors = maxColors;
    this.#pixelX = pixels.x;
    this.#pixelY = pixels.y;
    this.#maxAcross = mostPixels(pixels.x, PARTS_ACROSS);
    this.#maxDown = mostPixels(pixels.y, PARTS_DOWN);
    this.#leftParts = new Int32Array(this.#maxAcross);
    this.#rightParts = new Int32Array(this.#maxAcross);
    this.#downParts = new Int32Array(this.#maxDown);
    this.#rowLeft = new Int32Array(MAX_COUNTED * this.#maxDown);
    this.#rowRight = new Int32Array(MAX_COUNTED * this.#maxDown);
    this.#columnDown = new Int32Array(MAX_COUNTED * this.#maxAcross);
    this.dots = Math.log2(set.full + 1);
    const { quadrants, lower, left } = set;
    const isGlyph = (glyph: number) => glyph >= 0;
    const isTried = (glyph: number) => isGlyph(glyph) && isCanonical(set, glyph);
    this.shapes = Int32Array.from([
      ...quadrants.filter(isTried),
      ...lower.filter(isGlyph),
      ...left.filter(isGlyph),
    ]);
    this.#quadrantMasks = [...quadrants.keys()].filter((mask) => isTried(quadrants[mask]!));
    this.#lowerStarts = [...lower.keys()]
      .filter((eighths) => isGlyph(lower[eighths]!))
      .map((eighths) => PARTS_DOWN - eighths * EIGHTH_PARTS);
    this.#leftEnds = [...left.keys()].filter((eighths) => isGlyph(left[eighths]!));
    this.weights = new Float64Array(maxColors);
    this.#leftSums = new Float64Array(this.#maxDown);
    this.#rightSums = new Float64Array(this.#maxDown);
    this.#columnSums = new Float64Array(this.#maxAcross);
  }

  /** Selects a row of cells. */
  startRow(row: number): void {
    const pixelY = this.#pixelY;
    const start = row * PARTS_DOWN;
    this.#rowStart = start;
    this.#top = pixelY[start]!;
    this.#down = pixelY[start + PARTS_DOWN - 1]! - this.#top + 1;
    this.#downParts.fill(0);
    for (let y = start; y < start + PARTS_DOWN; y++) this.#downParts[pixelY[y]! - this.#top]!++;
  }

  /**
   * Looks at a cell of the row. Returns `CELL_SAME` if it has the same pixels as in the frame `before`, and
   * `CELL_PLAIN` if all of them have the colour `colors[0]`. Otherwise `count` may follow.
   */
  look(pixels: Uint16Array, before: Uint16Array, column: number): number {
    const start = column * PARTS_ACROSS;
    const left = this.#pixelX[start]!;
    const across = this.#pixelX[start + PARTS_ACROSS - 1]! - left + 1;
    const down = this.#down;
    const first = this.#top * this.#stride + left;
    const color = pixels[first]!;
    let difference = 0;
    let unevenness = 0;
    for (let y = 0, row = first; y < down; y++, row += this.#stride)
      for (let x = row; x < row + across; x++) {
        const pixel = pixels[x]!;
        difference |= pixel ^ before[x]!;
        unevenness |= pixel ^ color;
      }
    if (difference === 0) return CELL_SAME;
    this.colors[0] = color;
    if (unevenness === 0) return CELL_PLAIN;
    this.#columnStart = start;
    this.#left = left;
    this.#across = across;
    return CELL_MIXED;
  }

  /** Counts the columns of parts in the left and the right half that show each pixel. */
  #divideColumns(): void {
    const pixelX = this.#pixelX;
    const start = this.#columnStart;
    const left = this.#left;
    const across = this.#across;
    const leftParts = this.#leftParts;
    const rightParts = this.#rightParts;
    for (let x = 0; x < across; x++) {
      leftParts[x] = 0;
      rightParts[x] = 0;
    }
    for (let x = 0; x < HALF_ACROSS; x++) {
      leftParts[pixelX[start + x]! - left]!++;
      rightParts[pixelX[start + HALF_ACROSS + x]! - left]!++;
    }
  }

  /** Counts the colours of the cell that was looked at. Returns how many there are, at most `maxColors`. */
  count(pixels: Uint16Array): number {
    this.#divideColumns();
    const first = this.#top * this.#stride + this.#left;
    const { colors, totals } = this;
    const across = this.#across;
    const down = this.#down;
    const maxAcross = this.#maxAcross;
    const maxDown = this.#maxDown;
    const rowLeft = this.#rowLeft;
    const rowRight = this.#rowRight;
    const columnDown = this.#columnDown;
    let kinds = 0;
    for (let y = 0, row = first; y < down; y++, row += this.#stride) {
      const height = this.#downParts[y]!;
      for (let x = 0; x < across; x++) {
        const color = pixels[row + x]!;
        let kind = 0;
        while (kind < kinds && colors[kind]! !== color) kind++;
        if (kind === kinds) {
          if (kinds === MAX_COUNTED) kind = this.#nearest(color, kinds);
          else {
            colors[kinds++] = color;
            totals[kind] = 0;
            for (let i = 0; i < down; i++) {
              rowLeft[kind * maxDown + i] = 0;
              rowRight[kind * maxDown + i] = 0;
            }
            for (let i = 0; i < across; i++) columnDown[kind * maxAcross + i] = 0;
          }
        }
        const left = this.#leftParts[x]!;
        const right = this.#rightParts[x]!;
        const at = kind * maxDown + y;
        rowLeft[at] = rowLeft[at]! + left;
        rowRight[at] = rowRight[at]! + right;
        totals[kind] = totals[kind]! + (left + right) * height;
        columnDown[kind * maxAcross + x] = columnDown[kind * maxAcross + x]! + height;
      }
    }
    while (kinds > this.#maxColors) kinds = this.#fold(kinds);
    return kinds;
  }

  /** The most similar of the first `kinds` colours, `except` left out. */
  #nearest(color: number, kinds: number, except = -1): number {
    let best = Number.POSITIVE_INFINITY;
    let nearest = 0;
    for (let kind = 0; kind < kinds; kind++) {
      if (kind === except) continue;
      const distance = this.#lab.distance(color, this.colors[kind]!);
      if (distance < best) {
        best = distance;
        nearest = kind;
      }
    }
    return nearest;
  }

  /** Adds the rarest colour to the most similar other one. Returns the number of colours left. */
  #fold(kinds: number): number {
    const { colors, totals } = this;
    let rarest = 0;
    for (let kind = 1; kind < kinds; kind++) if (totals[kind]! < totals[rarest]!) rarest = kind;
    const into = this.#nearest(colors[rarest]!, kinds, rarest);
    const last = kinds - 1;
    totals[into] = totals[into]! + totals[rarest]!;
    addRow(this.#rowLeft, this.#maxDown, rarest, into, last);
    addRow(this.#rowRight, this.#maxDown, rarest, into, last);
    addRow(this.#columnDown, this.#maxAcross, rarest, into, last);
    colors[rarest] = colors[last]!;
    totals[rarest] = totals[last]!;
    return last;
  }

  /**
   * Sums the weights of the parts of each dot, and behind the dots those of `shapes`, for a cell of `kinds`
   * colours.
   */
  fill(sums: Float64Array, kinds: number): void {
    const aboveLeft = this.#aboveLeft;
    const aboveRight = this.#aboveRight;
    const leftSums = this.#leftSums;
    const rightSums = this.#rightSums;
    const pixelY = this.#pixelY;
    this.#weigh(kinds);
    const top = this.#top;
    for (let y = 0; y < PARTS_DOWN; y++) {
      const at = pixelY[this.#rowStart + y]! - top;
      aboveLeft[y + 1] = aboveLeft[y]! + leftSums[at]!;
      aboveRight[y + 1] = aboveRight[y]! + rightSums[at]!;
    }
    const height = PARTS_DOWN / this.#set.dotsDown;
    let at = 0;
    for (let y = 0; y < PARTS_DOWN; y += height) {
      sums[at++] = aboveLeft[y + height]! - aboveLeft[y]!;
      sums[at++] = aboveRight[y + height]! - aboveRight[y]!;
    }
    this.#fillShapes(sums, at);
  }

  #fillShapes(sums: Float64Array, start: number): void {
    const upperLeft = this.#aboveLeft[PARTS_DOWN / 2]!;
    const upperRight = this.#aboveRight[PARTS_DOWN / 2]!;
    const lowerLeft = this.#aboveLeft[PARTS_DOWN]! - upperLeft;
    const lowerRight = this.#aboveRight[PARTS_DOWN]! - upperRight;
    const masks = this.#quadrantMasks;
    const starts = this.#lowerStarts;
    const ends = this.#leftEnds;
    let at = start;
    for (let i = 0; i < masks.length; i++) {
      const mask = masks[i]!;
      let sum = (mask & 1) === 0 ? 0 : upperLeft;
      if ((mask & 2) !== 0) sum += upperRight;
      if ((mask & 4) !== 0) sum += lowerLeft;
      if ((mask & 8) !== 0) sum += lowerRight;
      sums[at++] = sum;
    }
    const total = this.#aboveLeft[PARTS_DOWN]! + this.#aboveRight[PARTS_DOWN]!;
    for (let i = 0; i < starts.length; i++)
      sums[at++] = total - this.#aboveLeft[starts[i]!]! - this.#aboveRight[starts[i]!]!;
    let left = 0;
    for (let i = 0, x = 0; i < ends.length; i++) {
      for (; x < ends[i]!; x++) left += this.#columnSums[this.#pixelX[this.#columnStart + x]! - this.#left]!;
      sums[at++] = left;
    }
  }

  /** Sums the weights of the parts by pixel row and column. */
  #weigh(kinds: number): void {
    const { weights } = this;
    const down = this.#down;
    const across = this.#across;
    for (let y = 0; y < down; y++) {
      let left = 0;
      let right = 0;
      for (let kind = 0, at = y; kind < kinds; kind++, at += this.#maxDown) {
        left += weights[kind]! * this.#rowLeft[at]!;
        right += weights[kind]! * this.#rowRight[at]!;
      }
      this.#leftSums[y] = left;
      this.#rightSums[y] = right;
    }
    for (let x = 0; x < across; x++) {
      let sum = 0;
      for (let kind = 0, at = x; kind < kinds; kind++, at += this.#maxAcross)
        sum += weights[kind]! * this.#columnDown[at]!;
      this.#columnSums[x] = sum;
    }
  }
}

/** Adds a colour's sums to another's, and moves the last colour's into its place. */
function addRow(sums: Int32Array, stride: number, from: number, into: number, last: number): void {
  for (let i = 0; i < stride; i++) {
    sums[into * stride + i] = sums[into * stride + i]! + sums[from * stride + i]!;
    sums[from * stride + i] = sums[last * stride + i]!;
  }
}

/** The largest number of pixels under a cell of `parts` parts. */
function mostPixels(pixels: Int32Array, parts: number): number {
  let most = 1;
  for (let at = 0; at < pixels.length; at += parts)
    most = Math.max(most, pixels[at + parts - 1]! - pixels[at]! + 1);
  return most;
}

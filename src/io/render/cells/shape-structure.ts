import type { OkLabColors } from "../colors/oklab.ts";
import {
  CELL_PARTS,
  PARTS_ACROSS,
  PARTS_DOWN,
  type PartPixels,
  type ShapeSet,
  shapeParts,
} from "./shapes.ts";

/** A cell is compared in squares of this many parts across and down, one below the other. */
const SIDE = PARTS_ACROSS;
const SQUARES = PARTS_DOWN / SIDE;
const SQUARE_PARTS = CELL_PARTS / SQUARES;
/** The parts that a glyph sets in a square are at most this many rectangles. */
const MAX_RECTANGLES = 2;
const CORNERS = 4;
const SQUARE_CORNERS = MAX_RECTANGLES * CORNERS;
/** Entries in a row of the table of sums. */
const STRIDE = PARTS_ACROSS + 1;

/** The usual constants of SSIM, 0.01² and 0.03², for lightness from 0 to 1. */
const C1 = 0.0001;
const C2 = 0.0009;

/**
 * How well a glyph keeps the pattern of light and dark in a cell: the structural similarity (SSIM) of the
 * glyph and the pixels under it, in each third of the cell. Z. Wang, A. C. Bovik, H. R. Sheikh, E. P.
 * Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004.
 */
export class CellStructure {
  readonly #lab: OkLabColors;
  readonly #stride: number;
  /** The pixel of each column and row of parts. */
  readonly #pixelX: Int32Array;
  readonly #pixelY: Int32Array;
  /** By glyph and square: the pattern that the glyph sets there. Glyphs share patterns. */
  readonly #patterns: Uint16Array;
  /** By pattern: its square, and the share of it that the pattern sets. */
  readonly #squares: Uint8Array;
  readonly #shares: Float64Array;
  /** By pattern and rectangle: where the table of sums has its corners. Unused ones are 0. */
  readonly #corners: Uint8Array;
  /** The selected cell: the lightness of all parts above and to the left of a corner of parts, summed. */
  readonly #sums = new Float64Array(STRIDE * (PARTS_DOWN + 1));
  /** The lightness of the parts of a row to the left of a corner, summed. */
  readonly #rowSums = new Float64Array(STRIDE);
  /** By square: mean and variance of the pixels' lightness. */
  readonly #means = new Float64Array(SQUARES);
  readonly #variances = new Float64Array(SQUARES);
  /** Lightness of the selected cell's colours. */
  readonly #lights: Float64Array;
  /** By pair of colours and pattern: what is lost, and the cell for which this was computed. */
  readonly #losses: Float64Array;
  readonly #lossCells: Int32Array;
  #cell = 0;

  /** A cell has at most `maxColors` colours. */
  constructor(set: ShapeSet, pixels: PartPixels, maxColors: number, lab: OkLabColors) {
    this.#pixelX = pixels.x;
    this.#pixelY = pixels.y;
    this.#stride = pixels.stride;
    this.#lab = lab;
    const { ofGlyphs, squares, shares, corners } = patternsOf(set);
    this.#patterns = ofGlyphs;
    this.#squares = squares;
    this.#shares = shares;
    this.#corners = corners;
    this.#lights = new Float64Array(maxColors);
    this.#losses = new Float64Array(maxColors ** 2 * shares.length);
    this.#lossCells = new Int32Array(this.#losses.length);
  }

  /** Selects a cell of a frame, which is shown in some of the first `kinds` colours of `colors`. */
  select(pixels: Uint16Array, column: number, row: number, colors: Int32Array, kinds: number): void {
    this.#cell = (this.#cell + 1) | 0;
    for (let kind = 0; kind < kinds; kind++) this.#lights[kind] = this.#lab.lightness(colors[kind]!);
    const pixelY = this.#pixelY;
    const sums = this.#sums;
    const rowSums = this.#rowSums;
    let last = -1;
    let rowSquares = 0;
    for (let square = 0, y = 0; square < SQUARES; square++) {
      let squares = 0;
      for (const end = y + SIDE; y < end; y++) {
        const from = pixelY[row * PARTS_DOWN + y]! * this.#stride;
        if (from !== last) rowSquares = this.#sumRow(pixels, from, column);
        last = from;
        squares += rowSquares;
        const above = y * STRIDE;
        for (let x = 1; x < STRIDE; x++) sums[above + STRIDE + x] = sums[above + x]! + rowSums[x]!;
      }
      const sum = sums[y * STRIDE + PARTS_ACROSS]! - sums[(y - SIDE) * STRIDE + PARTS_ACROSS]!;
      const mean = sum / SQUARE_PARTS;
      this.#means[square] = mean;
      this.#variances[square] = squares / SQUARE_PARTS - mean * mean;
    }
  }

  /** Sums a row of parts. Returns the sum of their squared lightness. */
  #sumRow(pixels: Uint16Array, from: number, column: number): number {
    const pixelX = this.#pixelX;
    const rowSums = this.#rowSums;
    let sum = 0;
    let squares = 0;
    for (let x = 0; x < PARTS_ACROSS; x++) {
      const light = this.#lab.lightness(pixels[from + pixelX[column * PARTS_ACROSS + x]!]!);
      sum += light;
      squares += light * light;
      rowSums[x + 1] = sum;
    }
    return squares;
  }

  /**
   * The structure that the selected cell loses under a glyph: 1 − SSIM, summed over the squares. `set` and
   * `unset` are the colours of the parts that the glyph sets and of the others. A result of `limit` or more
   * may be a part of the sum.
   */
  loss(glyph: number, set: number, unset: number, limit: number): number {
    const pair = (set * this.#lights.length + unset) * this.#shares.length;
    let loss = 0;
    for (let at = glyph * SQUARES, end = at + SQUARES; at < end && loss < limit; at++) {
      const pattern = this.#patterns[at]!;
      if (this.#lossCells[pair + pattern] !== this.#cell) {
        this.#lossCells[pair + pattern] = this.#cell;
        this.#losses[pair + pattern] = this.#patternLoss(pattern, this.#lights[set]!, this.#lights[unset]!);
      }
      loss += this.#losses[pair + pattern]!;
    }
    return loss;
  }

  #patternLoss(pattern: number, set: number, unset: number): number {
    const sums = this.#sums;
    const corners = this.#corners;
    const square = this.#squares[pattern]!;
    const contrast = set - unset;
    let inside = 0;
    for (let at = pattern * SQUARE_CORNERS, end = at + SQUARE_CORNERS; at < end; at += CORNERS)
      inside +=
        sums[corners[at]!]! - sums[corners[at + 1]!]! - sums[corners[at + 2]!]! + sums[corners[at + 3]!]!;
    const share = this.#shares[pattern]!;
    const mean = this.#means[square]!;
    const shown = unset + share * contrast;
    const variance = share * (1 - share) * contrast * contrast;
    const covariance = contrast * (inside / SQUARE_PARTS - share * mean);
    const light = (2 * mean * shown + C1) / (mean * mean + shown * shown + C1);
    return 1 - (light * (2 * covariance + C2)) / (this.#variances[square]! + variance + C2);
  }
}

/** What glyphs set in squares: see the fields of `CellStructure`. */
interface Patterns {
  readonly ofGlyphs: Uint16Array;
  readonly squares: Uint8Array;
  readonly shares: Float64Array;
  readonly corners: Uint8Array;
}

function patternsOf(set: ShapeSet): Patterns {
  const numbers = new Map<string, number>();
  const squares: number[] = [];
  const shares: number[] = [];
  const corners: number[] = [];
  const ofGlyphs = shapeParts(set).flatMap((parts) =>
    Array.from({ length: SQUARES }, (_, square) => {
      const own = parts.subarray(square * SQUARE_PARTS, (square + 1) * SQUARE_PARTS);
      const key = `${square} ${own.join("")}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const pattern = numbers.size;
      numbers.set(key, pattern);
      squares.push(square);
      shares.push(own.reduce((sum, part) => sum + part, 0) / SQUARE_PARTS);
      const found = cornersOf(own, square * SIDE);
      corners.push(...found, ...new Array<number>(SQUARE_CORNERS - found.length).fill(0));
      return pattern;
    }),
  );
  return {
    ofGlyphs: Uint16Array.from(ofGlyphs),
    squares: Uint8Array.from(squares),
    shares: Float64Array.from(shares),
    corners: Uint8Array.from(corners),
  };
}

/**
 * The corners of the rectangles that are set in a square, each as below right, below left, above right, above
 * left. Each row of parts has at most one interval of set ones. `top` is the square's first row in the cell.
 */
function cornersOf(parts: Uint8Array, top: number): number[] {
  const corners: number[] = [];
  for (let y = 0; y < SIDE; y++) {
    const row = parts.subarray(y * SIDE, (y + 1) * SIDE);
    const from = row.indexOf(1);
    if (from < 0) continue;
    const to = row.lastIndexOf(1) + 1;
    const above = (top + y) * STRIDE;
    const below = above + STRIDE;
    const [lastTo, lastFrom] = corners.slice(-CORNERS);
    // The row above has the same interval: their rectangle becomes higher.
    if (lastTo === above + to && lastFrom === above + from)
      corners.splice(-CORNERS, 2, below + to, below + from);
    else corners.push(below + to, below + from, above + to, above + from);
  }
  return corners;
}

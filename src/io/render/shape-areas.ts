import type { OkLabColors } from "./oklab.ts";
import { EIGHTH_PARTS, PARTS_ACROSS, PARTS_DOWN, type ShapeSet, shapeParts } from "./shapes.ts";

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
 * How much of a cell each of its colours covers, under every glyph of a set. Areas are in parts of the cell.
 * Sums are built up: a mask's area is that of the mask without its highest dot, plus this dot's.
 */
export class CellAreas {
  /** The cell's colours, and how many parts each covers. */
  readonly colors = new Int32Array(MAX_COUNTED);
  readonly totals = new Int32Array(MAX_COUNTED);
  /** By glyph: number of parts that it sets. */
  readonly sizes: Int32Array;
  /**
   * By colour and glyph: the areas that `fill` has computed. Of two complements only the canonical one has
   * its area.
   */
  readonly byGlyph: readonly Int32Array[];
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
  /** Parts above each row of parts, in either half. */
  readonly #aboveLeft = new Int32Array(PARTS_DOWN + 1);
  readonly #aboveRight = new Int32Array(PARTS_DOWN + 1);
  readonly #quadrantAreas = new Int32Array(16);
  /** True if quadrants are glyphs beside the dots. */
  readonly #hasQuadrants: boolean;

  /**
   * `pixelX` and `pixelY` map columns and rows of parts to pixels; rows of pixels are `stride` apart. At most
   * `maxColors` colours are counted separately.
   */
  constructor(
    set: ShapeSet,
    pixelX: Int32Array,
    pixelY: Int32Array,
    stride: number,
    maxColors: number,
    lab: OkLabColors,
  ) {
    this.#set = set;
    this.#lab = lab;
    this.#stride = stride;
    this.#maxColors = maxColors;
    this.#pixelX = pixelX;
    this.#pixelY = pixelY;
    this.#maxAcross = mostPixels(pixelX, PARTS_ACROSS);
    this.#maxDown = mostPixels(pixelY, PARTS_DOWN);
    this.#leftParts = new Int32Array(this.#maxAcross);
    this.#rightParts = new Int32Array(this.#maxAcross);
    this.#downParts = new Int32Array(this.#maxDown);
    this.#rowLeft = new Int32Array(MAX_COUNTED * this.#maxDown);
    this.#rowRight = new Int32Array(MAX_COUNTED * this.#maxDown);
    this.#columnDown = new Int32Array(MAX_COUNTED * this.#maxAcross);
    this.#hasQuadrants = set.quadrants.some((glyph) => glyph >= 0);
    this.byGlyph = Array.from({ length: maxColors }, () => new Int32Array(set.glyphs.length));
    this.sizes = Int32Array.from(shapeParts(set), (parts) => parts.reduce((sum, part) => sum + part, 0));
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

  /** Computes a colour's areas under all glyphs. */
  fill(kind: number): void {
    const areas = this.byGlyph[kind]!;
    const { dotsDown, quadrants, lower, left } = this.#set;
    const aboveLeft = this.#aboveLeft;
    const aboveRight = this.#aboveRight;
    const pixelY = this.#pixelY;
    const rows = kind * this.#maxDown - this.#top;
    for (let y = 0; y < PARTS_DOWN; y++) {
      const at = rows + pixelY[this.#rowStart + y]!;
      aboveLeft[y + 1] = aboveLeft[y]! + this.#rowLeft[at]!;
      aboveRight[y + 1] = aboveRight[y]! + this.#rowRight[at]!;
    }
    this.#fillMasks(areas, dotsDown);
    if (this.#hasQuadrants) {
      this.#fillMasks(this.#quadrantAreas, 2);
      for (let mask = 1; mask < 15; mask += 2)
        if (quadrants[mask]! >= 0) areas[quadrants[mask]!] = this.#quadrantAreas[mask]!;
    }
    const total = this.totals[kind]!;
    for (let eighths = 1; eighths < 8; eighths++) {
      const glyph = lower[eighths]!;
      const y = PARTS_DOWN - eighths * EIGHTH_PARTS;
      if (glyph >= 0) areas[glyph] = total - aboveLeft[y]! - aboveRight[y]!;
    }
    this.#fillLeft(kind, areas, left);
  }

  /** Areas of the masks of 2 × `dotsDown` dots that set the upper left one: of each two complements, one. */
  #fillMasks(areas: Int32Array, dotsDown: number): void {
    const aboveLeft = this.#aboveLeft;
    const aboveRight = this.#aboveRight;
    const height = PARTS_DOWN / dotsDown;
    areas[1] = aboveLeft[height]!;
    areas[3] = aboveLeft[height]! + aboveRight[height]!;
    for (let y = height, count = 4; y < PARTS_DOWN; y += height, count *= 4) {
      const left = aboveLeft[y + height]! - aboveLeft[y]!;
      const right = aboveRight[y + height]! - aboveRight[y]!;
      for (let mask = 1; mask < count; mask += 2) {
        const area = areas[mask]!;
        areas[count + mask] = area + left;
        areas[2 * count + mask] = area + right;
        areas[3 * count + mask] = area + left + right;
      }
    }
  }

  #fillLeft(kind: number, areas: Int32Array, left: Int16Array): void {
    const pixelX = this.#pixelX;
    const columnDown = this.#columnDown;
    const columns = kind * this.#maxAcross - this.#left;
    let area = 0;
    for (let eighths = 1; eighths < 8; eighths++) {
      area += columnDown[columns + pixelX[this.#columnStart + eighths - 1]!]!;
      if (left[eighths]! >= 0) areas[left[eighths]!] = area;
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

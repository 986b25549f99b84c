import type { ByteWriter } from "../ansi.ts";
import { colorDistance } from "../colors/color-distance.ts";
import { type CellGrid, UNKNOWN_COLORS, UNKNOWN_MASK } from "./cell-grid.ts";
import { type CellPen, NONE } from "./cell-pen.ts";
import type { GlyphForms } from "./glyph-forms.ts";
import type { GlyphSet } from "./glyphs.ts";
import { isCanonical, type Overlaps, overlapsOf } from "./shapes.ts";

/** Approximate bytes of a cursor movement. */
const MOVE_BYTES = 5;
/** Up to this many colours, distances are cached in a table. */
const MAX_KEPT_COLORS = 512;
/** Error of a cell whose shown content is unknown: larger than any real error. */
const UNKNOWN_ERROR = 1e9;

/**
 * Writes cells when the byte limit does not allow all of them exactly: each cell gets the form that is worth
 * its bytes. A cell may stay as it is, take the selected colours, take one new colour, take one colour for
 * all of its dots, or be exact. `price` is the error (squared colour distance) that a byte has to save. The
 * grid records what the terminal really shows in each cell, so later frames look at inexact cells again.
 */
export class ThriftyWriter {
  readonly #pen: CellPen;
  readonly #rgb: Uint32Array;
  /** Distances by two colour ids, for small palettes; made at the first use. */
  #distances: Int32Array | undefined;
  readonly #set: GlyphSet;
  readonly #glyphs: number;
  readonly #dots: number;
  /** What glyphs set in common; made at the first use. */
  #overlaps: Overlaps | undefined;
  readonly #forms: GlyphForms;
  /** The current cell: what it should show, in the form that is written. */
  #mask = 0;
  #first = 0;
  #second = 0;
  /** The best form so far. */
  #cost = 0;
  #bestMask = 0;
  #bestFore = 0;
  #bestBack = 0;

  /** `rgb` has 0xRRGGBB by colour id. */
  constructor(pen: CellPen, rgb: Uint32Array, set: GlyphSet, forms: GlyphForms) {
    this.#pen = pen;
    this.#rgb = rgb;
    this.#set = set;
    this.#glyphs = set.glyphs.length;
    this.#dots = set.dotsAcross * set.dotsDown;
    this.#forms = forms;
  }

  /** Writes a row. Returns the number of its cells that do not show what they should. */
  writeRow(grid: CellGrid, row: number, out: ByteWriter, price: number): number {
    const { columns, colors, shownColors, shownMasks, maskFollows, masks } = grid;
    if (this.#rgb.length <= MAX_KEPT_COLORS) this.#distances ??= distancesOf(this.#rgb);
    this.#overlaps ??= overlapsOf(this.#set);
    const start = row * columns;
    let cursor = -1;
    let inexact = 0;
    for (let at = start; at < start + columns; at++) {
      const pair = colors[at]!;
      if (pair === shownColors[at]! && (maskFollows || masks[at]! === shownMasks[at]!)) continue;
      this.#take(grid, at);
      const shownError = this.#shownError(grid, at);
      this.#cost = shownError;
      this.#bestMask = -1;
      const move = cursor === at ? 0 : MOVE_BYTES;
      this.#try(move, price);
      if (this.#bestMask < 0) {
        inexact++;
        continue;
      }
      if (cursor < 0) this.#pen.moveTo(out, row, at - start);
      else if (cursor < at) out.moveRight(at - cursor);
      this.#pen.put(out, this.#bestMask, this.#bestFore, this.#bestBack);
      cursor = at + 1;
      this.#show(grid, at);
      if (pair !== shownColors[at]! || (!maskFollows && masks[at]! !== shownMasks[at]!)) inexact++;
    }
    return inexact;
  }

  #take({ colors, masks, maskFollows }: CellGrid, at: number): void {
    const pair = colors[at]!;
    this.#first = pair >>> 16;
    this.#second = pair & 0xffff;
    if (!maskFollows) this.#mask = masks[at]!;
    else this.#mask = this.#first === this.#second ? 0 : 1;
    const written = this.#forms.written[this.#mask]!;
    if (written === 0) return;
    this.#mask = written;
    this.#first = pair & 0xffff;
    this.#second = pair >>> 16;
  }

  /** Tries every form of the cell. `move` is the number of bytes needed to reach it. */
  #try(move: number, price: number): void {
    const first = this.#first;
    const second = this.#second;
    const mask = this.#mask;
    const fore = this.#pen.foreground;
    const back = this.#pen.background;
    // From the most expensive form to the cheapest: of two forms with the same cost, the more exact one wins.
    if (mask === 0) this.#consider(0, fore, second, move, price);
    else {
      this.#consider(mask, first, second, move, price);
      if (back !== NONE) this.#consider(mask, first, back, move, price);
      if (fore !== NONE) this.#consider(mask, fore, second, move, price);
      this.#consider(0, fore, first, move, price);
      this.#consider(0, fore, second, move, price);
    }
    if (back === NONE) return;
    if (fore !== NONE && mask !== 0) {
      this.#consider(mask, fore, back, move, price);
      const complement = this.#forms.exchanges[mask]!;
      if (complement !== 0) this.#consider(complement, fore, back, move, price);
    }
    this.#consider(0, fore, back, move, price);
  }

  #consider(mask: number, fore: number, back: number, move: number, price: number): void {
    const bytes = move + this.#pen.bytesFor(mask, fore, back);
    if (price * bytes >= this.#cost) return;
    const cost = price * bytes + this.#error(mask, fore, back);
    if (cost >= this.#cost) return;
    this.#cost = cost;
    this.#bestMask = mask;
    this.#bestFore = fore;
    this.#bestBack = back;
  }

  /** The error of the current cell in this form, summed over all of its dots. */
  #error(mask: number, fore: number, back: number): number {
    if (this.#dots === 2) {
      // Half-blocks: the upper dot has the first colour.
      const upper = (mask & 1) === 0 ? back : fore;
      const lower = (mask & 2) === 0 ? back : fore;
      return this.#distance(this.#first, upper) + this.#distance(this.#second, lower);
    }
    const { areas, total } = this.#overlaps!;
    const glyphs = this.#glyphs;
    const wanted = this.#mask;
    const both = areas[wanted * glyphs + mask]!;
    const wantedOnly = areas[wanted * glyphs + wanted]! - both;
    const shownOnly = areas[mask * glyphs + mask]! - both;
    let error = 0;
    if (both > 0) error += both * this.#distance(this.#first, fore);
    if (wantedOnly > 0) error += wantedOnly * this.#distance(this.#first, back);
    if (shownOnly > 0) error += shownOnly * this.#distance(this.#second, fore);
    const neither = total - both - wantedOnly - shownOnly;
    if (neither > 0) error += neither * this.#distance(this.#second, back);
    return (error * this.#dots) / total;
  }

  #shownError({ shownColors, shownMasks, maskFollows }: CellGrid, at: number): number {
    const pair = shownColors[at]!;
    if (maskFollows)
      return pair === UNKNOWN_COLORS ? UNKNOWN_ERROR : this.#error(1, pair >>> 16, pair & 0xffff);
    const mask = shownMasks[at]!;
    return mask === UNKNOWN_MASK ? UNKNOWN_ERROR : this.#error(mask, pair >>> 16, pair & 0xffff);
  }

  #distance(one: number, other: number): number {
    const distances = this.#distances;
    if (distances !== undefined) return distances[one * MAX_KEPT_COLORS + other]!;
    return one === other ? 0 : colorDistance(this.#rgb[one]!, this.#rgb[other]!);
  }

  /** Records what the cell shows now, in the form in which mappers describe cells. */
  #show({ shownColors, shownMasks, maskFollows }: CellGrid, at: number): void {
    let mask = this.#bestMask;
    let first = this.#bestFore;
    let second = this.#bestBack;
    if (mask === 0) first = second;
    else if (!isCanonical(this.#set, mask)) {
      mask = this.#set.complements[mask]!;
      first = this.#bestBack;
      second = this.#bestFore;
    }
    shownColors[at] = (first << 16) | second;
    if (!maskFollows) shownMasks[at] = mask;
  }
}

function distancesOf(rgb: Uint32Array): Int32Array {
  const distances = new Int32Array(rgb.length * MAX_KEPT_COLORS);
  for (let one = 0; one < rgb.length; one++)
    for (let other = 0; other < rgb.length; other++)
      distances[one * MAX_KEPT_COLORS + other] = colorDistance(rgb[one]!, rgb[other]!);
  return distances;
}

import type { OkLabColors } from "../colors/oklab.ts";
import { CellAreas } from "./shape-areas.ts";
import { CellStructure } from "./shape-structure.ts";
import type { PartPixels, ShapeSet } from "./shapes.ts";

/**
 * A cell's two colours are chosen among this many; rarer ones count as the most similar of these. A fourth
 * one would change the mean error by less than 0.5 %.
 */
const MAX_COLORS = 3;
/** The pairs of a cell's colours; a cell of two colours has only the first one. */
const PAIRS: readonly { readonly one: number; readonly other: number }[] = [
  { one: 0, other: 1 },
  { one: 0, other: 2 },
  { one: 1, other: 2 },
];
/**
 * A cell of one colour hides what is small in it. It is chosen only if its error is this much smaller than
 * that of any glyph, so that stars and shots of one pixel stay visible.
 */
const PLAIN_FACTOR = 2;
/**
 * A third of a cell that loses all structure counts as much as this many parts in black instead of white.
 * This decides between glyphs of nearly the same error: on ten scenes with text in windows of 200 × 60 cells,
 * sextants lose 9 % less of the structure (SSIM) at the same error by area. Of all glyphs and windows that
 * were measured, quadrants at 200 × 60 pay most: 0.7 % more of that error.
 */
export const STRUCTURE_WEIGHT = 1.28;

/**
 * Chooses the glyph and the two colours of a cell that differ least from the pixels under it. Dots are chosen
 * one by one and not by trying every mask: each shows the nearer one of two colours, and only those that both
 * colours suit nearly as well may show the other one too, if that keeps more structure.
 */
export class ShapeChoice {
  /** The cell's colours and areas. `look` selects the cell. */
  readonly areas: CellAreas;
  /** The chosen glyph. */
  glyph = 0;
  /** By glyph: the parts of the cell that its seams take (`GlyphForms.seams`). */
  readonly #seams: Float64Array;
  /** By the sum of two places in the cell's colours: the error of a part that shows one as the other. */
  readonly #contrasts = new Float64Array(2 * MAX_COLORS);
  readonly #lab: OkLabColors;
  readonly #structure: CellStructure;
  /** The mask of all dots. */
  readonly #full: number;
  /**
   * By pair of colours: by dot and then by other shape, the change of the error if its parts show the first
   * colour of the pair instead of the second.
   */
  readonly #changes: readonly Float64Array[];
  /** By colour: the error of the cell if all of it shows this colour. */
  readonly #whole = new Float64Array(MAX_COLORS);
  /** Masks of dots that may be better than the chosen glyph, and their errors. */
  readonly #masks: Int32Array;
  readonly #maskErrors: Float64Array;
  /** The places in the cell's colours of what the chosen glyph sets and leaves, and the cell's error. */
  #set = 0;
  #unset = 0;
  #error = 0;
  /** The error of the mask that `#nearestMask` has returned. */
  #nearestError = 0;
  /** What a plain cell counts for seams, in the unit of the cell's errors. */
  #plainSeams = 0;
  /** The error of a third of the cell that loses all structure, in the unit of the cell's errors. */
  #structureWeight = 0;

  constructor(set: ShapeSet, seams: Float64Array, pixels: PartPixels, lab: OkLabColors) {
    this.#seams = seams;
    this.#lab = lab;
    this.areas = new CellAreas(set, pixels, MAX_COLORS, lab);
    this.#structure = new CellStructure(set, pixels, MAX_COLORS, lab);
    this.#full = set.full;
    const { dots, shapes } = this.areas;
    this.#changes = PAIRS.map(() => new Float64Array(dots + shapes.length));
    this.#masks = new Int32Array(2 ** dots);
    this.#maskErrors = new Float64Array(2 ** dots);
  }

  /** The chosen colours: of what the glyph sets in the upper half, of what it leaves in the lower one. */
  get colors(): number {
    const { colors } = this.areas;
    return (colors[this.#set]! << 16) | colors[this.#unset]!;
  }

  /** Chooses for the cell that `areas` looked at last, which is at this column and row. */
  choose(pixels: Uint16Array, column: number, row: number): void {
    const { areas } = this;
    const kinds = areas.count(pixels);
    if (kinds === 2) this.#weighPair();
    else this.#weighThree();
    const pairs = kinds === 2 ? 1 : PAIRS.length;
    this.#chooseByArea(kinds, pairs);
    // An exact cell loses nothing.
    if (this.#error === 0) return;
    this.#structure.select(pixels, column, row, areas.colors, kinds);
    this.#chooseByStructure(kinds, pairs);
  }

  /** Computes the errors of a cell of two colours, in parts, so that an exact glyph has exactly 0. */
  #weighPair(): void {
    const { colors, totals, weights } = this.areas;
    const distance = this.#lab.distance(colors[0]!, colors[1]!);
    // Colours that look the same have no structure to lose.
    this.#structureWeight = distance === 0 ? 0 : STRUCTURE_WEIGHT / distance;
    this.#contrasts[0 + 1] = 1;
    this.#plainSeams = this.#seams[0]!;
    weights[0] = -1;
    weights[1] = 1;
    this.areas.fill(this.#changes[0]!, 2);
    this.#whole[0] = totals[1]!;
    this.#whole[1] = totals[0]!;
  }

  /** Computes the errors of a cell of three colours, in parts that show black instead of white. */
  #weighThree(): void {
    const { colors, totals, weights } = this.areas;
    const near01 = this.#lab.distance(colors[0]!, colors[1]!);
    const near02 = this.#lab.distance(colors[0]!, colors[2]!);
    const near12 = this.#lab.distance(colors[1]!, colors[2]!);
    const changes01 = this.#changes[0]!;
    const changes02 = this.#changes[1]!;
    const changes12 = this.#changes[2]!;
    this.#structureWeight = STRUCTURE_WEIGHT;
    this.#contrasts[0 + 1] = near01;
    this.#contrasts[0 + 2] = near02;
    this.#contrasts[1 + 2] = near12;
    this.#plainSeams = this.#seams[0]! * Math.max(near01, near02, near12);
    weights[0] = -near01;
    weights[1] = near01;
    weights[2] = near02 - near12;
    this.areas.fill(changes01, MAX_COLORS);
    weights[0] = -near02;
    weights[1] = near01 - near12;
    weights[2] = near02;
    this.areas.fill(changes02, MAX_COLORS);
    for (let i = 0; i < changes12.length; i++) changes12[i] = changes02[i]! - changes01[i]!;
    this.#whole[0] = near01 * totals[1]! + near02 * totals[2]!;
    this.#whole[1] = near01 * totals[0]! + near12 * totals[2]!;
    this.#whole[2] = near02 * totals[0]! + near12 * totals[1]!;
  }

  /** Chooses the glyph and colours with the least error by area. */
  #chooseByArea(kinds: number, pairs: number): void {
    const whole = this.#whole;
    const { dots, shapes } = this.areas;
    this.#error = Number.POSITIVE_INFINITY;
    for (let kind = 0; kind < kinds; kind++) this.#take(0, PLAIN_FACTOR * whole[kind]!, kind, kind);
    for (let pair = 0; pair < pairs; pair++) {
      const { one, other } = PAIRS[pair]!;
      this.#takeDots(pair);
      const changes = this.#changes[pair]!;
      const wholeOne = whole[one]!;
      const wholeOther = whole[other]!;
      for (let i = 0; i < shapes.length; i++) {
        const change = changes[dots + i]!;
        if (wholeOther + change < this.#error) this.#take(shapes[i]!, wholeOther + change, one, other);
        if (wholeOne - change < this.#error) this.#take(shapes[i]!, wholeOne - change, other, one);
      }
    }
  }

  /** Takes a glyph in two of the cell's colours if its error by area, with that of its seams, is smaller. */
  #take(glyph: number, areaError: number, set: number, unset: number): void {
    const error = areaError + this.#seamError(glyph, set, unset);
    if (error >= this.#error) return;
    this.#error = error;
    this.glyph = glyph;
    this.#set = set;
    this.#unset = unset;
  }

  /** What the seams of a glyph add to the error. A plain cell shows one colour. */
  #seamError(glyph: number, set: number, unset: number): number {
    return set === unset ? this.#plainSeams : this.#seams[glyph]! * this.#contrasts[set + unset]!;
  }

  /** Takes the best mask of dots in two of the cell's colours: each dot shows the nearer one of both. */
  #takeDots(pair: number): void {
    const { one, other } = PAIRS[pair]!;
    let mask = this.#nearestMask(pair);
    let error = this.#nearestError;
    if (mask === 0 || mask === this.#full) {
      // All dots show one colour, which is not a glyph of two: the one that matters least shows the other.
      const changes = this.#changes[pair]!;
      const { dots } = this.areas;
      let least = 0;
      for (let dot = 1; dot < dots; dot++)
        if (Math.abs(changes[dot]!) < Math.abs(changes[least]!)) least = dot;
      mask ^= 1 << least;
      error += Math.abs(changes[least]!);
    }
    if ((mask & 1) === 0) this.#take(mask ^ this.#full, error, other, one);
    else this.#take(mask, error, one, other);
  }

  /** The mask of the dots that are nearer to a pair's first colour. Sets `#nearestError`. */
  #nearestMask(pair: number): number {
    const changes = this.#changes[pair]!;
    const { dots } = this.areas;
    let mask = 0;
    let error = this.#whole[PAIRS[pair]!.other]!;
    for (let dot = 0; dot < dots; dot++) {
      const change = changes[dot]!;
      if (change >= 0) continue;
      mask |= 1 << dot;
      error += change;
    }
    this.#nearestError = error;
    return mask;
  }

  /**
   * Chooses again among glyphs whose error by area is smaller than that of the chosen one with what it loses
   * in structure. No other one can be better.
   */
  #chooseByStructure(kinds: number, pairs: number): void {
    const whole = this.#whole;
    const { dots, shapes } = this.areas;
    const lost = this.#structure.loss(this.glyph, this.#set, this.#unset, Number.POSITIVE_INFINITY);
    this.#error += this.#structureWeight * lost;
    for (let kind = 0; kind < kinds; kind++) this.#offer(0, PLAIN_FACTOR * whole[kind]!, kind, kind);
    for (let pair = 0; pair < pairs; pair++) {
      const { one, other } = PAIRS[pair]!;
      this.#offerDots(pair);
      const changes = this.#changes[pair]!;
      const wholeOne = whole[one]!;
      const wholeOther = whole[other]!;
      for (let i = 0; i < shapes.length; i++) {
        const change = changes[dots + i]!;
        if (wholeOther + change < this.#error) this.#offer(shapes[i]!, wholeOther + change, one, other);
        if (wholeOne - change < this.#error) this.#offer(shapes[i]!, wholeOne - change, other, one);
      }
    }
  }

  /** Offers the masks of dots in two of the cell's colours whose error by area is small enough. */
  #offerDots(pair: number): void {
    const { one, other } = PAIRS[pair]!;
    const changes = this.#changes[pair]!;
    const { dots } = this.areas;
    const masks = this.#masks;
    const errors = this.#maskErrors;
    const limit = this.#error;
    const best = this.#nearestMask(pair);
    const error = this.#nearestError;
    if (error >= limit) return;
    masks[0] = best;
    errors[0] = error;
    let count = 1;
    for (let dot = 0; dot < dots; dot++) {
      const cost = Math.abs(changes[dot]!);
      if (error + cost >= limit) continue;
      for (let i = 0, end = count; i < end; i++) {
        if (errors[i]! + cost >= limit) continue;
        masks[count] = masks[i]! ^ (1 << dot);
        errors[count++] = errors[i]! + cost;
      }
    }
    for (let i = 0; i < count; i++) {
      const mask = masks[i]!;
      if (mask === 0 || mask === this.#full) continue;
      if ((mask & 1) === 0) this.#offer(mask ^ this.#full, errors[i]!, other, one);
      else this.#offer(mask, errors[i]!, one, other);
    }
  }

  /** Takes a glyph in two of the cell's colours if it is better, also by what it loses in structure. */
  #offer(glyph: number, areaError: number, set: number, unset: number): void {
    const error = areaError + this.#seamError(glyph, set, unset);
    if (error >= this.#error) return;
    const limit = (this.#error - error) / this.#structureWeight;
    const lost = this.#structure.loss(glyph, set, unset, limit);
    if (lost >= limit) return;
    this.#error = error + this.#structureWeight * lost;
    this.glyph = glyph;
    this.#set = set;
    this.#unset = unset;
  }
}

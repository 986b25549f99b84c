import type { CellGrid } from "./cell-grid.ts";
import type { CellMapper } from "./cell-mapper.ts";
import { ChangedRows } from "./changed-rows.ts";
import { KnownCells } from "./known-cells.ts";
import { OkLabColors } from "./oklab.ts";
import type { Palette } from "./palette.ts";
import { nearestMap, type SourceArea } from "./scale.ts";
import { CELL_PLAIN, CELL_SAME, CellAreas } from "./shape-areas.ts";
import { CellStructure } from "./shape-structure.ts";
import { CELL_PARTS, isCanonical, PARTS_ACROSS, PARTS_DOWN, type ShapeSet } from "./shapes.ts";

/**
 * A cell's two colours are chosen among this many; rarer ones count as the most similar of these. A fourth
 * one would change the mean error by less than 0.5 %.
 */
const MAX_COLORS = 3;

/** No pixel has this value, because the cells' encoders use it for unknown content. */
const NO_COLOR = 0xffff;
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
 * Chooses the glyph and the two colours of each cell that differ least from the pixels under it. The
 * colours are pixels' own, never means: text of one colour on another keeps both, pictures have as few
 * colours as the game's, and the error is smaller than with means. The error of a cell is the area that shows
 * another colour than the picture, weighted by how different the two colours look, and a little of the
 * structure that is lost.
 */
export class ShapeMapper implements CellMapper {
  readonly #changedRows: ChangedRows;
  readonly #frameWidth: number;
  /** The last frame. Before the first frame, all of it is `NO_COLOR`, which no pixel equals. */
  readonly #before: Uint16Array;
  readonly #areas: CellAreas;
  readonly #lab: OkLabColors;
  /** By glyph: number of parts that it sets. */
  readonly #sizes: Int32Array;
  /** The glyphs to try: one of each two complements, which exchange the colours. */
  readonly #tried: Int32Array;
  /** The pixel of each column and row of parts. */
  readonly #pixelX: Int32Array;
  readonly #pixelY: Int32Array;
  readonly #structure: CellStructure;
  readonly #known: KnownCells;
  /** The chosen glyph and its colours, and their error. */
  #error = 0;
  #glyph = 0;
  #first = 0;
  #second = 0;

  /** `frameWidth` is the stride of a frame's rows in pixels; `columns × rows` cells show `source`. */
  constructor(
    set: ShapeSet,
    palette: Palette,
    source: SourceArea,
    frameWidth: number,
    { columns, rows }: { readonly columns: number; readonly rows: number },
  ) {
    this.#changedRows = new ChangedRows(source, frameWidth);
    this.#frameWidth = frameWidth;
    this.#before = new Uint16Array(this.#changedRows.pixels.length).fill(NO_COLOR);
    this.#lab = new OkLabColors(palette);
    this.#pixelX = nearestMap(columns * PARTS_ACROSS, source.x, source.width);
    this.#pixelY = nearestMap(rows * PARTS_DOWN, 0, source.height);
    this.#areas = new CellAreas(set, this.#pixelX, this.#pixelY, frameWidth, MAX_COLORS, this.#lab);
    this.#structure = new CellStructure(set, this.#pixelX, this.#pixelY, frameWidth, MAX_COLORS, this.#lab);
    this.#known = new KnownCells(this.#pixelX, this.#pixelY, frameWidth);
    this.#sizes = this.#areas.sizes;
    // The blank and the full glyph are tried as cells of one colour.
    const isTried = (glyph: number) => glyph !== 0 && glyph !== set.full && isCanonical(set, glyph);
    this.#tried = Int32Array.from(set.glyphs.keys().filter(isTried));
  }

  invalidate(): void {
    this.#changedRows.invalidate();
  }

  map(frame: Uint16Array, grid: CellGrid): void {
    const { isRowChanged, columns, colors, masks } = grid;
    const areas = this.#areas;
    const known = this.#known;
    this.#changedRows.take(frame);
    const { pixels } = this.#changedRows;
    const before = this.#before;
    for (let row = 0; row < isRowChanged.length; row++) {
      isRowChanged[row] = this.#isRowChanged(row) ? 1 : 0;
      if (isRowChanged[row] === 0) continue;
      areas.startRow(row);
      for (let column = 0, at = row * columns; column < columns; column++, at++) {
        const look = areas.look(pixels, before, column);
        // The grid still holds the cell's glyph and colours.
        if (look === CELL_SAME) continue;
        if (look === CELL_PLAIN) {
          const color = areas.colors[0]!;
          colors[at] = (color << 16) | color;
          masks[at] = 0;
          continue;
        }
        if (!known.find(pixels, column, row)) {
          this.#choose(pixels, column, row);
          known.keep((this.#first << 16) | this.#second, this.#glyph);
          colors[at] = (this.#first << 16) | this.#second;
          masks[at] = this.#glyph;
          continue;
        }
        colors[at] = known.colors;
        masks[at] = known.glyph;
      }
    }
    this.#keep();
  }

  /** Chooses for the cell that was looked at. */
  #choose(pixels: Uint16Array, column: number, row: number): void {
    const kinds = this.#areas.count(pixels);
    if (kinds === 2) this.#choosePair();
    else this.#chooseOfThree();
    // An exact cell loses nothing.
    if (this.#error === 0) return;
    this.#structure.select(pixels, column, row, this.#areas.colors, kinds);
    this.#keepStructure(kinds);
  }

  /** Keeps the frame, to find the cells in which the next one differs. */
  #keep(): void {
    const { pixels, isChanged } = this.#changedRows;
    const width = this.#frameWidth;
    const before = this.#before;
    for (let y = 0; y < isChanged.length; y++) {
      if (isChanged[y] === 0) continue;
      for (let at = y * width; at < (y + 1) * width; at++) before[at] = pixels[at]!;
    }
  }

  #isRowChanged(row: number): boolean {
    const { isChanged } = this.#changedRows;
    const last = this.#pixelY[(row + 1) * PARTS_DOWN - 1]!;
    for (let y = this.#pixelY[row * PARTS_DOWN]!; y <= last; y++) if (isChanged[y] !== 0) return true;
    return false;
  }

  /** Divides a cell of two colours, which both stay. */
  #choosePair(): void {
    const { colors, totals, byGlyph } = this.#areas;
    this.#areas.fill(0);
    const ofFirst = byGlyph[0]!;
    const sizes = this.#sizes;
    const tried = this.#tried;
    const total = totals[0]!;
    // One colour for all: the rarer one is lost.
    let best = PLAIN_FACTOR * Math.min(total, CELL_PARTS - total);
    let glyph = 0;
    let isSwapped = total < CELL_PARTS - total;
    for (let i = 0; i < tried.length; i++) {
      const at = tried[i]!;
      const inside = ofFirst[at]!;
      const size = sizes[at]!;
      // Parts that differ if the first colour is set: the second one inside, the first one outside.
      const wrong = size - inside + (total - inside);
      if (wrong < best) {
        best = wrong;
        glyph = at;
        isSwapped = false;
      }
      if (CELL_PARTS - wrong < best) {
        best = CELL_PARTS - wrong;
        glyph = at;
        isSwapped = true;
      }
    }
    this.#error = best * this.#lab.distance(colors[0]!, colors[1]!);
    const set = isSwapped ? colors[1]! : colors[0]!;
    this.#glyph = glyph;
    this.#first = set;
    this.#second = glyph === 0 ? set : isSwapped ? colors[0]! : colors[1]!;
  }

  /**
   * Divides a cell of three colours. A colour's error in what a glyph sets and its error in what it leaves
   * add up to its error in the whole cell.
   */
  #chooseOfThree(): void {
    const { colors, totals, byGlyph } = this.#areas;
    this.#areas.fill(0);
    this.#areas.fill(1);
    const ofFirst = byGlyph[0]!;
    const ofSecond = byGlyph[1]!;
    const sizes = this.#sizes;
    const tried = this.#tried;
    const near01 = this.#lab.distance(colors[0]!, colors[1]!);
    const near02 = this.#lab.distance(colors[0]!, colors[2]!);
    const near12 = this.#lab.distance(colors[1]!, colors[2]!);
    const whole0 = near01 * totals[1]! + near02 * totals[2]!;
    const whole1 = near01 * totals[0]! + near12 * totals[2]!;
    const whole2 = near02 * totals[0]! + near12 * totals[1]!;
    const plain = whole0 <= whole1 && whole0 <= whole2 ? 0 : whole1 <= whole2 ? 1 : 2;
    let best = PLAIN_FACTOR * Math.min(whole0, whole1, whole2);
    let glyph = 0;
    let pair = plain * MAX_COLORS + plain;
    for (let i = 0; i < tried.length; i++) {
      const at = tried[i]!;
      const area0 = ofFirst[at]!;
      const area1 = ofSecond[at]!;
      const area2 = sizes[at]! - area0 - area1;
      const inside0 = near01 * area1 + near02 * area2;
      const inside1 = near01 * area0 + near12 * area2;
      const inside2 = near02 * area0 + near12 * area1;
      const outside0 = whole0 - inside0;
      const outside1 = whole1 - inside1;
      const outside2 = whole2 - inside2;
      const least = Math.min(
        inside0 + Math.min(outside1, outside2),
        inside1 + Math.min(outside0, outside2),
        inside2 + Math.min(outside0, outside1),
      );
      if (least >= best) continue;
      best = least;
      glyph = at;
      if (least === inside0 + Math.min(outside1, outside2)) pair = outside1 <= outside2 ? 1 : 2;
      else if (least === inside1 + Math.min(outside0, outside2)) pair = outside0 <= outside2 ? 3 : 5;
      else pair = outside0 <= outside1 ? 6 : 7;
    }
    this.#error = best;
    this.#glyph = glyph;
    this.#first = colors[(pair / MAX_COLORS) | 0]!;
    this.#second = colors[pair % MAX_COLORS]!;
  }

  /**
   * Chooses again among glyphs whose error by area is smaller than that of the chosen one with what it loses
   * in structure. No other one can be better.
   */
  #keepStructure(kinds: number): void {
    const { colors, totals, byGlyph } = this.#areas;
    const ofFirst = byGlyph[0]!;
    const ofSecond = byGlyph[1]!;
    const sizes = this.#sizes;
    const tried = this.#tried;
    const lab = this.#lab;
    const isPair = kinds === 2;
    // Colours of a cell differ, so the chosen ones are found by value.
    const first = colors[0] === this.#first ? 0 : colors[1] === this.#first ? 1 : 2;
    const second = colors[0] === this.#second ? 0 : colors[1] === this.#second ? 1 : 2;
    const lost = this.#structure.loss(this.#glyph, first, second, Number.POSITIVE_INFINITY);
    this.#error += STRUCTURE_WEIGHT * lost;
    const near01 = lab.distance(colors[0]!, colors[1]!);
    const near02 = isPair ? 0 : lab.distance(colors[0]!, colors[2]!);
    const near12 = isPair ? 0 : lab.distance(colors[1]!, colors[2]!);
    const total2 = isPair ? 0 : totals[2]!;
    const whole0 = near01 * totals[1]! + near02 * total2;
    const whole1 = near01 * totals[0]! + near12 * total2;
    const whole2 = near02 * totals[0]! + near12 * totals[1]!;
    this.#offer(0, PLAIN_FACTOR * whole0, 0, 0);
    this.#offer(0, PLAIN_FACTOR * whole1, 1, 1);
    if (!isPair) this.#offer(0, PLAIN_FACTOR * whole2, 2, 2);
    for (let i = 0; i < tried.length; i++) {
      const at = tried[i]!;
      const area0 = ofFirst[at]!;
      const area1 = isPair ? sizes[at]! - area0 : ofSecond[at]!;
      const area2 = sizes[at]! - area0 - area1;
      const inside0 = near01 * area1 + near02 * area2;
      const inside1 = near01 * area0 + near12 * area2;
      this.#offer(at, inside0 + whole1 - inside1, 0, 1);
      this.#offer(at, inside1 + whole0 - inside0, 1, 0);
      if (isPair) continue;
      const inside2 = near02 * area0 + near12 * area1;
      this.#offer(at, inside0 + whole2 - inside2, 0, 2);
      this.#offer(at, inside1 + whole2 - inside2, 1, 2);
      this.#offer(at, inside2 + whole0 - inside0, 2, 0);
      this.#offer(at, inside2 + whole1 - inside1, 2, 1);
    }
  }

  /** Takes a glyph in two of the cell's colours if it is better; `error` is its error by area. */
  #offer(glyph: number, error: number, set: number, unset: number): void {
    const limit = (this.#error - error) / STRUCTURE_WEIGHT;
    if (limit <= 0) return;
    const lost = this.#structure.loss(glyph, set, unset, limit);
    if (lost >= limit) return;
    this.#error = error + STRUCTURE_WEIGHT * lost;
    this.#glyph = glyph;
    this.#first = this.#areas.colors[set]!;
    this.#second = this.#areas.colors[unset]!;
  }
}

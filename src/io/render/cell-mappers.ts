import type { CellGrid } from "./cell-grid.ts";
import { ChangedRows } from "./changed-rows.ts";
import type { GlyphSet } from "./glyphs.ts";
import { PALETTE_ENTRIES } from "./palette.ts";
import type { Sampler } from "./sampler.ts";
import { nearestMap, type SourceArea } from "./scale.ts";

/**
 * Decides for each cell which two colours it gets and which dots have the first: a cell cannot show more.
 * Changes are counted on the way, since everything that follows asks which rows have any.
 */
export interface CellMapper {
  /**
   * Fills in `grid.colors`, `grid.masks` and `grid.changed` for a frame. Cells shown are those of the frame
   * before, unless `invalidate` has been called since.
   */
  map(frame: Uint16Array, grid: CellGrid): void;
  /** What is shown is unknown: all cells of the next frame count as changed. */
  invalidate(): void;
}

/**
 * Half-blocks: two dots and two colours, so nothing is lost. Dots are the pixels under their middles,
 * looked up straight from the frame.
 */
export class NearestHalfBlockMapper implements CellMapper {
  readonly #across: Int32Array;
  readonly #rows: Int32Array;
  readonly #rowStarts: Int32Array;
  readonly #changedRows: ChangedRows;

  /** Frames have rows of `frameWidth` pixels, of which `columns × rows` cells show `source`. */
  constructor(source: SourceArea, frameWidth: number, columns: number, rows: number) {
    this.#across = nearestMap(columns, source.x, source.width);
    this.#rows = nearestMap(2 * rows, 0, source.height);
    this.#rowStarts = this.#rows.map((row) => (source.y + row) * frameWidth);
    this.#changedRows = new ChangedRows(source, frameWidth);
  }

  invalidate(): void {
    this.#changedRows.invalidate();
  }

  map(frame: Uint16Array, { colors, shownColors, changed }: CellGrid): void {
    this.#changedRows.take(frame);
    const { isChanged } = this.#changedRows;
    const across = this.#across;
    const rows = this.#rows;
    const rowStarts = this.#rowStarts;
    for (let row = 0; row < changed.length; row++) {
      changed[row] = 0;
      if ((isChanged[rows[2 * row]!]! | isChanged[rows[2 * row + 1]!]!) === 0) continue;
      const upper = rowStarts[2 * row]!;
      const lower = rowStarts[2 * row + 1]!;
      const start = row * across.length;
      let count = 0;
      for (let column = 0; column < across.length; column++) {
        const x = across[column]!;
        const first = frame[upper + x]! & (PALETTE_ENTRIES - 1);
        const second = frame[lower + x]! & (PALETTE_ENTRIES - 1);
        const pair = (first << 16) | second;
        // What is shown is what was wanted last, unless it is unknown.
        if (pair === shownColors[start + column]!) continue;
        colors[start + column] = pair;
        count++;
      }
      changed[row] = count;
    }
  }
}

/** Most dots of a cell. */
const MAX_DOTS = 8;
/** Of a cell's colours, the pairs of so many most frequent ones are tried: all pairs would take 20 ms on noise. */
const MAX_TRIED = 4;

/** Weighted distance of two colours 0xRRGGBB; green counts most. */
function distance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 0xff) - ((other >> 8) & 0xff);
  const blue = (one & 0xff) - (other & 0xff);
  return 2 * red * red + 4 * green * green + 3 * blue * blue;
}

function luminance(color: number): number {
  return 3 * (color >> 16) + 6 * ((color >> 8) & 0xff) + (color & 0xff);
}

/**
 * Any glyphs, from sampled dots. Cells of two colours are exact; in others every dot gets the nearer colour
 * of the pair, out of the cell's own, that leaves the least error.
 */
export class PairMapper implements CellMapper {
  readonly #sampler: Sampler;
  readonly #dots: Uint16Array;
  readonly #columns: number;
  readonly #rgb: Uint32Array;
  readonly #across: number;
  readonly #down: number;
  readonly #fills: boolean;
  /** The dots of the cell at hand, its distinct colours and how often each occurs. */
  readonly #cell = new Int32Array(MAX_DOTS);
  readonly #distinct = new Int32Array(MAX_DOTS);
  readonly #counts = new Int32Array(MAX_DOTS);
  #mask = 0;
  #first = 0;
  #second = 0;

  /** `sampler` gives the dots of `columns × rows` cells. */
  constructor(sampler: Sampler, glyphs: GlyphSet, columns: number, rows: number) {
    this.#sampler = sampler;
    this.#dots = new Uint16Array(columns * glyphs.dotsAcross * rows * glyphs.dotsDown);
    this.#columns = columns;
    this.#across = glyphs.dotsAcross;
    this.#down = glyphs.dotsDown;
    this.#fills = glyphs.fills;
    this.#rgb = sampler.colors;
  }

  map(frame: Uint16Array, { colors, masks, shownColors, shownMasks, changed }: CellGrid): void {
    const dots = this.#dots;
    this.#sampler.sample(frame, dots);
    const columns = this.#columns;
    const across = this.#across;
    const down = this.#down;
    const stride = columns * across;
    const cell = this.#cell;
    for (let row = 0; row < changed.length; row++) {
      changed[row] = 0;
      if (!this.#isRowChanged(row)) continue;
      const start = row * stride * down;
      let count = 0;
      for (let column = 0, at = row * columns; column < columns; column++, at++) {
        let left = start + column * across;
        const one = dots[left]!;
        let isPlain = true;
        for (let y = 0, dot = 0; y < down; y++, left += stride)
          for (let x = 0; x < across; x++, dot++) {
            const color = dots[left + x]!;
            cell[dot] = color;
            if (color !== one) isPlain = false;
          }
        this.#mask = 0;
        this.#first = one;
        this.#second = one;
        if (!isPlain) this.#divide();
        const pair = (this.#first << 16) | this.#second;
        colors[at] = pair;
        masks[at] = this.#mask;
        if (pair !== shownColors[at]! || this.#mask !== shownMasks[at]!) count++;
      }
      changed[row] = count;
    }
  }

  invalidate(): void {
    this.#sampler.invalidate();
  }

  #isRowChanged(row: number): boolean {
    const { isChanged } = this.#sampler;
    for (let y = row * this.#down; y < (row + 1) * this.#down; y++) if (isChanged[y] !== 0) return true;
    return false;
  }

  /** Finds colours and mask of a cell with at least two colours. */
  #divide(): void {
    const dots = this.#across * this.#down;
    const distinct = this.#distinct;
    const kinds = this.#count(dots);
    this.#first = distinct[0]!;
    this.#second = distinct[1]!;
    if (kinds > 2) this.#choose(kinds);
    let mask = 0;
    const first = this.#rgb[this.#first]!;
    const second = this.#rgb[this.#second]!;
    for (let dot = 0; dot < dots; dot++) {
      const color = this.#cell[dot]!;
      if (color === this.#first) mask |= 1 << dot;
      else if (color !== this.#second) {
        const rgb = this.#rgb[color]!;
        if (distance(rgb, first) <= distance(rgb, second)) mask |= 1 << dot;
      }
    }
    // Dots that do not fill their cell are the light, as on a screen.
    const swap = this.#fills ? (mask & 1) === 0 : luminance(first) < luminance(second);
    if (swap) {
      mask ^= (1 << dots) - 1;
      const kept = this.#first;
      this.#first = this.#second;
      this.#second = kept;
    }
    this.#mask = mask;
  }

  /** Lists the cell's colours, the most frequent first. Returns how many there are. */
  #count(dots: number): number {
    const cell = this.#cell;
    const distinct = this.#distinct;
    const counts = this.#counts;
    let kinds = 0;
    for (let dot = 0; dot < dots; dot++) {
      const color = cell[dot]!;
      let kind = 0;
      while (kind < kinds && distinct[kind]! !== color) kind++;
      if (kind === kinds) {
        distinct[kinds] = color;
        counts[kinds++] = 0;
      }
      const count = counts[kind]! + 1;
      // Colours move up past rarer ones, so that the list stays sorted.
      while (kind > 0 && counts[kind - 1]! < count) {
        distinct[kind] = distinct[kind - 1]!;
        counts[kind] = counts[kind - 1]!;
        kind--;
      }
      distinct[kind] = color;
      counts[kind] = count;
    }
    return kinds;
  }

  /** Chooses the pair with the least error, the counts weighing. */
  #choose(kinds: number): void {
    const distinct = this.#distinct;
    const counts = this.#counts;
    const rgb = this.#rgb;
    const tried = Math.min(kinds, MAX_TRIED);
    let best = Number.POSITIVE_INFINITY;
    for (let one = 0; one < tried - 1; one++) {
      const first = rgb[distinct[one]!]!;
      for (let other = one + 1; other < tried; other++) {
        const second = rgb[distinct[other]!]!;
        let error = 0;
        for (let kind = 0; kind < kinds && error < best; kind++) {
          if (kind === one || kind === other) continue;
          const color = rgb[distinct[kind]!]!;
          error += counts[kind]! * Math.min(distance(color, first), distance(color, second));
        }
        if (error < best) {
          best = error;
          this.#first = distinct[one]!;
          this.#second = distinct[other]!;
        }
      }
    }
  }
}

import { colorDistance } from "../colors/color-distance.ts";
import type { CellGrid } from "./cell-grid.ts";
import type { CellMapper } from "./cell-mapper.ts";
import type { GlyphSet } from "./glyphs.ts";
import type { Sampler } from "./sampler.ts";

/** Maximum number of dots per cell. */
const MAX_DOTS = 8;
/**
 * Pairs are tried among this many of a cell's most frequent colours. Trying all pairs takes 20 ms on noise.
 */
const MAX_TRIED = 4;

/**
 * Size of the cache of divided cells: a screen of tiles has thousands of them, one set per vertical scroll
 * position.
 */
const MEMORY_BITS = 16;
const MEMORY_CELLS = 1 << MEMORY_BITS;
/** Words of a cell's dots, two dots per word. */
const MAX_WORDS = MAX_DOTS / 2;

const HASH_FACTOR = 0x9e3779b1 | 0;

function luminance(color: number): number {
  return 3 * (color >> 16) + 6 * ((color >> 8) & 0xff) + (color & 0xff);
}

/**
 * Chooses glyphs with two dots across from sampled dots. Cells of two colours are exact. In other cells the
 * pair comes from the cell's own colours and leaves the least error; every dot gets the nearer colour of it.
 * Games are made of tiles, so nearly every cell has been divided before, and the result is cached.
 */
export class PairMapper implements CellMapper {
  readonly #sampler: Sampler;
  /** The sampler's dots, two per word: a word holds a cell's dots in one row. */
  readonly #words: Int32Array;
  readonly #rgb: Uint32Array;
  readonly #down: number;
  readonly #fills: boolean;
  /** The current cell's dots, words, distinct colours and how often each occurs. */
  readonly #cell = new Int32Array(MAX_DOTS);
  readonly #cellWords = new Int32Array(MAX_WORDS);
  readonly #distinct = new Int32Array(MAX_DOTS);
  readonly #counts = new Int32Array(MAX_DOTS);
  #mask = 0;
  #first = 0;
  #second = 0;
  /**
   * The cache of divided cells, indexed by a hash of their words: the words, the pair and the mask, 0 if
   * empty.
   */
  readonly #knownWords = new Int32Array(MEMORY_CELLS * MAX_WORDS);
  readonly #knownPairs = new Int32Array(MEMORY_CELLS);
  readonly #knownMasks = new Uint16Array(MEMORY_CELLS);

  /** `sampler` provides the dots of cells with these glyphs. */
  constructor(sampler: Sampler, glyphs: GlyphSet) {
    const { dots } = sampler;
    this.#sampler = sampler;
    this.#words = new Int32Array(dots.buffer, dots.byteOffset, dots.length >> 1);
    this.#down = glyphs.dotsDown;
    this.#fills = glyphs.fills;
    this.#rgb = sampler.colors;
  }

  map(frame: Uint16Array, grid: CellGrid): void {
    this.#sampler.sample(frame);
    const { isRowChanged } = grid;
    for (let row = 0; row < isRowChanged.length; row++) {
      isRowChanged[row] = this.#isRowChanged(row) ? 1 : 0;
      if (isRowChanged[row] !== 0) this.#mapRow(row, grid);
    }
  }

  #mapRow(row: number, { columns, colors, masks }: CellGrid): void {
    const words = this.#words;
    const down = this.#down;
    const cellWords = this.#cellWords;
    const known = this.#knownWords;
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      let from = row * down * columns + column;
      const first = words[from]!;
      let differs = (first >>> 16) ^ (first & 0xffff);
      let hash = first;
      cellWords[0] = first;
      for (let y = 1; y < down; y++) {
        from += columns;
        const word = words[from]!;
        cellWords[y] = word;
        differs |= word ^ first;
        hash = Math.imul(hash, HASH_FACTOR) ^ word;
      }
      let pair = first;
      let mask = 0;
      if (differs !== 0) {
        const place = Math.imul(hash ^ (hash >>> 15), HASH_FACTOR) >>> (32 - MEMORY_BITS);
        const start = place * MAX_WORDS;
        let isKnown = this.#knownMasks[place]! !== 0;
        for (let y = 0; y < down; y++) if (known[start + y]! !== cellWords[y]!) isKnown = false;
        if (!isKnown) this.#learn(place);
        pair = this.#knownPairs[place]!;
        mask = this.#knownMasks[place]!;
      }
      colors[at] = pair;
      masks[at] = mask;
    }
  }

  /** Divides the current cell and caches the result. */
  #learn(place: number): void {
    const cellWords = this.#cellWords;
    for (let y = 0; y < this.#down; y++) {
      const word = cellWords[y]!;
      this.#knownWords[place * MAX_WORDS + y] = word;
      this.#cell[2 * y] = word & 0xffff;
      this.#cell[2 * y + 1] = word >>> 16;
    }
    this.#divide();
    this.#knownPairs[place] = (this.#first << 16) | this.#second;
    this.#knownMasks[place] = this.#mask;
  }

  invalidate(): void {
    this.#sampler.invalidate();
  }

  #isRowChanged(row: number): boolean {
    const { isChanged } = this.#sampler;
    for (let y = row * this.#down; y < (row + 1) * this.#down; y++) if (isChanged[y] !== 0) return true;
    return false;
  }

  /** Finds the colours and mask of a cell with at least two colours. */
  #divide(): void {
    const dots = 2 * this.#down;
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
        if (colorDistance(rgb, first) <= colorDistance(rgb, second)) mask |= 1 << dot;
      }
    }
    // Dots that do not fill their cell get the brighter colour, as on a screen.
    const swap = this.#fills ? (mask & 1) === 0 : luminance(first) < luminance(second);
    if (swap) {
      mask ^= (1 << dots) - 1;
      const kept = this.#first;
      this.#first = this.#second;
      this.#second = kept;
    }
    this.#mask = mask;
  }

  /** Lists the cell's colours, the most frequent first. Returns their number. */
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
      // Move the colour up past rarer ones, so that the list stays sorted.
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

  /** Chooses the pair with the least error, weighted by the counts. */
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
          error += counts[kind]! * Math.min(colorDistance(color, first), colorDistance(color, second));
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

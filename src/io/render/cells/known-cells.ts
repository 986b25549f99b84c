import { MIB } from "../../../emu/units.ts";
import { PARTS_ACROSS, PARTS_DOWN, type PartPixels } from "./shapes.ts";

/**
 * Maximum number of cells that are remembered, as a power of two. There are fewer if their pixels would take
 * more than `MAX_TABLE_BYTES`. Games are made of tiles: a scrolling screen shows the same cells again and
 * again. In a picture full of detail that scrolls, 2¹⁶ cells take 30 % less time than 2¹⁴.
 */
const MAX_PLACE_BITS = 16;
const MAX_TABLE_BYTES = 4 * MIB;
/** Cells of more pixels are not remembered. Only windows that have few cells have them. */
const MAX_PIXELS = 128;
const HASH_FACTOR = 0x9e3779b1 | 0;

/**
 * Remembers what was chosen for cells, by the pixels under them and by how the pixels lie in the cell. A new
 * cell takes the place of the one with the same hash.
 */
export class KnownCells {
  /** The last cell that was looked for: its pair of colours and its glyph, if it is known. */
  colors = 0;
  glyph = 0;
  readonly #stride: number;
  /** By column and row of cells: how the parts there lie on pixels. Equal layouts have equal numbers. */
  readonly #layoutX: Int32Array;
  readonly #layoutY: Int32Array;
  /** By column and row of cells: their first pixel, and their number of pixels. */
  readonly #left: Int32Array;
  readonly #across: Int32Array;
  readonly #top: Int32Array;
  readonly #down: Int32Array;
  /** Largest number of pixels under a cell; 0 if it is too large to remember any. */
  readonly #maxPixels: number;
  /** By place: the cell's pixels, its layout (−1: none), and what was chosen. */
  readonly #pixels: Uint16Array;
  readonly #layouts: Int32Array;
  readonly #colors: Int32Array;
  readonly #glyphs: Uint16Array;
  readonly #placeBits: number;
  #place = 0;

  constructor({ x, y, stride }: PartPixels) {
    this.#stride = stride;
    const across = layoutsOf(x, PARTS_ACROSS);
    const down = layoutsOf(y, PARTS_DOWN);
    this.#layoutX = across.layouts;
    this.#left = across.starts;
    this.#across = across.counts;
    this.#layoutY = down.layouts.map((layout) => layout * across.layouts.length);
    this.#top = down.starts;
    this.#down = down.counts;
    const most = Math.max(...across.counts) * Math.max(...down.counts);
    this.#maxPixels = most <= MAX_PIXELS ? most : 0;
    this.#placeBits = Math.min(MAX_PLACE_BITS, Math.floor(Math.log2(MAX_TABLE_BYTES / (2 * most))));
    const places = this.#maxPixels === 0 ? 0 : 2 ** this.#placeBits;
    this.#pixels = new Uint16Array(places * this.#maxPixels);
    this.#layouts = new Int32Array(places).fill(-1);
    this.#colors = new Int32Array(places);
    this.#glyphs = new Uint16Array(places);
  }

  /**
   * Looks for a cell. Returns true if it is known: `colors` and `glyph` are then what was chosen. If not,
   * `keep` must follow before the next cell.
   */
  find(pixels: Uint16Array, column: number, row: number): boolean {
    if (this.#maxPixels === 0) return false;
    const layout = this.#layoutY[row]! + this.#layoutX[column]!;
    const across = this.#across[column]!;
    const first = this.#top[row]! * this.#stride + this.#left[column]!;
    const end = first + this.#down[row]! * this.#stride;
    let hash = layout;
    for (let from = first; from < end; from += this.#stride)
      for (let x = from; x < from + across; x++) hash = Math.imul(hash ^ pixels[x]!, HASH_FACTOR);
    const place = Math.imul(hash ^ (hash >>> 15), HASH_FACTOR) >>> (32 - this.#placeBits);
    this.#place = place;
    const own = this.#pixels;
    let at = place * this.#maxPixels;
    let difference = this.#layouts[place]! ^ layout;
    for (let from = first; from < end; from += this.#stride)
      for (let x = from; x < from + across; x++) {
        difference |= own[at]! ^ pixels[x]!;
        own[at++] = pixels[x]!;
      }
    this.#layouts[place] = layout;
    this.colors = this.#colors[place]!;
    this.glyph = this.#glyphs[place]!;
    return difference === 0;
  }

  /** Remembers what was chosen for the cell that was just not found. */
  keep(colors: number, glyph: number): void {
    this.colors = colors;
    this.glyph = glyph;
    if (this.#maxPixels === 0) return;
    this.#colors[this.#place] = colors;
    this.#glyphs[this.#place] = glyph;
  }
}

interface Layouts {
  readonly layouts: Int32Array;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
}

/** Numbers the layouts of cells of `parts` parts along one axis. */
function layoutsOf(pixels: Int32Array, parts: number): Layouts {
  const cells = pixels.length / parts;
  const numbers = new Map<string, number>();
  const layouts = new Int32Array(cells);
  const starts = new Int32Array(cells);
  const counts = new Int32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const own = pixels.subarray(cell * parts, (cell + 1) * parts);
    const start = own[0]!;
    const key = own.map((pixel) => pixel - start).join();
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    layouts[cell] = numbers.get(key)!;
    starts[cell] = start;
    counts[cell] = own.at(-1)! - start + 1;
  }
  return { layouts, starts, counts };
}

import { ChangedRows } from "../changed-rows.ts";
import type { Palette } from "../colors/palette.ts";
import type { SourceArea } from "../scale.ts";

/** Maximum number of colours in an indexed picture. */
export const MAX_INDEXED_COLORS = 256;
const UNUSED = -1;

/**
 * The shown part of a frame as one byte per pixel and a table of the colours in use, in order of first use.
 * Games show about 12 of the 512 colours at a time.
 */
export class IndexedImage {
  readonly width: number;
  readonly height: number;
  /** `width × height` indices into `colors`. */
  readonly pixels: Uint8Array;
  /** Colours in use, 0xRRGGBB; the first `colorCount` are valid. */
  readonly colors = new Uint32Array(MAX_INDEXED_COLORS);
  colorCount = 0;
  readonly #palette: Palette;
  readonly #source: SourceArea;
  readonly #frameWidth: number;
  readonly #indexOf: Int16Array;
  readonly #entries = new Uint16Array(MAX_INDEXED_COLORS);
  readonly #rows: ChangedRows;

  /** Frames have rows of `frameWidth` pixels, of which `source` is shown. */
  constructor(palette: Palette, source: SourceArea, frameWidth: number) {
    this.width = source.width;
    this.height = source.height;
    this.pixels = new Uint8Array(source.width * source.height);
    this.#rows = new ChangedRows(source, frameWidth);
    this.#palette = palette;
    this.#indexOf = new Int16Array(palette.length).fill(UNUSED);
    this.#source = source;
    this.#frameWidth = frameWidth;
  }

  /** Marks the next frame as changed. */
  invalidate(): void {
    this.#rows.invalidate();
  }

  /** Takes a frame. Returns false if it looks like the previous one. */
  take(frame: Uint16Array): boolean {
    if (this.#rows.take(frame) === 0) return false;
    for (let color = 0; color < this.colorCount; color++) this.#indexOf[this.#entries[color]!] = UNUSED;
    this.colorCount = 0;
    const { x: left, width, height } = this.#source;
    const from = this.#rows.pixels;
    const pixels = this.pixels;
    const indexOf = this.#indexOf;
    for (let row = 0, at = 0; row < height; row++) {
      const start = row * this.#frameWidth + left;
      for (let x = start; x < start + width; x++, at++) {
        const entry = from[x]!;
        const index = indexOf[entry]!;
        pixels[at] = index === UNUSED ? this.#addColor(entry) : index;
      }
    }
    return true;
  }

  #addColor(entry: number): number {
    if (this.colorCount === MAX_INDEXED_COLORS) {
      // No game shows this many colours. Colours beyond the limit lose their emphasis, or become the first
      // colour.
      return Math.max(0, this.#indexOf[entry & 0x3f]!);
    }
    const index = this.colorCount++;
    this.colors[index] = this.#palette[entry]!;
    this.#entries[index] = entry;
    this.#indexOf[entry] = index;
    return index;
  }
}

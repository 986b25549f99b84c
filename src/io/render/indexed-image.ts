import type { Palette } from "./palette.ts";
import { PALETTE_ENTRIES } from "./palette.ts";
import type { SourceArea } from "./scale.ts";

/** Colours that an indexed picture can have. */
export const MAX_INDEXED_COLORS = 256;
const UNUSED = -1;

/**
 * The shown part of a frame with its colours counted: a byte a pixel and a table of the colours in use,
 * in the order in which they come. Games show some 12 of the 512 colours at a time.
 */
export class IndexedImage {
  readonly width: number;
  readonly height: number;
  /** `width × height` indices into `colors`. */
  readonly pixels: Uint8Array;
  /** Colours in use, 0xRRGGBB; the first `colorCount` count. */
  readonly colors = new Uint32Array(MAX_INDEXED_COLORS);
  colorCount = 0;
  readonly #palette: Palette;
  readonly #source: SourceArea;
  readonly #frameWidth: number;
  readonly #indexOf = new Int16Array(PALETTE_ENTRIES).fill(UNUSED);
  readonly #entries = new Uint16Array(MAX_INDEXED_COLORS);
  readonly #last: Uint16Array;
  #isKnown = false;

  /** Frames have rows of `frameWidth` pixels, of which `source` is shown. */
  constructor(palette: Palette, source: SourceArea, frameWidth: number) {
    this.width = source.width;
    this.height = source.height;
    this.pixels = new Uint8Array(source.width * source.height);
    this.#last = new Uint16Array(this.pixels.length);
    this.#palette = palette;
    this.#source = source;
    this.#frameWidth = frameWidth;
  }

  /** The next frame counts as changed. */
  invalidate(): void {
    this.#isKnown = false;
  }

  /** Takes a frame. False when it looks as the one before. */
  take(frame: Uint16Array): boolean {
    if (!this.#copyChanged(frame)) return false;
    for (let color = 0; color < this.colorCount; color++) this.#indexOf[this.#entries[color]!] = UNUSED;
    this.colorCount = 0;
    const last = this.#last;
    const pixels = this.pixels;
    const indexOf = this.#indexOf;
    for (let at = 0; at < last.length; at++) {
      const entry = last[at]!;
      const index = indexOf[entry]!;
      pixels[at] = index === UNUSED ? this.#addColor(entry) : index;
    }
    return true;
  }

  /** Copies the shown part and says whether anything in it is new. */
  #copyChanged(frame: Uint16Array): boolean {
    const { x, y, width, height } = this.#source;
    const last = this.#last;
    let isChanged = !this.#isKnown;
    this.#isKnown = true;
    for (let row = 0, at = 0; row < height; row++) {
      const start = (y + row) * this.#frameWidth + x;
      for (let column = 0; column < width; column++, at++) {
        const entry = frame[start + column]! & (PALETTE_ENTRIES - 1);
        if (entry === last[at]!) continue;
        last[at] = entry;
        isChanged = true;
      }
    }
    return isChanged;
  }

  #addColor(entry: number): number {
    if (this.colorCount === MAX_INDEXED_COLORS) {
      // More than any game shows: what comes late loses its emphasis, or its colour.
      return Math.max(0, this.#indexOf[entry & 0x3f]!);
    }
    const index = this.colorCount++;
    this.colors[index] = this.#palette[entry]!;
    this.#entries[index] = entry;
    this.#indexOf[entry] = index;
    return index;
  }
}

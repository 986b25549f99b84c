import type { FramePixels } from "../../../emu/machine.ts";
import type { ByteWriter } from "../ansi.ts";
import { ChangedRows } from "../changed-rows.ts";
import type { SourceArea } from "../scale.ts";
import { MAX_INDEXED_COLORS } from "./indexed-image.ts";
import { IndexedPngWriter, type PngSource, RgbPngWriter } from "./png.ts";

const RGB_BYTES = 3;
const PIXEL_BYTES = 4;
/** A power of two well above the number of colours, so that few share a place. */
const TABLE_PLACES = 1024;
const EMPTY = -1;

/** The shown part of an RGB frame as bytes of red, green and blue. */
export class RgbFrameImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly #rows: ChangedRows;
  readonly #left: number;
  readonly #frameWidth: number;
  readonly #isDimmed: boolean;

  /**
   * Frames have rows of `frameWidth` pixels, of which `source` is shown; at half brightness if `isDimmed`.
   */
  constructor(source: SourceArea, frameWidth: number, isDimmed = false) {
    this.#isDimmed = isDimmed;
    this.width = source.width;
    this.height = source.height;
    this.pixels = new Uint8Array(source.width * source.height * RGB_BYTES);
    this.#rows = new ChangedRows(source, frameWidth, PIXEL_BYTES);
    this.#left = source.x;
    this.#frameWidth = frameWidth;
  }

  /** The last frame's rows, 0x00RRGGBB at full width. */
  get words(): Int32Array {
    return this.#rows.words;
  }

  /** By row: 1 if the last frame changed it. */
  get isChanged(): Uint8Array {
    return this.#rows.isChanged;
  }

  invalidate(): void {
    this.#rows.invalidate();
  }

  take(frame: FramePixels): boolean {
    if (this.#rows.take(frame) === 0) return false;
    const { isChanged } = this.#rows;
    for (let row = 0; row < isChanged.length; row++) if (isChanged[row] !== 0) this.#convert(row);
    return true;
  }

  #convert(row: number): void {
    const { pixels } = this;
    const { words } = this.#rows;
    const first = row * this.#frameWidth + this.#left;
    let to = row * this.width * RGB_BYTES;
    for (let at = first; at < first + this.width; at++) {
      const color = this.#isDimmed ? (words[at]! >> 1) & 0x7f7f7f : words[at]!;
      pixels[to++] = color >> 16;
      pixels[to++] = color >> 8;
      pixels[to++] = color;
    }
  }
}

/** RGB frames as PNG: with a palette if 256 colours are enough, which takes a fraction of the bytes. */
export class RgbFramePng implements PngSource {
  readonly width: number;
  readonly height: number;
  readonly maxBytes: number;
  readonly #image: RgbFrameImage;
  readonly #rgbPng: RgbPngWriter;
  readonly #indexedPng: IndexedPngWriter;
  readonly #indexed: { readonly pixels: Uint8Array; readonly colors: Uint32Array; colorCount: number };
  readonly #tableColors = new Int32Array(TABLE_PLACES);
  readonly #tableIndices = new Int16Array(TABLE_PLACES);
  readonly #left: number;
  readonly #frameWidth: number;
  readonly #isDimmed: boolean;

  /** As `RgbFrameImage`. */
  constructor(source: SourceArea, frameWidth: number, isDimmed = false) {
    const image = new RgbFrameImage(source, frameWidth, isDimmed);
    this.#image = image;
    this.#isDimmed = isDimmed;
    this.#left = source.x;
    this.#frameWidth = frameWidth;
    this.width = image.width;
    this.height = image.height;
    const pixels = new Uint8Array(image.width * image.height);
    const { width, height } = image;
    const indexed = { width, height, pixels, colors: new Uint32Array(MAX_INDEXED_COLORS), colorCount: 0 };
    this.#indexed = indexed;
    this.#rgbPng = new RgbPngWriter(image);
    this.#indexedPng = new IndexedPngWriter(indexed);
    this.maxBytes = Math.max(this.#rgbPng.maxBytes, this.#indexedPng.maxBytes);
  }

  invalidate(): void {
    this.#image.invalidate();
  }

  take(frame: FramePixels): boolean {
    return this.#image.take(frame);
  }

  write(out: ByteWriter): void {
    if (this.#index()) this.#indexedPng.write(out);
    else this.#rgbPng.write(out);
  }

  /** Fills in the indexed picture. Returns false if it would need more than 256 colours. */
  #index(): boolean {
    const indexed = this.#indexed;
    const { words } = this.#image;
    const { pixels } = indexed;
    this.#tableIndices.fill(EMPTY);
    indexed.colorCount = 0;
    for (let y = 0, to = 0; y < this.height; y++) {
      const first = y * this.#frameWidth + this.#left;
      for (let at = first; at < first + this.width; at++) {
        const color = words[at]!;
        const index = this.#indexOf(this.#isDimmed ? (color >> 1) & 0x7f7f7f : color);
        if (index < 0) return false;
        pixels[to++] = index;
      }
    }
    return true;
  }

  #indexOf(color: number): number {
    const indices = this.#tableIndices;
    let place = (Math.imul(color, 0x9e37_79b1) >>> 22) & (TABLE_PLACES - 1);
    for (; indices[place] !== EMPTY; place = (place + 1) & (TABLE_PLACES - 1))
      if (this.#tableColors[place] === color) return indices[place]!;
    const indexed = this.#indexed;
    if (indexed.colorCount === MAX_INDEXED_COLORS) return -1;
    this.#tableColors[place] = color;
    indices[place] = indexed.colorCount;
    indexed.colors[indexed.colorCount] = color;
    return indexed.colorCount++;
  }
}

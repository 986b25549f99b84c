import type { Palette } from "../render/palette.ts";
import { PixelConverter } from "./pixel-converter.ts";
import type { PixelLayout } from "./pixel-layout.ts";

/** A program rarely asks for more than one kind of picture. */
const MAX_KEPT = 8;

/** Converts frames to pictures of any layout, and keeps what the last layouts need. */
export class PixelConverters {
  readonly #palette: Palette;
  readonly #frameWidth: number;
  readonly #kept = new Map<string, PixelConverter>();

  /** Frames have rows of `frameWidth` pixels. */
  constructor(palette: Palette, frameWidth: number) {
    this.#palette = palette;
    this.#frameWidth = frameWidth;
  }

  /** The converter for a layout. */
  of(layout: PixelLayout): PixelConverter {
    const key = JSON.stringify(layout);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    const converter = new PixelConverter(this.#palette, layout, this.#frameWidth);
    this.#kept.set(key, converter);
    return converter;
  }

  /** A frame as a new picture. */
  convert(frame: Uint16Array, layout: PixelLayout): Uint8Array {
    const converter = this.of(layout);
    const picture = new Uint8Array(converter.bytes);
    converter.convert(frame, picture);
    return picture;
  }
}

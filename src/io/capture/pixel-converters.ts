import type { Palette } from "../render/colors/palette.ts";
import type { PictureMemory } from "./picture-memory.ts";
import { PixelConverter } from "./pixel-converter.ts";
import type { PixelLayout } from "./pixel-layout.ts";

/** A program rarely asks for more than one kind of picture. */
const MAX_KEPT = 8;

interface Kept {
  readonly converter: PixelConverter;
  readonly memory: PictureMemory | undefined;
}

/** Converts frames of one machine to pictures of any layout, and keeps what the last layouts need. */
export class PixelConverters {
  readonly #palette: Palette;
  readonly #frameWidth: number;
  readonly #kept = new Map<string, Kept>();

  /** Frames have rows of `frameWidth` pixels. */
  constructor(palette: Palette, frameWidth: number) {
    this.#palette = palette;
    this.#frameWidth = frameWidth;
  }

  /** Writes a frame as a picture into `into`, by default into a new array. Returns it. */
  convert(frame: Uint16Array, layout: PixelLayout, into?: Uint8Array): Uint8Array {
    const { converter, memory } = this.#of(layout);
    const picture = into ?? new Uint8Array(converter.bytes);
    converter.convert(frame, picture, 0, frame, memory);
    return picture;
  }

  #of(layout: PixelLayout): Kept {
    const key = JSON.stringify(layout);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    const converter = new PixelConverter(this.#palette, layout, this.#frameWidth);
    const kept = { converter, memory: converter.newMemory() };
    this.#kept.set(key, kept);
    return kept;
  }
}

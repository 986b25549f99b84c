import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import type { FramePixels } from "../../emu/machine.ts";
import { attempt, openSink } from "../files/sink.ts";
import type { Palette } from "../render/colors/palette.ts";
import type { FrameFormat, FrameWriter, PictureSize } from "./frame-writer.ts";
import { colorOf, rgb, toIndexed } from "./local-palette.ts";

/** Writes one picture as the file `path`, or several as `path/frame-000123.png`. */
export class PngFileWriter implements FrameWriter {
  readonly #path: string;
  readonly #format: FrameFormat;

  constructor(path: string, format: FrameFormat) {
    this.#path = path;
    this.#format = format;
    if (format.count > 1) attempt(path, () => mkdirSync(path, { recursive: true }));
  }

  write(frame: number, pixels: FramePixels, _samples?: Int16Array, size?: PictureSize): void {
    const name = `frame-${String(frame).padStart(6, "0")}.png`;
    const sink = openSink(this.#format.count > 1 ? join(this.#path, name) : this.#path);
    try {
      sink.write(encodePng(pixels, size ?? this.#format.geometry, this.#format.palette));
      sink.commit();
    } finally {
      sink.abort();
    }
  }

  commit(): void {}
  abort(): void {}
}

/** A frame as a PNG file: with a palette, or without one if it has more colours than a palette holds. */
export function encodePng(pixels: FramePixels, { width, height }: PictureSize, palette: Palette): Uint8Array {
  const { indices, colors, exact } = toIndexed(pixels, palette);
  if (!exact) {
    const data = new Uint8Array(3 * pixels.length);
    for (let i = 0; i < pixels.length; i++) data.set(rgb(colorOf(pixels, i, palette)), 3 * i);
    return encodeRgbPng({ width, height, rgb: data });
  }
  return encode({ width, height, data: indices, depth: 8, channels: 1, palette: colors });
}

/** Red, green and blue of every pixel, row by row, as a PNG file. */
export function encodeRgbPng(picture: {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}): Uint8Array {
  const { width, height, rgb: data } = picture;
  return encode({ width, height, data, depth: 8, channels: 3 });
}

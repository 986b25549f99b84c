import { type DecodedPng, decode, encode } from "fast-png";
import { InputError } from "../../emu/input-error.ts";
import { printable } from "../files/text.ts";
import type { RgbPicture } from "./picture-diff.ts";
import { type Screen, screenPalette } from "./screen.ts";

/** No picture of a console is larger. */
const MAX_PIXELS = 4096 * 4096;
const IHDR_WIDTH = 16;
const IHDR_BYTES = 24;

/** The picture on a screen as RGB. */
export function screenPicture(screen: Screen): RgbPicture {
  const { width, height, pixels } = screen;
  const palette = screenPalette();
  const rgb = new Uint8Array(3 * pixels.length);
  for (let at = 0; at < pixels.length; at++) {
    const color = palette[pixels[at]!]!;
    rgb[3 * at] = color >> 16;
    rgb[3 * at + 1] = (color >> 8) & 0xff;
    rgb[3 * at + 2] = color & 0xff;
  }
  return { width, height, rgb };
}

/** Reads a PNG as RGB; what is transparent counts as its colour. Throws `InputError` ("data") naming `path`. */
export function decodePicture(bytes: Uint8Array, path: string): RgbPicture {
  const where = printable(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The size is looked at before anything is unpacked to it.
  if (bytes.length < IHDR_BYTES) throw new InputError("data", "not a PNG: it is cut off", where);
  const claimed = view.getUint32(IHDR_WIDTH) * view.getUint32(IHDR_WIDTH + 4);
  if (claimed > MAX_PIXELS) throw new InputError("data", "the PNG is too large, or damaged", where);
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError("data", `not a PNG that can be read: ${printable(why)}`, where);
  }
  return toRgb(png);
}

/** Below 8 bits several samples share a byte, the first in the upper bits, and rows begin with a byte. */
function toRgb({ width, height, data, channels, depth, palette }: DecodedPng): RgbPicture {
  const rgb = new Uint8Array(3 * width * height);
  const max = 2 ** depth - 1;
  const rowSamples = depth < 8 ? Math.ceil((width * depth) / 8) : width * channels;
  const sampleAt = (x: number, y: number, channel: number): number => {
    if (depth >= 8) return data[y * rowSamples + x * channels + channel] ?? 0;
    const bit = x * depth;
    return ((data[y * rowSamples + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & max;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const sample = sampleAt(x, y, channels < 3 ? 0 : channel);
        const value = palette === undefined ? Math.round((255 * sample) / max) : palette[sample]?.[channel];
        rgb[3 * (y * width + x) + channel] = value ?? 0;
      }
    }
  }
  return { width, height, rgb };
}

/** A picture as a PNG file. */
export function encodePicture({ width, height, rgb }: RgbPicture): Uint8Array {
  return encode({ width, height, data: rgb, channels: 3, depth: 8 });
}

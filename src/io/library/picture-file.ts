import { atMostPixels, readPng } from "../files/read-png.ts";
import { printable } from "../files/text.ts";
import type { RgbPicture } from "./picture-diff.ts";
import type { Screen } from "./screen.ts";

/** Limit on the size of a PNG. No console has larger pictures. */
const MAX_PIXELS = 4096 * 4096;

/** The picture on a screen as RGB. */
export function screenPicture(screen: Screen): RgbPicture {
  const { width, height, pixels, palette } = screen;
  const rgb = new Uint8Array(3 * pixels.length);
  for (let at = 0; at < pixels.length; at++) {
    const color = palette[pixels[at]!]!;
    rgb[3 * at] = color >> 16;
    rgb[3 * at + 1] = (color >> 8) & 0xff;
    rgb[3 * at + 2] = color & 0xff;
  }
  return { width, height, rgb };
}

/** Reads a PNG as RGB and ignores transparency. Throws `InputError` ("data") that names `path`. */
export function decodePicture(bytes: Uint8Array, path: string): RgbPicture {
  return readPng(bytes, printable(path), atMostPixels(MAX_PIXELS));
}

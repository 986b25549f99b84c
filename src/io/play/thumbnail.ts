import { InputError } from "../../emu/input-error.ts";
import { atMostPixels, type PngPicture, readPng } from "../files/read-png.ts";
import type { StillPicture } from "../render/still-picture.ts";

/** A smaller picture is not a screenshot of a machine that emu runs. */
const MIN_WIDTH = 34;
const MIN_HEIGHT = 28;
/** Screenshots have the machine's size, or the size of the television filter's output. */
const MAX_PIXELS = 2 ** 20;

/** Reads a screenshot for the menu; undefined if the file is not a PNG that emu writes. */
export function readThumbnail(file: Uint8Array): StillPicture | undefined {
  let png: PngPicture;
  try {
    png = readPng(file, "", atMostPixels(MAX_PIXELS));
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
  const { width, height, rgb } = png;
  if (width < MIN_WIDTH || height < MIN_HEIGHT) return undefined;
  const colors = new Uint32Array(width * height);
  for (let at = 0, from = 0; at < colors.length; at++, from += 3)
    colors[at] = (rgb[from]! << 16) | (rgb[from + 1]! << 8) | rgb[from + 2]!;
  return { width, height, colors };
}

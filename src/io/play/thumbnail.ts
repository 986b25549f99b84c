import { InputError } from "../../emu/input-error.ts";
import { atMostPixels, type PngPicture, readPng } from "../files/read-png.ts";

/** A small picture for the menu: 0xRRGGBB, row by row. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  readonly colors: Uint32Array;
}

/** The size in the menu: two dots per cell, and the shape of a television's picture. */
export const THUMBNAIL_WIDTH = 34;
const THUMBNAIL_HEIGHT = 28;
/** Screenshots have the machine's size, or the size of the television filter's output. */
const MAX_PIXELS = 2 ** 20;

/** Shrinks a screenshot; undefined if the file is not a PNG that emu writes. */
export function shrinkPng(file: Uint8Array): Thumbnail | undefined {
  let png: PngPicture;
  try {
    png = readPng(file, "", atMostPixels(MAX_PIXELS));
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
  const { width, height, rgb } = png;
  if (width < THUMBNAIL_WIDTH || height < THUMBNAIL_HEIGHT) return undefined;
  return average(width, height, (x, y) => {
    const at = 3 * (y * width + x);
    return (rgb[at]! << 16) | (rgb[at + 1]! << 8) | rgb[at + 2]!;
  });
}

function average(width: number, height: number, colorAt: (x: number, y: number) => number): Thumbnail {
  const colors = new Uint32Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT);
  for (let y = 0; y < THUMBNAIL_HEIGHT; y++)
    for (let x = 0; x < THUMBNAIL_WIDTH; x++) {
      const [left, right] = span(x, THUMBNAIL_WIDTH, width);
      const [top, bottom] = span(y, THUMBNAIL_HEIGHT, height);
      let [red, green, blue] = [0, 0, 0];
      for (let v = top; v < bottom; v++)
        for (let u = left; u < right; u++) {
          const color = colorAt(u, v);
          red += color >> 16;
          green += (color >> 8) & 0xff;
          blue += color & 0xff;
        }
      const count = (right - left) * (bottom - top);
      colors[y * THUMBNAIL_WIDTH + x] =
        (Math.round(red / count) << 16) | (Math.round(green / count) << 8) | Math.round(blue / count);
    }
  return { width: THUMBNAIL_WIDTH, height: THUMBNAIL_HEIGHT, colors };
}

function span(at: number, count: number, length: number): [from: number, to: number] {
  return [Math.floor((at * length) / count), Math.floor(((at + 1) * length) / count)];
}

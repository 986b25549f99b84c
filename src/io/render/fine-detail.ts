import type { FramePixels } from "../../emu/machine.ts";

/**
 * The fewest pixels of a picture with small text that differ from both neighbours in a row, or in a column:
 * strokes, and gaps between them. Measured in pictures of six programs: from 1,170 up with letters of 8 × 8
 * pixels (title pages, menus, score lines), at most 205 in Swingby, whose letters are twice as large.
 */
const SMALL_TEXT_PIXELS = 400;

/** Returns true if a picture has so much detail of single pixels that it may contain small text. */
export function hasFineDetail(pixels: FramePixels, width: number, height: number): boolean {
  let thin = 0;
  for (let y = 1; y < height - 1; y++)
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const pixel = pixels[at]!;
      if (pixel !== pixels[at - 1]! && pixel !== pixels[at + 1]!) thin++;
      if (pixel !== pixels[at - width]! && pixel !== pixels[at + width]!) thin++;
    }
  return thin >= SMALL_TEXT_PIXELS;
}

import type { FramePixels } from "../../emu/machine.ts";
import type { Palette } from "./colors/palette.ts";
import type { SourceArea } from "./scale.ts";
import type { StillPicture } from "./still-picture.ts";

/** What the pixels of a frame are: palette indices, or 0x00RRGGBB without a palette. */
export interface FrameColors {
  /** Width of a frame in pixels: the stride of its rows. */
  readonly frameWidth: number;
  readonly source: SourceArea;
  readonly palette: Palette | undefined;
}

/** The shown part of a frame as a picture at most `mostWidth` wide. */
export function stillOfFrame(
  frame: FramePixels,
  { frameWidth, source, palette }: FrameColors,
  mostWidth: number,
): StillPicture {
  const { x, y, width, height } = source;
  const colors = new Uint32Array(width * height);
  for (let row = 0, to = 0; row < height; row++) {
    const from = (y + row) * frameWidth + x;
    for (let column = 0; column < width; column++) {
      const pixel = frame[from + column]!;
      colors[to++] = palette === undefined ? pixel : palette[pixel]!;
    }
  }
  const still = { width, height, colors };
  if (width <= mostWidth) return still;
  return resized(still, mostWidth, Math.max(1, Math.round((height * mostWidth) / width)));
}

/** The picture in another size: each pixel is the mean of those under it. */
export function resized(
  { width, height, colors }: StillPicture,
  toWidth: number,
  toHeight: number,
): StillPicture {
  const out = new Uint32Array(toWidth * toHeight);
  for (let row = 0; row < toHeight; row++) {
    const top = Math.floor((row * height) / toHeight);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / toHeight));
    for (let column = 0; column < toWidth; column++) {
      const left = Math.floor((column * width) / toWidth);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / toWidth));
      out[row * toWidth + column] = meanColor(colors, width, left, right, top, bottom);
    }
  }
  return { width: toWidth, height: toHeight, colors: out };
}

function meanColor(
  colors: Uint32Array,
  stride: number,
  left: number,
  right: number,
  top: number,
  bottom: number,
): number {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const color = colors[y * stride + x]!;
      red += color >> 16;
      green += (color >> 8) & 0xff;
      blue += color & 0xff;
    }
  const count = (right - left) * (bottom - top);
  return (Math.round(red / count) << 16) | (Math.round(green / count) << 8) | Math.round(blue / count);
}

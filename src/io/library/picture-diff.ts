import { comparePixels } from "../capture/compare-pixels.ts";

/** A picture as RGB bytes, row by row. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where two pictures of the same size differ. */
export interface PictureDifference {
  readonly pixels: number;
  /** The smallest rectangle around the differences; undefined if there are none. */
  readonly box: Rectangle | undefined;
  /** 1 for each pixel that differs. */
  readonly mask: Uint8Array;
}

/** How much a channel may differ, and which areas are ignored. */
export interface PictureTolerance {
  /** Maximum difference of a channel of a pixel, 0–255; 0 by default. */
  readonly threshold?: number;
  /** Rectangles that are not compared. */
  readonly ignore?: readonly Rectangle[];
}

const MARGIN_PIXELS = 8;
/** The upper half of a character cell has the foreground colour. */
const UPPER_HALF = "▀";
const MAX_ZOOM = 8;
const PANEL_NAMES = ["expected", "actual", "difference"];
const GAP = "  ";
/** Pictures that would be small side by side are stacked, up to this many rows. */
const MAX_STACKED_ROWS = 72;

/** Compares two pictures of the same size. */
export function comparePictures(
  a: RgbPicture,
  b: RgbPicture,
  { threshold = 0, ignore = [] }: PictureTolerance = {},
): PictureDifference {
  const { count, mask } = comparePixels(a.rgb, b.rgb, threshold, (pixel) => {
    const x = pixel % a.width;
    return !ignore.some((box) => contains(box, x, (pixel - x) / a.width));
  });
  return { pixels: count, box: boxAround(mask, a.width), mask };
}

/** The smallest rectangle around the pixels of `mask`; undefined if there are none. */
function boxAround(mask: Uint8Array, width: number): Rectangle | undefined {
  let left = width;
  let top = -1;
  let right = -1;
  let bottom = -1;
  for (let at = mask.indexOf(1); at >= 0; at = mask.indexOf(1, at + 1)) {
    const x = at % width;
    bottom = (at - x) / width;
    if (top < 0) top = bottom;
    left = Math.min(left, x);
    right = Math.max(right, x);
  }
  if (top < 0) return undefined;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** The actual picture, darkened, with differences in red, for files and the third panel. */
export function differencePicture(actual: RgbPicture, { mask }: PictureDifference): RgbPicture {
  const rgb = new Uint8Array(actual.rgb.length);
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 1) rgb.set([255, 48, 64], 3 * at);
    else
      for (let channel = 0; channel < 3; channel++)
        rgb[3 * at + channel] = actual.rgb[3 * at + channel]! >> 2;
  }
  return { ...actual, rgb };
}

/**
 * Expected, actual and difference as lines for a terminal of `columns` cells. Shows the part that differs and
 * its surroundings in 24-bit colour, or, without colour, one map of the differences.
 */
export function showDifference(
  expected: RgbPicture,
  actual: RgbPicture,
  difference: PictureDifference,
  columns: number,
  inColor: boolean,
): string {
  const part = withMargin(difference.box ?? { x: 0, y: 0, width: 1, height: 1 }, expected);
  if (!inColor) return differenceMap(part, difference, expected.width, columns);
  const pictures = [expected, actual, differencePicture(actual, difference)];
  const beside = Math.max(8, Math.floor((columns - 2 * GAP.length) / pictures.length));
  const below = fit(part, columns);
  const isStacked =
    fit(part, beside).step > 2 && pictures.length * halfBlockRows(part, below.step) <= MAX_STACKED_ROWS;
  const { width, step } = isStacked ? below : fit(part, beside);
  const panels = pictures.map((picture) => halfBlocks(picture, part, width, step));
  if (isStacked) {
    return panels.flatMap((panel, index) => [PANEL_NAMES[index] ?? "", ...panel]).join("\n");
  }
  const title = PANEL_NAMES.map((name) => name.padEnd(width)).join(GAP);
  const rows = panels[0]!.map((_, row) => panels.map((panel) => panel[row]).join(GAP));
  return [title.trimEnd(), ...rows].join("\n");
}

/** The width of a part in cells so that it fits `columns`, and the number of pixels per cell. */
function fit(part: Rectangle, columns: number): { width: number; step: number } {
  const scale = Math.max(1, Math.ceil(part.width / columns));
  const zoom = Math.max(1, Math.min(MAX_ZOOM, Math.floor(columns / part.width)));
  return { width: Math.floor((part.width * zoom) / scale), step: scale / zoom };
}

function halfBlockRows(part: Rectangle, step: number): number {
  return Math.ceil(part.height / step / 2);
}

function halfBlocks(picture: RgbPicture, part: Rectangle, width: number, step: number): string[] {
  const height = halfBlockRows(part, step);
  return Array.from({ length: height }, (_, row) => {
    let line = "";
    let last = "";
    for (let column = 0; column < width; column++) {
      const upper = colorAt(picture, part, column * step, 2 * row * step, step);
      const lower = colorAt(picture, part, column * step, (2 * row + 1) * step, step);
      const style = `\x1b[38;2;${upper}m\x1b[48;2;${lower}m`;
      line += style === last ? UPPER_HALF : style + UPPER_HALF;
      last = style;
    }
    return `${line}\x1b[0m`;
  });
}

/** The colour of a cell as "r;g;b": the mean of its pixels, or red if any of them is marked red. */
function colorAt(picture: RgbPicture, part: Rectangle, x: number, y: number, step: number): string {
  const size = Math.max(1, Math.floor(step));
  const sum = [0, 0, 0];
  let count = 0;
  for (let dy = 0; dy < size; dy++) {
    for (let dx = 0; dx < size; dx++) {
      const px = part.x + Math.floor(x) + dx;
      const py = part.y + Math.floor(y) + dy;
      if (px >= part.x + part.width || py >= part.y + part.height) continue;
      const at = 3 * (py * picture.width + px);
      const [red = 0, green = 0, blue = 0] = picture.rgb.subarray(at, at + 3);
      if (red === 255 && green === 48 && blue === 64) return "255;48;64";
      sum[0]! += red;
      sum[1]! += green;
      sum[2]! += blue;
      count++;
    }
  }
  return sum.map((channel) => Math.round(channel / Math.max(1, count))).join(";");
}

function differenceMap(part: Rectangle, { mask }: PictureDifference, width: number, columns: number): string {
  const step = Math.max(1, Math.ceil(part.width / columns));
  const lines: string[] = [];
  for (let y = part.y; y < part.y + part.height; y += 2 * step) {
    let line = "";
    for (let x = part.x; x < part.x + part.width; x += step) {
      let found = false;
      for (let dy = 0; dy < 2 * step && y + dy < part.y + part.height; dy++) {
        for (let dx = 0; dx < step && x + dx < part.x + part.width; dx++) {
          found ||= mask[(y + dy) * width + x + dx] === 1;
        }
      }
      line += found ? "#" : ".";
    }
    lines.push(line);
  }
  return lines.join("\n");
}

function withMargin({ x, y, width, height }: Rectangle, picture: RgbPicture): Rectangle {
  const left = Math.max(0, x - MARGIN_PIXELS);
  const top = Math.max(0, y - MARGIN_PIXELS);
  const right = Math.min(picture.width, x + width + MARGIN_PIXELS);
  const bottom = Math.min(picture.height, y + height + MARGIN_PIXELS);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function contains(box: Rectangle, x: number, y: number): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

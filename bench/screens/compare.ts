/** Finds a picture in a screenshot and reports where they differ. */
import { nearestMap } from "../../src/io/render/scale.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB by pixel. */
  readonly pixels: Uint32Array;
}

export interface Comparison {
  /** The position of the picture in the screenshot. */
  readonly x: number;
  readonly y: number;
  readonly pixels: number;
  /** Number of pixels with another colour, and the largest difference of a component among them. */
  readonly different: number;
  readonly largestDifference: number;
  /** Number of pixels that differ by more than `SLIGHT` in a component: sixels give colours in percent. */
  readonly clearlyDifferent: number;
  /** Number of those whose colour is not in a neighbouring pixel either: scaling can round differently. */
  readonly wrong: number;
}

const SLIGHT = 3;
/** Number of the picture's pixels that are compared to find its position. */
const SAMPLES = 400;

/**
 * Scales a frame as a terminal does: each of `width × height` pixels shows the frame's pixel at its centre.
 */
export function scaled(frame: Uint16Array, palette: Uint32Array, width: number, height: number): Picture {
  const pixels = new Uint32Array(width * height);
  const across = nearestMap(width, 0, 256);
  const down = nearestMap(height, 0, 240);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels[y * width + x] = palette[frame[down[y]! * 256 + across[x]!]!]!;
  return { width, height, pixels };
}

/**
 * A frame as half-blocks show it, in cells of `cellWidth × cellHeight` pixels of which the upper `half` are
 * the upper dot. Fonts may round the half up or down.
 */
export function dotted(
  frame: Uint16Array,
  palette: Uint32Array,
  columns: number,
  rows: number,
  cellWidth: number,
  cellHeight: number,
  half: number,
): Picture {
  const dots = scaled(frame, palette, columns, rows * 2);
  const width = columns * cellWidth;
  const height = rows * cellHeight;
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cellHeight) * 2 + (y % cellHeight < half ? 0 : 1);
    for (let x = 0; x < width; x++)
      pixels[y * width + x] = dots.pixels[row * columns + Math.floor(x / cellWidth)]!;
  }
  return { width, height, pixels };
}

function difference(one: number, other: number): number {
  return Math.max(
    Math.abs((one >> 16) - (other >> 16)),
    Math.abs(((one >> 8) & 255) - ((other >> 8) & 255)),
    Math.abs((one & 255) - (other & 255)),
  );
}

/** Searches `screen` for `picture` and compares it at the best position. */
export function compare(screen: Picture, picture: Picture): Comparison {
  const { width, height, pixels } = picture;
  const samples = Array.from({ length: SAMPLES }, (_, index) => {
    const at = Math.floor(((index * 2_654_435_761) % 2 ** 32) * (pixels.length / 2 ** 32));
    return { x: at % width, y: Math.floor(at / width), color: pixels[at]! };
  });
  let best = { x: 0, y: 0, misses: SAMPLES + 1 };
  for (let y = 0; y + height <= screen.height; y++)
    for (let x = 0; x + width <= screen.width; x++) {
      let misses = 0;
      for (let i = 0; i < SAMPLES && misses < best.misses; i++) {
        const sample = samples[i]!;
        const shown = screen.pixels[(y + sample.y) * screen.width + x + sample.x]!;
        if (shown !== sample.color && difference(shown, sample.color) > SLIGHT) misses++;
      }
      if (misses < best.misses) best = { x, y, misses };
    }
  let different = 0;
  let clearlyDifferent = 0;
  let wrong = 0;
  let largestDifference = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const shown = screen.pixels[(best.y + y) * screen.width + best.x + x]!;
      const by = difference(shown, pixels[y * width + x]!);
      if (by === 0) continue;
      different++;
      if (by > SLIGHT) {
        clearlyDifferent++;
        if (!standsBeside(screen, best.x + x, best.y + y, pixels[y * width + x]!)) wrong++;
      }
      largestDifference = Math.max(largestDifference, by);
    }
  return {
    x: best.x,
    y: best.y,
    pixels: pixels.length,
    different,
    largestDifference,
    clearlyDifferent,
    wrong,
  };
}

function standsBeside(screen: Picture, x: number, y: number, color: number): boolean {
  for (let down = -1; down <= 1; down++)
    for (let across = -1; across <= 1; across++) {
      const shown = screen.pixels[(y + down) * screen.width + x + across];
      if (shown !== undefined && difference(shown, color) <= SLIGHT) return true;
    }
  return false;
}

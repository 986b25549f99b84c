import type { ScaleMode } from "./scale.ts";

/** A weight of this much is the whole pixel. */
export const WHOLE_WEIGHT = 256;

/**
 * How `length` source pixels are spread over `count` pixels of the terminal along one axis, by area: each
 * pixel of the terminal shows one source pixel, or a mixture where the edge between two of them lies in it.
 * No source pixel is then wider than another by more than that edge, where taking the nearest pixel makes
 * some a whole pixel wider.
 */
export interface AreaAxis {
  /** By source pixel: the first pixel that shows it alone, and the end of those pixels. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /**
   * By source pixel: the weight of the next one in the pixel at `ends`, in 256ths; 0 if the edge lies between
   * two pixels.
   */
  readonly weights: Int32Array;
}

/**
 * Spreads a source over pixels, of which there are as many as source pixels or more. With `integer`, what
 * whole multiples leave free lies on both sides.
 */
export function areaAxis(count: number, length: number, mode: ScaleMode): AreaAxis {
  const used = mode === "integer" ? count - (count % length) : count;
  const first = (count - used) >> 1;
  const starts = new Int32Array(length);
  const ends = new Int32Array(length);
  const weights = new Int32Array(length);
  let start = first;
  for (let at = 0; at < length; at++) {
    // The edge to the next source pixel, in whole pixels and in parts of one.
    const whole = Math.floor(((at + 1) * used) / length);
    const part = ((at + 1) * used) % length;
    const weight = part === 0 ? 0 : Math.round(((length - part) / length) * WHOLE_WEIGHT);
    // Where the mixture would show the first source pixel alone, it is one of its whole pixels.
    const isFirstAlone = part > 0 && weight === 0;
    const isMixed = weight > 0 && weight < WHOLE_WEIGHT;
    starts[at] = start;
    ends[at] = first + whole + (isFirstAlone ? 1 : 0);
    weights[at] = isMixed ? weight : 0;
    start = ends[at]! + (isMixed ? 1 : 0);
  }
  return { starts, ends, weights };
}

/** Size of a picture in the terminal's pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Most pixels that emu scales itself. Larger pictures take too much memory to send 60 times a second, and the
 * terminal's rounding shows less in them: their pixels are at least six of the terminal's wide.
 */
const MAX_PIXELS = 2 ** 21;

/**
 * True if a terminal that takes the nearest pixels would draw a picture of this size with uneven pixels, and
 * emu can do better. Smaller pictures than the source, and whole multiples, are the terminal's work.
 */
export function needsAreaScaling(from: PixelSize, to: PixelSize): boolean {
  if (to.width < from.width || to.height < from.height) return false;
  if (to.width * to.height > MAX_PIXELS) return false;
  return to.width % from.width !== 0 || to.height % from.height !== 0;
}

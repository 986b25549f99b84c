import type { PlacementMode } from "./scale.ts";

/** The weight of a whole pixel. */
export const WHOLE_WEIGHT = 256;

/**
 * How `length` source pixels are spread over `count` pixels of the terminal along one axis, by area: each
 * pixel of the terminal shows one source pixel, or a mixture of two if their edge lies in it. All source
 * pixels then look equally wide. Taking the nearest pixel makes some of them a whole pixel wider than others.
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
 * Spreads `length` source pixels over `count` pixels, which must be at least as many. With `integer`, all
 * source pixels have the same whole width, and the pixels that remain free are on both sides.
 */
export function areaAxis(count: number, length: number, mode: PlacementMode): AreaAxis {
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
    // A mixture of weight 0 shows the first source pixel alone, so it counts as one of its whole pixels.
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
 * Maximum number of pixels that emu scales itself. Larger pictures take too much memory to send 60 times a
 * second, and the terminal's rounding shows less in them, because their pixels are at least six of the
 * terminal's wide.
 */
const MAX_PIXELS = 2 ** 21;

/**
 * Returns true if a terminal that takes the nearest pixels would draw a picture of this size with uneven
 * pixels, and emu can do better. The terminal scales pictures that are smaller than the source or a whole
 * multiple of it.
 */
export function needsAreaScaling(from: PixelSize, to: PixelSize): boolean {
  if (to.width < from.width || to.height < from.height) return false;
  if (to.width * to.height > MAX_PIXELS) return false;
  return to.width % from.width !== 0 || to.height % from.height !== 0;
}

/** The difference between two pictures of one size. */
export interface PixelsCompared {
  /** Number of pixels that differ. */
  readonly count: number;
  /** The first of them, counted row by row; -1 if there are none. */
  readonly first: number;
  /** The largest difference of a colour channel among them, 0 to 255. */
  readonly largest: number;
  /** 1 for each pixel that differs. */
  readonly mask: Uint8Array;
}

/**
 * Compares two pictures of red, green and blue bytes. A pixel differs if a channel differs by more than
 * `tolerance` (0 to 255). Only pixels for which `isCompared` returns true, given their index, are compared.
 */
export function comparePixels(
  a: Uint8Array,
  b: Uint8Array,
  tolerance: number,
  isCompared: (pixel: number) => boolean,
): PixelsCompared {
  const mask = new Uint8Array(a.length / 3);
  let count = 0;
  let first = -1;
  let largest = 0;
  for (let pixel = 0, at = 0; pixel < mask.length; pixel++, at += 3) {
    const distance = Math.max(
      Math.abs(a[at]! - b[at]!),
      Math.abs(a[at + 1]! - b[at + 1]!),
      Math.abs(a[at + 2]! - b[at + 2]!),
    );
    if (distance <= tolerance || !isCompared(pixel)) continue;
    if (first < 0) first = pixel;
    largest = Math.max(largest, distance);
    mask[pixel] = 1;
    count++;
  }
  return { count, first, largest, mask };
}

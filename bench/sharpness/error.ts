/** How far a picture is from the true one. */
export interface PictureError {
  /** Mean distance of pixels in the OKLab space, in percent of that between black and white. */
  readonly deltaE: number;
  /** Mean structural similarity of brightness in blocks of 8 × 8 pixels: 1 is equal. */
  readonly ssim: number;
}

const BLOCK = 8;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** Compares two pictures of 0xRRGGBB. */
export function pictureError(one: Int32Array, other: Int32Array, width: number): PictureError {
  const lights = [one, other].map((picture) => Float64Array.from(picture, (color) => okLab(color)[0]));
  let sum = 0;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) sum += distance(one[at]!, other[at]!);
  const height = one.length / width;
  let similarity = 0;
  let blocks = 0;
  for (let y = 0; y + BLOCK <= height; y += BLOCK)
    for (let x = 0; x + BLOCK <= width; x += BLOCK) {
      similarity += blockSimilarity(lights[0]!, lights[1]!, y * width + x, width);
      blocks++;
    }
  return { deltaE: (100 * sum) / one.length, ssim: similarity / blocks };
}

function blockSimilarity(one: Float64Array, other: Float64Array, start: number, width: number): number {
  let [sumOne, sumOther, squareOne, squareOther, product] = [0, 0, 0, 0, 0];
  for (let y = 0; y < BLOCK; y++)
    for (let x = 0; x < BLOCK; x++) {
      const a = one[start + y * width + x]!;
      const b = other[start + y * width + x]!;
      sumOne += a;
      sumOther += b;
      squareOne += a * a;
      squareOther += b * b;
      product += a * b;
    }
  const count = BLOCK * BLOCK;
  const meanOne = sumOne / count;
  const meanOther = sumOther / count;
  const varianceOne = squareOne / count - meanOne ** 2;
  const varianceOther = squareOther / count - meanOther ** 2;
  const covariance = product / count - meanOne * meanOther;
  const light = (2 * meanOne * meanOther + C1) / (meanOne ** 2 + meanOther ** 2 + C1);
  return (light * (2 * covariance + C2)) / (varianceOne + varianceOther + C2);
}

const known = new Map<number, readonly [number, number, number]>();

/** https://bottosson.github.io/posts/oklab/ */
function okLab(color: number): readonly [number, number, number] {
  const cached = known.get(color);
  if (cached !== undefined) return cached;
  const [r, g, b] = [color >> 16, (color >> 8) & 0xff, color & 0xff].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const lab = [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ] as const;
  known.set(color, lab);
  return lab;
}

function distance(one: number, other: number): number {
  const [l1, a1, b1] = okLab(one);
  const [l2, a2, b2] = okLab(other);
  return Math.hypot(l1 - l2, a1 - a2, b1 - b2);
}

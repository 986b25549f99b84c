import { type SideShares, sideShares } from "./area-resizer.ts";
import { channelsOf, type PixelLayout } from "./pixel-layout.ts";

/**
 * A frame of 0x00RRGGBB as a picture for a program: cropped and resized by area, in red, green and blue or in
 * grey, the luma of ITU-R BT.601. Frames have rows of `frameWidth` pixels. All sums are whole numbers, so a
 * mean of exactly a half is always rounded up, as `AreaResizer` does.
 */
export function convertRgb(frame: Uint32Array, frameWidth: number, layout: PixelLayout): Uint8Array {
  const { format, crop, width, height } = layout;
  const channels = channelsOf(format);
  const picture = new Uint8Array(width * height * channels);
  const columns = spansOf(crop.width, width);
  const rows = spansOf(crop.height, height);
  const sums = new Float64Array(channels);
  const area = crop.width * crop.height;
  let to = 0;
  for (const { from: top, units: rowUnits } of rows)
    for (const { from: left, units: columnUnits } of columns) {
      sums.fill(0);
      for (const [y, unitsDown] of rowUnits.entries()) {
        const row = (crop.y + top + y) * frameWidth + crop.x + left;
        for (const [x, unitsAcross] of columnUnits.entries())
          addColor(sums, frame[row + x]!, unitsDown * unitsAcross);
      }
      for (const sum of sums) picture[to++] = Math.floor((2 * sum + area) / (2 * area));
    }
  return picture;
}

function addColor(sums: Float64Array, color: number, units: number): void {
  const [red, green, blue] = [(color >> 16) & 0xff, (color >> 8) & 0xff, color & 0xff];
  if (sums.length === 1) {
    sums[0]! += units * Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
    return;
  }
  sums[0]! += units * red;
  sums[1]! += units * green;
  sums[2]! += units * blue;
}

/** The first source pixel under an output pixel, and the units of each from there on. */
interface Span {
  readonly from: number;
  readonly units: readonly number[];
}

function spansOf(source: number, output: number): Span[] {
  const shares = sideShares(source, output);
  return Array.from({ length: output }, (_, at) => spanAt(shares, at, output));
}

function spanAt({ begun, whole, rest, from }: SideShares, at: number, output: number): Span {
  const isBegun = begun[at]! > 0;
  const units = new Array<number>(whole[at]!).fill(output);
  if (isBegun) units.unshift(begun[at]!);
  if (rest[at]! > 0) units.push(rest[at]!);
  return { from: from[at]! - (isBegun ? 1 : 0), units };
}

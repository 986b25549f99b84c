import { channelsOf, type PixelLayout } from "./pixel-layout.ts";

/**
 * A frame of 0x00RRGGBB as a picture for a program: cropped and resized by area, in red, green and blue or in
 * grey, the luma of ITU-R BT.601. Frames have rows of `frameWidth` pixels.
 */
export function convertRgb(frame: Uint32Array, frameWidth: number, layout: PixelLayout): Uint8Array {
  const { format, crop, width, height } = layout;
  const channels = channelsOf(format);
  const picture = new Uint8Array(width * height * channels);
  const columns = sharesOf(crop.width, width);
  const rows = sharesOf(crop.height, height);
  const sums = new Float64Array(channels);
  let to = 0;
  for (const { from: top, shares: rowShares } of rows)
    for (const { from: left, shares: columnShares } of columns) {
      sums.fill(0);
      for (const [y, rowShare] of rowShares.entries()) {
        const row = (crop.y + top + y) * frameWidth + crop.x + left;
        for (const [x, columnShare] of columnShares.entries())
          addColor(sums, frame[row + x]!, rowShare * columnShare);
      }
      for (const sum of sums) picture[to++] = Math.round(sum);
    }
  return picture;
}

function addColor(sums: Float64Array, color: number, share: number): void {
  const [red, green, blue] = [(color >> 16) & 0xff, (color >> 8) & 0xff, color & 0xff];
  if (sums.length === 1) {
    sums[0]! += share * Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
    return;
  }
  sums[0]! += share * red;
  sums[1]! += share * green;
  sums[2]! += share * blue;
}

/**
 * For each output pixel of a side, the first source pixel under it, and the shares of those from there on.
 */
function sharesOf(source: number, output: number): { readonly from: number; readonly shares: number[] }[] {
  const perPixel = source / output;
  return Array.from({ length: output }, (_, at) => {
    const [start, end] = [at * perPixel, (at + 1) * perPixel];
    const from = Math.floor(start);
    const count = Math.max(1, Math.min(source, Math.ceil(end - 1e-9)) - from);
    const shares = Array.from(
      { length: count },
      (_, i) => (Math.min(end, from + i + 1) - Math.max(start, from + i)) / perPixel,
    );
    return { from, shares };
  });
}

/** Pictures that programs can ask for: any crop of a frame, in RGB or grey, of any size. */
import fc from "fast-check";
import { pixelLayout } from "../../src/io/capture/pixel-layout.ts";

export const FRAME = { width: 256, height: 240 };

export const pictureLayouts = fc
  .record({
    format: fc.constantFrom("rgb" as const, "gray" as const),
    x: fc.nat(255),
    y: fc.nat(239),
    right: fc.nat(255),
    bottom: fc.nat(239),
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 300 }),
  })
  .map(({ format, x, y, right, bottom, width, height }) => {
    const crop = {
      x: Math.min(x, right),
      y: Math.min(y, bottom),
      width: Math.abs(x - right) + 1,
      height: Math.abs(y - bottom) + 1,
    };
    return pixelLayout({ format, crop, width, height }, FRAME);
  });

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PixelConverter } from "../../../src/io/capture/pixel-converter.ts";
import { pixelLayout } from "../../../src/io/capture/pixel-layout.ts";
import { decodePalette } from "../../../src/io/render/colors/palette.ts";
import { FRAME, pictureLayouts } from "../../support/picture-layouts.ts";
import { soakSize } from "../../support/soak.ts";

const palette = decodePalette();

/** A change of a frame: a rectangle of one pixel value, in the last frame, the one before, or both. */
const changes = fc.record({
  x: fc.nat(255),
  y: fc.nat(239),
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 20 }),
  value: fc.nat(511),
  isInLast: fc.boolean(),
  isInPrevious: fc.boolean(),
});

const usual = fc.constantFrom(
  pixelLayout({ format: "gray", width: 84, height: 84 }, FRAME),
  pixelLayout({ format: "gray", width: 64, height: 60 }, FRAME),
  pixelLayout({ width: 96, height: 90, crop: { x: 8, y: 16, width: 240, height: 208 } }, FRAME),
);

type Change = typeof changes extends fc.Arbitrary<infer Value> ? Value : never;

function change(frame: Uint16Array, { x, y, width, height, value }: Change): void {
  for (let row = y; row < Math.min(y + height, FRAME.height); row++)
    frame.fill(value, row * FRAME.width + x, row * FRAME.width + Math.min(x + width, FRAME.width));
}

describe("a memory of pictures", () => {
  test("gives the pictures that are made without it", () => {
    const pictures = fc.array(fc.tuple(fc.array(changes, { maxLength: 3 }), fc.boolean()), { maxLength: 12 });
    const property = fc.property(fc.oneof(usual, pictureLayouts), pictures, (layout, steps) => {
      const converter = new PixelConverter(palette, layout, FRAME.width);
      const memory = converter.newMemory();
      const [last, previous] = [0, 1].map(() => new Uint16Array(FRAME.width * FRAME.height));
      const wanted = Buffer.alloc(converter.bytes);
      const into = Buffer.alloc(converter.bytes + 2, 0xaa);
      for (const [rectangles, isBrighter] of steps) {
        for (const rectangle of rectangles) {
          if (rectangle.isInLast) change(last!, rectangle);
          if (rectangle.isInPrevious) change(previous!, rectangle);
        }
        const other = isBrighter ? previous : last;
        new PixelConverter(palette, layout, FRAME.width).convert(last!, wanted, 0, other);
        converter.convert(last!, into, 1, other, memory);
        expect(into.subarray(1, -1).equals(wanted)).toBe(true);
        expect([into[0], into.at(-1)]).toEqual([0xaa, 0xaa]);
      }
    });
    fc.assert(property, { numRuns: soakSize(60, 3000) });
  });

  test("does not depend on the array that the last picture was written to", () => {
    const layout = pixelLayout({ format: "gray", width: 84, height: 84 }, FRAME);
    const converter = new PixelConverter(palette, layout, FRAME.width);
    const frame = new Uint16Array(FRAME.width * FRAME.height).map((_, at) => at % 64);
    const memory = converter.newMemory()!;
    const [first, second] = [Buffer.alloc(converter.bytes), Buffer.alloc(converter.bytes)];
    converter.convert(frame, first, 0, frame, memory);
    const wanted = Buffer.from(first);
    first.fill(0);
    converter.convert(frame, second, 0, frame, memory);
    expect(second.equals(wanted)).toBe(true);
  });

  test("is only for pictures that are resized and small", () => {
    const memoryOf = (options: object) =>
      new PixelConverter(palette, pixelLayout(options, FRAME), FRAME.width).newMemory();
    expect(memoryOf({ format: "gray", width: 84, height: 84 })).toBeDefined();
    expect(memoryOf({ format: "gray" })).toBeUndefined();
    expect(memoryOf({ format: "indices", width: 84, height: 84 })).toBeUndefined();
    expect(memoryOf({ width: 2048, height: 2048 })).toBeUndefined();
  });
});

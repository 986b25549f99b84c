import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SharpScaler } from "../../../src/io/export/page/sharp-scaler.ts";

const SOURCE = { width: 6, height: 5 };

/** The share of each source pixel under target pixel `at` of a side. */
function sharesOf(at: number, source: number, target: number): number[] {
  const [start, end] = [(at * source) / target, ((at + 1) * source) / target];
  return Array.from({ length: source }, (_, i) =>
    Math.max(0, (Math.min(end, i + 1) - Math.max(start, i)) / (end - start)),
  );
}

/** The mean of the source pixels under each target pixel, by area: what the scaler must come close to. */
function expected(pixels: Uint32Array, width: number, height: number): number[][] {
  return Array.from({ length: width * height }, (_, at) => {
    const columns = sharesOf(at % width, SOURCE.width, width);
    const rows = sharesOf(Math.floor(at / width), SOURCE.height, height);
    return [0, 8, 16, 24].map((shift) => {
      let sum = 0;
      for (const [y, row] of rows.entries())
        for (const [x, column] of columns.entries())
          sum += row * column * ((pixels[y * SOURCE.width + x]! >>> shift) & 0xff);
      return sum;
    });
  });
}

function expectClose(words: Uint32Array, means: readonly (readonly number[])[]): void {
  for (const [at, mean] of means.entries())
    for (const [byte, value] of mean.entries())
      expect(Math.abs(((words[at]! >>> (8 * byte)) & 0xff) - value)).toBeLessThanOrEqual(3);
}

const picture = fc
  .array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 30, maxLength: 30 })
  .map((pixels) => Uint32Array.from(pixels));

describe("SharpScaler", () => {
  test("each target pixel is the mean of what it covers, at any size", () => {
    fc.assert(
      fc.property(
        picture,
        fc.integer({ min: 6, max: 40 }),
        fc.integer({ min: 5, max: 40 }),
        (pixels, width, height) => {
          const words = new Uint32Array(width * height);
          const { top, rows } = new SharpScaler(SOURCE, { width, height, words }).scale(pixels);
          expect([top, rows]).toEqual([0, height]);
          expectClose(words, expected(pixels, width, height));
        },
      ),
    );
  });

  test("whole multiples copy the pixels exactly", () => {
    const pixels = Uint32Array.from({ length: 30 }, (_, at) => (0xff00_0000 | (at * 0x01_23_45)) >>> 0);
    const words = new Uint32Array(18 * 10);
    new SharpScaler(SOURCE, { width: 18, height: 10, words }).scale(pixels);
    for (let y = 0; y < 10; y++)
      for (let x = 0; x < 18; x++) expect(words[y * 18 + x]).toBe(pixels[(y >> 1) * 6 + Math.floor(x / 3)]!);
  });

  test("after any changes the target equals that of a new scaler, and only the rows it names have changed", () => {
    const change = fc.array(fc.tuple(fc.nat(29), fc.integer({ min: 0, max: 0xffff_ffff })), { maxLength: 4 });
    fc.assert(
      fc.property(
        picture,
        fc.array(change, { maxLength: 5 }),
        fc.integer({ min: 6, max: 20 }),
        fc.integer({ min: 5, max: 20 }),
        (first, changes, width, height) => {
          const pixels = first.slice();
          const words = new Uint32Array(width * height);
          const scaler = new SharpScaler(SOURCE, { width, height, words });
          scaler.scale(pixels);
          for (const list of changes) {
            for (const [at, value] of list) pixels[at] = value;
            const before = words.slice();
            const { top, rows } = scaler.scale(pixels);
            const fresh = new Uint32Array(width * height);
            new SharpScaler(SOURCE, { width, height, words: fresh }).scale(pixels);
            expect(words).toEqual(fresh);
            expect(words.subarray(0, top * width)).toEqual(before.subarray(0, top * width));
            expect(words.subarray((top + rows) * width)).toEqual(before.subarray((top + rows) * width));
          }
        },
      ),
    );
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RENDERERS, windowForText } from "../../../src/io/render/encoders.ts";
import { MIN_COLUMNS, MIN_ROWS, nearestMap, ownerMap, placePicture } from "../../../src/io/render/scale.ts";

const NES = { x: 0, y: 0, width: 256, height: 240, pixelAspect: 8 / 7 };
const NES_ASPECT = (256 * 8) / 7 / 240;

describe("placePicture", () => {
  test("fills as much of every window as possible, with an aspect error below half a cell", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: MIN_COLUMNS, max: 800 }),
        fc.integer({ min: MIN_ROWS, max: 400 }),
        fc.integer({ min: 4, max: 30 }),
        fc.integer({ min: 4, max: 60 }),
        (columns, rows, cellWidthPixels, cellHeightPixels) => {
          const window = { columns, rows, cellWidthPixels, cellHeightPixels };
          const { left, top, ...size } = placePicture(window, NES, "fit", 1, 2)!;
          expect(left + size.columns).toBeLessThanOrEqual(columns);
          expect(top + size.rows).toBeLessThanOrEqual(rows);
          expect(size.columns === columns || size.rows === rows).toBe(true);
          const width = size.columns * cellWidthPixels;
          const height = size.rows * cellHeightPixels;
          const off = Math.min(
            Math.abs(width - height * NES_ASPECT) / cellWidthPixels,
            Math.abs(height - width / NES_ASPECT) / cellHeightPixels,
          );
          // Windows of a single row or column leave no choice.
          if (size.columns > 1 && size.rows > 1) expect(off).toBeLessThanOrEqual(0.51);
        },
      ),
    );
  });

  test.each([
    [80, 24, { columns: 59, rows: 24, left: 10, top: 0 }],
    [300, 120, { columns: 293, rows: 120, left: 3, top: 0 }],
    [100, 100, { columns: 100, rows: 41, left: 0, top: 29 }],
  ])("fits a window of %d x %d", (columns, rows, expected) => {
    const window = { columns, rows, cellWidthPixels: 8, cellHeightPixels: 16 };
    expect(placePicture(window, NES, "fit", 1, 2)).toEqual(expected);
  });

  test.each([
    [19, 24],
    [80, 7],
  ])("finds %d x %d too small", (columns, rows) => {
    const window = { columns, rows, cellWidthPixels: 8, cellHeightPixels: 16 };
    expect(placePicture(window, NES, "fit", 1, 2)).toBeUndefined();
    expect(placePicture(window, NES, "integer", 1, 2)).toBeUndefined();
  });

  test.each([
    [300, 130, 1, { columns: 256, rows: 120 }],
    [600, 260, 1, { columns: 512, rows: 240 }],
    [200, 100, 8 / 7, { columns: 200, rows: 82 }],
  ])("shows whole pixels in a window of %d x %d", (columns, rows, pixelAspect, expected) => {
    const window = { columns, rows, cellWidthPixels: 8, cellHeightPixels: 16 };
    expect(placePicture(window, { ...NES, pixelAspect }, "integer", 1, 2)).toMatchObject(expected);
  });
});

describe("sampling maps", () => {
  test("owners include every source pixel when shrinking", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), (count) => {
        const owners = ownerMap(count, 256);
        expect(new Set(owners).size).toBe(count);
        expect(owners[0]).toBe(0);
        expect(owners[255]).toBe(count - 1);
      }),
    );
  });

  test("repeat pixels evenly when growing", () => {
    expect([...nearestMap(6, 10, 3)]).toEqual([10, 10, 11, 11, 12, 12]);
  });
});

test("the window that is advised for text is the smallest that needs no advice", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...RENDERERS),
      fc.integer({ min: MIN_COLUMNS, max: 300 }),
      fc.integer({ min: MIN_ROWS, max: 150 }),
      fc.integer({ min: 5, max: 14 }),
      (renderer, columns, rows, cellWidthPixels) => {
        const cell = { cellWidthPixels, cellHeightPixels: 2 * cellWidthPixels };
        const advice = (window: { columns: number; rows: number }) =>
          windowForText(renderer, { window: { ...window, ...cell }, source: NES, scale: "fit" });
        const wanted = advice({ columns, rows });
        if (wanted === undefined) return;
        expect(/^(kitty|iterm|sixel)/.test(renderer)).toBe(false);
        expect(advice(wanted)).toBeUndefined();
        expect(advice({ ...wanted, columns: wanted.columns - 1 })).toEqual(wanted);
      },
    ),
  );
});

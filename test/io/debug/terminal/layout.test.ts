import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Area, layoutOf } from "../../../../src/io/debug/terminal/layout.ts";

function overlaps(a: Area, b: Area): boolean {
  return (
    a.row < b.row + b.rows &&
    b.row < a.row + a.rows &&
    a.column < b.column + b.columns &&
    b.column < a.column + a.columns
  );
}

test("in windows of any size, areas are inside and do not overlap", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 150 }), (columns, rows) => {
      const areas = Object.values(layoutOf(columns, rows)) as readonly Area[];
      for (const [at, area] of areas.entries()) {
        if (area.rows === 0) continue;
        expect(Math.min(area.row, area.column, area.rows)).toBeGreaterThanOrEqual(0);
        expect(area.columns).toBeGreaterThanOrEqual(0);
        expect(area.row + area.rows).toBeLessThanOrEqual(rows);
        expect(area.column + area.columns).toBeLessThanOrEqual(columns);
        for (const other of areas.slice(at + 1)) {
          if (other.rows > 0) expect(overlaps(area, other)).toBe(false);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("80 × 24 has room for everything", () => {
  const { picture, code, registers, memory, stack, watches } = layoutOf(80, 24);
  expect(picture).toMatchObject({ row: 0, column: 0, columns: 33, rows: 13 });
  expect(code.rows).toBeGreaterThanOrEqual(12);
  expect(code.columns).toBeGreaterThanOrEqual(45);
  expect([registers.rows, memory.rows, stack.rows, watches.rows]).toEqual([4, 5, 9, 9]);
});

test("smaller windows have code before everything else", () => {
  for (const [columns, rows] of [
    [79, 24],
    [80, 20],
    [40, 10],
    [20, 5],
  ] as const) {
    const { picture, code } = layoutOf(columns, rows);
    expect(picture.rows).toBe(0);
    expect(code.rows).toBeGreaterThanOrEqual(3);
  }
});

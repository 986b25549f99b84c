import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PLAIN_CAPABILITIES } from "../../../../src/io/render/encoder.ts";
import { kittyControl, kittyParts } from "../../../../src/io/render/pixels/kitty.ts";
import type { CellRectangle } from "../../../../src/io/render/scale.ts";
import { StillPainter } from "../../../../src/io/render/still-picture.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

const rectangle = (most: number): fc.Arbitrary<CellRectangle> =>
  fc.record({
    left: fc.nat(most),
    top: fc.nat(most),
    columns: fc.integer({ min: 1, max: most }),
    rows: fc.integer({ min: 1, max: most }),
  });

const ESC = "\x1b";
const PART = new RegExp(
  String.raw`${ESC}\[(\d+);(\d+)H${ESC}_Ga=p,i=1,p=\d,q=2,C=1,x=(\d+),y=(\d+),w=(\d+),h=(\d+),c=(\d+),r=(\d+)${ESC}\\`,
  "g",
);

describe("kitty images behind a menu", () => {
  test("show exactly the cells around the menu, each with its part of the picture", () => {
    fc.assert(
      fc.property(rectangle(12), rectangle(14), (placement, hole) => {
        const size = { width: 240, height: 120 };
        const shown = new Map<string, number>();
        for (const match of kittyParts({ hole }, placement, size).matchAll(PART)) {
          const [row, column, x, y, width, height, columns, rows] = match.slice(1).map(Number) as number[];
          expect(x!).toBe(Math.round(((column! - 1 - placement.left) * 240) / placement.columns));
          expect(y!).toBe(Math.round(((row! - 1 - placement.top) * 120) / placement.rows));
          expect(x! + width!).toBeLessThanOrEqual(240);
          expect(y! + height!).toBeLessThanOrEqual(120);
          expect(Math.min(width!, height!)).toBeGreaterThan(0);
          for (let down = 0; down < rows!; down++)
            for (let across = 0; across < columns!; across++) {
              const cell = `${row! - 1 + down} ${column! - 1 + across}`;
              shown.set(cell, (shown.get(cell) ?? 0) + 1);
            }
        }
        const isIn = ({ left, top, columns, rows }: CellRectangle, row: number, column: number) =>
          row >= top && row < top + rows && column >= left && column < left + columns;
        for (let row = 0; row < 30; row++)
          for (let column = 0; column < 30; column++) {
            const isShown = isIn(placement, row, column) && !isIn(hole, row, column);
            expect(shown.get(`${row} ${column}`) ?? 0).toBe(isShown ? 1 : 0);
          }
      }),
    );
  });

  test("are shown whole and at once without a menu", () => {
    const placement = { left: 1, top: 2, columns: 30, rows: 10 };
    expect(kittyParts({}, placement, { width: 256, height: 240 })).toBe("");
    expect(kittyControl("f=100", placement, {})).toBe("\x1b_Ga=T,f=100,i=1,q=2,p=1,C=1,c=30,r=10");
  });
});

describe("StillPainter", () => {
  const picture = { width: 256, height: 240, colors: new Uint32Array(256 * 240).fill(0xff0000) };
  const area = { left: 5, top: 2, columns: 30, rows: 10 };
  const cells = { cellWidthPixels: 8, cellHeightPixels: 16 };

  test("draws into its rectangle only", async () => {
    const painter = new StillPainter({ renderer: "quadrant", capabilities: PLAIN_CAPABILITIES, ...cells });
    const terminal = new VirtualTerminal(50, 15);
    await terminal.write(painter.paint(picture, area));
    expect(terminal.cell(6, 20).background).toBe(0xff0000);
    for (const [row, column] of [
      [6, 4],
      [6, 35],
      [1, 20],
      [12, 20],
    ] as const)
      expect(terminal.cell(row, column)).toEqual({ char: " ", foreground: -1, background: -1 });
    expect(painter.remove).toBe("");
  });

  test.each(["kitty", "kitty-shm"] as const)("keeps its image apart from the game's: %s", (renderer) => {
    const painter = new StillPainter({ renderer, capabilities: PLAIN_CAPABILITIES, ...cells });
    const bytes = new TextDecoder().decode(painter.paint(picture, area));
    expect(bytes).toContain("a=T,f=100,i=2,");
    expect(painter.remove).toContain("a=d,d=I,i=2");
    expect(new TextDecoder().decode(painter.paint(picture, { ...area, columns: 3 }))).toBe("");
  });
});

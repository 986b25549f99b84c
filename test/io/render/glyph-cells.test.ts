import { describe, expect, test } from "bun:test";
import { createEncoder, type RendererName } from "../../../src/io/render/encoders.ts";
import {
  BRAILLE,
  type GlyphSet,
  HALF_BLOCKS,
  OCTANTS,
  QUADRANTS,
  SEXTANTS,
} from "../../../src/io/render/glyphs.ts";
import { gameFrame, noiseFrame, PALETTE, plainFrame, setupFor, WIDTH } from "../../support/game-frames.ts";
import { VirtualTerminal } from "../../support/virtual-terminal.ts";

const SETS: [RendererName, GlyphSet][] = [
  ["half-block", HALF_BLOCKS],
  ["quadrant", QUADRANTS],
  ["sextant", SEXTANTS],
  ["octant", OCTANTS],
  ["braille", BRAILLE],
];

const hex = (glyph: string) => glyph.codePointAt(0)!.toString(16).toUpperCase();
/** Dots by number, from 1, as Unicode's names count them. */
const mask = (...dots: number[]) => dots.reduce((sum, dot) => sum | (1 << (dot - 1)), 0);

describe("glyph sets", () => {
  test.each(SETS)("%s has a glyph of its own for every mask", (_, { glyphs, dotsAcross, dotsDown }) => {
    expect(glyphs).toHaveLength(2 ** (dotsAcross * dotsDown));
    expect(new Set(glyphs).size).toBe(glyphs.length);
    expect(glyphs[0]).toBe(" ");
    for (const glyph of glyphs) expect([...glyph]).toHaveLength(1);
  });

  // From Unicode's NamesList: BLOCK SEXTANT-…, BLOCK OCTANT-…, BRAILLE PATTERN DOTS-….
  test.each([
    [SEXTANTS, mask(1), "1FB00"],
    [SEXTANTS, mask(1, 2, 4, 5), "1FB19"],
    [SEXTANTS, mask(1, 3, 5), "258C"],
    [SEXTANTS, mask(2, 3, 4, 5, 6), "1FB3B"],
    [OCTANTS, mask(3), "1CD00"],
    [OCTANTS, mask(1, 2, 4, 5), "1CD13"],
    [OCTANTS, mask(1, 2, 7, 8), "1CDAE"],
    [OCTANTS, mask(2, 3, 4, 5, 6, 7, 8), "1CDE5"],
    [OCTANTS, mask(1, 3), "2598"],
    [OCTANTS, mask(3, 5), "1FBE6"],
    [OCTANTS, mask(7, 8), "2582"],
    [BRAILLE, mask(1), "2801"],
    [BRAILLE, mask(2), "2808"],
    [BRAILLE, mask(7), "2840"],
    [BRAILLE, mask(8), "2880"],
  ])("puts glyphs where Unicode does %#", (set, at, code) => {
    expect(hex(set.glyphs[at])).toBe(code);
  });
});

describe("cells of more than two dots", () => {
  /** 128 cells across show every column of the picture, so that dots are pixels. */
  const windows: Record<string, [columns: number, rows: number]> = {
    quadrant: [128, 120],
    sextant: [128, 80],
    octant: [128, 60],
    braille: [128, 60],
  };

  test.each(SETS.slice(1))(
    "%s shows pairs exactly, and the nearest of two colours elsewhere",
    async (name, set) => {
      const { glyphs, dotsAcross, dotsDown } = set;
      const [columns, rows] = windows[name];
      const source = { x: 0, y: 0, width: WIDTH, height: 240, pixelAspect: 1 };
      const cellHeightPixels = (8 * dotsDown) / dotsAcross;
      const window = { columns, rows, cellWidthPixels: 8, cellHeightPixels };
      const encoder = createEncoder(name, setupFor(columns, rows, { source, window, scale: "integer" }))!;
      const out = new Uint8Array(encoder.maxFrameBytes);
      const terminal = new VirtualTerminal(columns, rows);
      for (const frame of [plainFrame(0, 5), plainFrame(3, 5), gameFrame(0), gameFrame(4), noiseFrame(1)]) {
        await terminal.write(out.slice(0, encoder.encode(frame, out)));
        let wrong = 0;
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++) {
            const { char, foreground, background } = terminal.cell(row, column);
            const bits = glyphs.indexOf(char);
            const wanted: number[] = [];
            for (let y = 0; y < dotsDown; y++)
              for (let x = 0; x < dotsAcross; x++)
                wanted.push(PALETTE[frame[(row * dotsDown + y) * WIDTH + column * dotsAcross + x]]);
            const shown = wanted.map((_, dot) => ((bits >> dot) & 1 ? foreground : background));
            const kinds = new Set(wanted);
            const isRight =
              kinds.size <= 2
                ? shown.every((color, dot) => color === wanted[dot])
                : shown.every((color, dot) =>
                    isNearest(wanted[dot], color, color === foreground ? background : foreground),
                  ) && shown.every((color) => kinds.has(color));
            if (!isRight) wrong++;
          }
        expect(wrong).toBe(0);
      }
    },
  );
});

function isNearest(wanted: number, shown: number, other: number): boolean {
  const distance = (color: number) =>
    2 * ((color >> 16) - (wanted >> 16)) ** 2 +
    4 * (((color >> 8) & 255) - ((wanted >> 8) & 255)) ** 2 +
    3 * ((color & 255) - (wanted & 255)) ** 2;
  return distance(shown) <= distance(other);
}

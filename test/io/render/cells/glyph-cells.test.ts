import { describe, expect, test } from "bun:test";
import {
  BRAILLE,
  type GlyphSet,
  HALF_BLOCKS,
  OCTANTS,
  QUADRANTS,
  SEXTANTS,
} from "../../../../src/io/render/cells/glyphs.ts";
import { STRUCTURE_WEIGHT } from "../../../../src/io/render/cells/shape-choice.ts";
import {
  CELL_PARTS,
  isCanonical,
  OCTANT_SHAPES,
  PARTS_ACROSS,
  PARTS_DOWN,
  QUADRANT_SHAPES,
  SEXTANT_SHAPES,
  type ShapeSet,
  shapeParts,
} from "../../../../src/io/render/cells/shapes.ts";
import { OkLabColors } from "../../../../src/io/render/colors/oklab.ts";
import { createEncoder, placeFor, type RendererName } from "../../../../src/io/render/encoders.ts";
import type { Placement } from "../../../../src/io/render/scale.ts";
import { gameFrame, noiseFrame, PALETTE, plainFrame, setupFor, WIDTH } from "../../../support/game-frames.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

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

describe("cells of shapes", () => {
  const SHAPES: [RendererName, ShapeSet][] = [
    ["quadrant", QUADRANT_SHAPES],
    ["sextant", SEXTANT_SHAPES],
    ["octant", OCTANT_SHAPES],
  ];

  test.each(SHAPES)("%s has a glyph for every shape, and complements that set the rest", (_, set) => {
    const parts = shapeParts(set);
    expect(new Set(set.glyphs).size).toBe(set.glyphs.length);
    expect(new Set(parts.map((part) => part.join(""))).size).toBe(parts.length);
    set.complements.forEach((other, glyph) => {
      if (other === 0) return;
      expect(parts[other]).toEqual(parts[glyph].map((part) => 1 - part));
      expect(isCanonical(set, glyph)).toBe(!isCanonical(set, other));
    });
  });

  // Known positions of a picture of 1 × 1 cells: U+2581 LOWER ONE EIGHTH BLOCK, U+258F LEFT ONE EIGHTH BLOCK.
  test.each([
    ["▁", (_: number, y: number) => y >= 21],
    ["▆", (_: number, y: number) => y >= 6],
    ["▏", (x: number) => x < 1],
    ["▉", (x: number) => x < 7],
    ["▚", (x: number, y: number) => x < 4 === y < 12],
    ["\u{1fb00}", (x: number, y: number) => x < 4 && y < 8],
  ])("%s sets its part", (glyph, isSet) => {
    const parts = shapeParts(SEXTANT_SHAPES)[SEXTANT_SHAPES.glyphs.indexOf(glyph)];
    expect([...parts]).toEqual(
      Array.from({ length: CELL_PARTS }, (_, part) =>
        isSet(part % PARTS_ACROSS, Math.floor(part / PARTS_ACROSS)) ? 1 : 0,
      ),
    );
  });

  // Windows of several sizes: pixels are larger or smaller than a cell's parts, and end between them.
  const windows = [
    [80, 24],
    [45, 17],
    [130, 48],
    [260, 90],
  ] as const;
  test.each(SHAPES)("%s: no other glyph and colours of the cell are nearer", async (name, set) => {
    const parts = shapeParts(set);
    const lab = new OkLabColors(PALETTE);
    for (const [columns, rows] of windows) {
      const setup = setupFor(columns, rows);
      const encoder = createEncoder(name, setup)!;
      const { placement } = placeFor(name, setup)!;
      const out = new Uint8Array(encoder.maxFrameBytes);
      const terminal = new VirtualTerminal(columns, rows);
      for (const frame of [plainFrame(3, 5), gameFrame(0), gameFrame(4), noiseFrame(1)]) {
        await terminal.write(out.slice(0, encoder.encode(frame, out)));
        for (let at = 0; at < placement.columns * placement.rows; at += 37) {
          const column = at % placement.columns;
          const row = Math.floor(at / placement.columns);
          const wanted = partsOf(frame, placement, column, row);
          const cell = terminal.cell(placement.top + row, placement.left + column);
          expectNearest(wanted, cell, set, parts, lab);
        }
      }
    }
  });

  /** The palette entry of each part of a cell. */
  function partsOf(frame: Uint16Array, { columns, rows }: Placement, column: number, row: number): number[] {
    return Array.from({ length: CELL_PARTS }, (_, part) => {
      const x = column * PARTS_ACROSS + (part % PARTS_ACROSS);
      const y = row * PARTS_DOWN + Math.floor(part / PARTS_ACROSS);
      const pixelX = Math.floor(((x + 0.5) * WIDTH) / (columns * PARTS_ACROSS));
      return frame[Math.floor(((y + 0.5) * 240) / (rows * PARTS_DOWN)) * WIDTH + pixelX];
    });
  }

  /** Compares a cell with every glyph in every pair of its colours, if those are few enough to be exact. */
  function expectNearest(
    wanted: readonly number[],
    { char, foreground, background }: { char: string; foreground: number; background: number },
    { glyphs, full }: ShapeSet,
    parts: readonly Uint8Array[],
    lab: OkLabColors,
  ): void {
    const kinds = [...new Set(wanted)];
    const glyph = glyphs.indexOf(char);
    const idOf = (rgb: number) => kinds.find((kind) => PALETTE[kind] === rgb) ?? -1;
    const [set, unset] = [idOf(foreground), idOf(background)];
    // A cell shows its own colours.
    if (glyph !== 0) expect(set).not.toBe(-1);
    if (glyph !== full) expect(unset).not.toBe(-1);
    if (kinds.length > 3) return;
    const shown = (shape: number, one: number, other: number) =>
      wanted.map((_, part) => (parts[shape][part] ? one : other));
    const errors = new Map(kinds.map((kind) => [kind, wanted.map((other) => lab.distance(kind, other))]));
    const errorsOf = (kind: number) => errors.get(kind) ?? [];
    const areaError = (shape: number, one: number, other: number) => {
      const [setErrors, unsetErrors] = [errorsOf(one), errorsOf(other)];
      let sum = 0;
      for (let part = 0; part < CELL_PARTS; part++)
        sum += parts[shape][part] ? setErrors[part] : unsetErrors[part];
      // A plain cell must be twice as good, so that small things do not vanish.
      return shape === 0 || shape === full ? 2 * sum : sum;
    };
    const lights = (ids: readonly number[]) => ids.map((id) => lab.lightness(id));
    const error = (shape: number, one: number, other: number) =>
      areaError(shape, one, other) +
      STRUCTURE_WEIGHT * lostStructure(lights(wanted), lights(shown(shape, one, other)));
    const own = error(glyph, set === -1 ? unset : set, unset === -1 ? set : unset);
    let best = own;
    for (const one of kinds)
      for (const other of kinds)
        for (let shape = one === other ? 0 : 1; shape < (one === other ? 1 : parts.length); shape++)
          // Structure only adds to the error.
          if (shape !== full && areaError(shape, one, other) < best)
            best = Math.min(best, error(shape, one, other));
    expect(own).toBeCloseTo(best, 3);
  }

  /** 1 − SSIM of two cells' lightness, summed over the cells' thirds. */
  function lostStructure(one: readonly number[], other: readonly number[]): number {
    const size = CELL_PARTS / 3;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / size;
    let lost = 0;
    for (let at = 0; at < CELL_PARTS; at += size) {
      const [a, b] = [one, other].map((values) => values.slice(at, at + size));
      const [meanA, meanB] = [mean(a), mean(b)];
      const varianceA = mean(a.map((value) => (value - meanA) ** 2));
      const varianceB = mean(b.map((value) => (value - meanB) ** 2));
      const covariance = mean(a.map((value, part) => (value - meanA) * (b[part] - meanB)));
      const light = (2 * meanA * meanB + 0.01 ** 2) / (meanA ** 2 + meanB ** 2 + 0.01 ** 2);
      lost += 1 - (light * (2 * covariance + 0.03 ** 2)) / (varianceA + varianceB + 0.03 ** 2);
    }
    return lost;
  }
});

describe("Braille", () => {
  test("shows pairs exactly, and the nearest of two colours elsewhere", async () => {
    const { glyphs, dotsAcross, dotsDown } = BRAILLE;
    // With 128 cells across, dots are pixels.
    const [columns, rows] = [128, 60];
    const source = { x: 0, y: 0, width: WIDTH, height: 240, pixelAspect: 1 };
    const window = { columns, rows, cellWidthPixels: 8, cellHeightPixels: 16 };
    const encoder = createEncoder("braille", setupFor(columns, rows, { source, window, scale: "integer" }))!;
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
  });
});

function isNearest(wanted: number, shown: number, other: number): boolean {
  const distance = (color: number) =>
    2 * ((color >> 16) - (wanted >> 16)) ** 2 +
    4 * (((color >> 8) & 255) - ((wanted >> 8) & 255)) ** 2 +
    3 * ((color & 255) - (wanted & 255)) ** 2;
  return distance(shown) <= distance(other);
}

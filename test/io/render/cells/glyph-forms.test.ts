import { describe, expect, test } from "bun:test";
import { glyphForms } from "../../../../src/io/render/cells/glyph-forms.ts";
import type { GlyphSet } from "../../../../src/io/render/cells/glyphs.ts";
import { HALF_BLOCKS } from "../../../../src/io/render/cells/glyphs.ts";
import {
  OCTANT_SHAPES,
  QUADRANT_SHAPES,
  SEXTANT_SHAPES,
  type ShapeSet,
  shapeParts,
} from "../../../../src/io/render/cells/shapes.ts";
import { createEncoder, placeFor } from "../../../../src/io/render/encoders.ts";
import { gameFrame, setupFor, WIDTH } from "../../../support/game-frames.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

/** The glyph at an index of a table; none for 0. */
const at = ({ glyphs }: GlyphSet, glyph: number) => (glyph === 0 ? "" : glyphs[glyph]!);

describe("glyphs that a font draws short of the cell's edges", () => {
  const forms = glyphForms(QUADRANT_SHAPES, true, true);
  // What a mapper chose, what is written, and what may be written instead of that.
  test.each([
    ["▟", "▘", ""],
    ["▙", "▝", ""],
    ["▜", "▖", ""],
    ["▛", "▗", ""],
    ["▘", "", ""],
    ["▐", "▌", ""],
    ["▌", "", ""],
    ["▀", "", "▄"],
    ["▄", "", "▀"],
    ["▚", "", "▞"],
    ["▂", "", ""],
  ])("%s is written as %p, or as %p", (chosen, written, exchanged) => {
    const glyph = QUADRANT_SHAPES.glyphs.indexOf(chosen);
    expect(at(QUADRANT_SHAPES, forms.written[glyph]!)).toBe(written);
    expect(at(QUADRANT_SHAPES, forms.exchanges[forms.written[glyph]! || glyph]!)).toBe(exchanged);
  });

  const SETS: [string, ShapeSet][] = [
    ["quadrants", QUADRANT_SHAPES],
    ["sextants", SEXTANT_SHAPES],
    ["octants", OCTANT_SHAPES],
  ];
  test.each(SETS)("%s: what is written shows the same, with fewer seams", (_, set) => {
    const { written, seams } = glyphForms(set, true, false);
    const parts = shapeParts(set);
    written.forEach((other, glyph) => {
      if (other === 0) return;
      expect(parts[other]!).toEqual(parts[glyph]!.map((part) => 1 - part));
      expect(written[other]).toBe(0);
      expect(seams[other]).toBe(seams[glyph]!);
    });
    expect(Math.max(...seams)).toBeGreaterThan(0);
    expect(seams[0]).toBe(seams[1]!);
  });

  test.each(SETS)("%s: a terminal that fills its cells may get every form", (_, set) => {
    const { written, exchanges, seams, runsOver } = glyphForms(set, false, true);
    expect(exchanges).toEqual(set.complements);
    for (const table of [written, seams, runsOver]) expect(Math.max(...table)).toBe(0);
  });

  test("half-blocks stay as they are: ▀ and ▄ lose as much", () => {
    expect(glyphForms(HALF_BLOCKS, true, true).exchanges).toEqual(HALF_BLOCKS.complements);
  });
});

/** Shows frames and returns all bytes, and the cells of the last one. */
async function shown(fullBlock: boolean, frames: readonly Uint16Array[]) {
  const [columns, rows] = [80, 24];
  const usual = setupFor(columns, rows);
  const setup = { ...usual, capabilities: { ...usual.capabilities, fullBlock, complementGlyphs: false } };
  const encoder = createEncoder("quadrant", setup)!;
  const { placement } = placeFor("quadrant", setup)!;
  const terminal = new VirtualTerminal(columns, rows);
  const out = new Uint8Array(encoder.maxFrameBytes);
  const bytes: number[] = [];
  for (const frame of frames) {
    const sent = out.slice(0, encoder.encode(frame, out));
    bytes.push(...sent);
    await terminal.write(sent);
  }
  const cells = Array.from({ length: placement.rows * placement.columns }, (_, index) =>
    terminal.cell(
      placement.top + Math.floor(index / placement.columns),
      placement.left + (index % placement.columns),
    ),
  );
  return { bytes, cells };
}

describe("small things", () => {
  // Stars of 3 × 3 pixels, each at another place in its cell.
  const stars = Array.from({ length: 120 }, (_, at) => ({
    x: 8 + (at % 15) * 16 + (at % 5),
    y: 12 + Math.floor(at / 15) * 27 + (at % 11),
  }));
  const frame = new Uint16Array(WIDTH * 240).fill(0x0f);
  for (const { x, y } of stars)
    for (let row = y; row < y + 3; row++) frame.fill(0x30, row * WIDTH + x, row * WIDTH + x + 3);

  test("seams hide less than a sixth of those that a terminal without seams shows", async () => {
    const drawn = async (fullBlock: boolean) => {
      const { cells } = await shown(fullBlock, [frame]);
      return cells.filter(({ char }) => char !== " " && char !== "█").length;
    };
    const usual = await drawn(true);
    expect(usual).toBeGreaterThan(stars.length);
    expect(await drawn(false)).toBeGreaterThan(0.85 * usual);
  });
});

describe("spaces after glyphs that reach the right edge", () => {
  // A bar that ends between cells and moves, on another colour.
  const bars = [90, 93, 98, 91].map((left) => {
    const frame = new Uint16Array(WIDTH * 240).fill(0x0f);
    for (let y = 3; y < 240; y += 16)
      for (let row = y; row < y + 5; row++) frame.fill(0x30, row * WIDTH + left, row * WIDTH + left + 40);
    return frame;
  });

  test("a font's ink is cut off by NUL, which changes no cell", async () => {
    const { bytes, cells } = await shown(false, bars);
    expect(bytes.filter((byte) => byte === 0).length).toBeGreaterThan(0);
    const { cells: fresh } = await shown(false, bars.slice(-1));
    const looks = (all: typeof cells) =>
      all.map(({ char, foreground, background }) =>
        char === " " ? `${background}` : `${char} ${foreground} ${background}`,
      );
    expect(looks(cells)).toEqual(looks(fresh));
  });

  // Short bars that move: between changed cells are unchanged ones, which are written again.
  const shortBars = Array.from({ length: 12 }, (_, step) => {
    const frame = new Uint16Array(WIDTH * 240).fill(0x0f);
    for (let y = 0; y < 240; y += 10)
      for (let row = y; row < y + 5; row++)
        for (let x = (step * 3 + y) % 20; x < 240; x += 24)
          frame.fill(0x30, row * WIDTH + x, row * WIDTH + x + 7 + (step % 5));
    return frame;
  });

  test("no ink runs into a space, also where unchanged cells are written again", async () => {
    const { bytes } = await shown(false, shortBars);
    const { runsOver } = glyphForms(QUADRANT_SHAPES, true, false);
    const open = QUADRANT_SHAPES.glyphs.filter((_, glyph) => runsOver[glyph] === 1);
    const text = new TextDecoder().decode(new Uint8Array(bytes));
    expect(text.split("\0 ").length).toBeGreaterThan(20);
    expect(open.filter((glyph) => text.includes(`${glyph} `))).toEqual([]);
  });

  test("a terminal that fills its cells gets none", async () => {
    const { bytes } = await shown(true, [...bars, gameFrame(3)]);
    expect(bytes.includes(0)).toBe(false);
  });
});

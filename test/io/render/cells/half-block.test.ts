import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { UPLOAD_SLOTS } from "../../../../src/io/render/colors/colors.ts";
import { type Encoder, type EncoderSetup, PLAIN_CAPABILITIES } from "../../../../src/io/render/encoder.ts";
import { createEncoder } from "../../../../src/io/render/encoders.ts";
import { type Placement, placePicture } from "../../../../src/io/render/scale.ts";
import { gameFrame, HEIGHT, noiseFrame, PALETTE, setupFor, WIDTH } from "../../../support/game-frames.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

/** A step of 5:6:5 colours, rounded up. */
const SMOOTH_TOLERANCE = 9;

function encoderFor(setup: EncoderSetup): {
  encoder: Encoder;
  out: Uint8Array;
  placement: Placement;
} {
  const placement = placePicture(setup.window, setup.source, setup.scale, 1, 2)!;
  const encoder = createEncoder("half-block", setup)!;
  return { encoder, out: new Uint8Array(encoder.maxFrameBytes), placement };
}

/** The expected colour of a dot: the pixel under its middle, or the mean of its pixels. */
function expectedDot(frame: Uint16Array, x: number, y: number, across: number, down: number): number[] {
  const isSmooth = across < WIDTH || down < HEIGHT;
  const channels = (color: number) => [color >> 16, (color >> 8) & 255, color & 255];
  if (!isSmooth) {
    const sourceX = Math.floor(((x + 0.5) * WIDTH) / across);
    const sourceY = Math.floor(((y + 0.5) * HEIGHT) / down);
    return channels(PALETTE[frame[sourceY * WIDTH + sourceX]]);
  }
  // A direction that grows repeats the pixels of the size that shows one pixel per line or column.
  const columns = Math.min(across, WIDTH);
  const rows = Math.min(down, HEIGHT);
  const column = Math.floor(((x + 0.5) * columns) / across);
  const row = Math.floor(((y + 0.5) * rows) / down);
  const sum = [0, 0, 0];
  let count = 0;
  for (let sourceY = 0; sourceY < HEIGHT; sourceY++) {
    if (Math.floor(((sourceY + 0.5) * rows) / HEIGHT) !== row) continue;
    for (let sourceX = 0; sourceX < WIDTH; sourceX++) {
      if (Math.floor(((sourceX + 0.5) * columns) / WIDTH) !== column) continue;
      for (const [index, value] of channels(PALETTE[frame[sourceY * WIDTH + sourceX]]).entries())
        sum[index] += value;
      count++;
    }
  }
  return sum.map((value) => value / count);
}

/** Number of cells that do not show the frame, and of cells outside the picture that show anything. */
function wrongCells(terminal: VirtualTerminal, frame: Uint16Array, placement: Placement): number {
  const { left, top, columns, rows } = placement;
  const across = columns;
  const down = rows * 2;
  const tolerance = across < WIDTH || down < HEIGHT ? SMOOTH_TOLERANCE : 0;
  let wrong = 0;
  for (let row = 0; row < terminal.rows; row++)
    for (let column = 0; column < terminal.columns; column++) {
      const isInside = row >= top && row < top + rows && column >= left && column < left + columns;
      if (!isInside) {
        if (terminal.cell(row, column).char !== " " || terminal.cell(row, column).background !== -1) wrong++;
        continue;
      }
      const halves = terminal.halves(row, column);
      const isRight = halves.every((color, half) => {
        const expected = expectedDot(frame, column - left, (row - top) * 2 + half, across, down);
        const shown = [color >> 16, (color >> 8) & 255, color & 255];
        return color >= 0 && shown.every((value, index) => Math.abs(value - expected[index]) <= tolerance);
      });
      if (!isRight) wrong++;
    }
  return wrong;
}

/** Number of cells that do not show the frame, at one pixel per cell across. */
function wrongDots(
  terminal: VirtualTerminal,
  frame: Uint16Array,
  { left, top, columns, rows }: Placement,
): number {
  let wrong = 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [upper, lower] = terminal.halves(top + row, left + column);
      if (upper !== PALETTE[frame[row * 2 * WIDTH + column]]) wrong++;
      else if (lower !== PALETTE[frame[(row * 2 + 1) * WIDTH + column]]) wrong++;
    }
  return wrong;
}

describe("half-blocks on a terminal", () => {
  const windows: [columns: number, rows: number, cellWidth: number, cellHeight: number][] = [
    [80, 24, 8, 16],
    [80, 24, 0, 0],
    [132, 43, 9, 18],
    [40, 60, 8, 16],
    [293, 120, 8, 16],
    [320, 130, 7, 13],
    [262, 93, 4, 9],
    [32, 12, 8, 16],
  ];
  test.each(windows)(
    "shows every dot in %d x %d cells of %d x %d pixels",
    async (columns, rows, cellWidthPixels, cellHeightPixels) => {
      const setup = setupFor(columns, rows, { window: { columns, rows, cellWidthPixels, cellHeightPixels } });
      const { encoder, out, placement } = encoderFor(setup);
      const terminal = new VirtualTerminal(columns, rows);
      for (const time of [0, 1, 2, 50]) {
        const frame = gameFrame(time);
        await terminal.write(out.slice(0, encoder.encode(frame, out)));
        expect(wrongCells(terminal, frame, placement)).toBe(0);
      }
    },
  );

  test.each([true, false])("shows whole pixels with full blocks and complements %p", async (allowed) => {
    const setup = setupFor(260, 124, {
      scale: "integer",
      source: { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: 1 },
      capabilities: { ...PLAIN_CAPABILITIES, fullBlock: allowed, complementGlyphs: allowed },
    });
    const { encoder, out, placement } = encoderFor(setup);
    expect(placement).toEqual({ columns: 256, rows: 120, left: 2, top: 2 });
    const terminal = new VirtualTerminal(260, 124);
    const seen = new Set<string>();
    for (let time = 0; time < 6; time++) {
      const frame = gameFrame(time * 5);
      await terminal.write(out.slice(0, encoder.encode(frame, out)));
      expect(wrongCells(terminal, frame, placement)).toBe(0);
      for (let column = 0; column < 256; column++) seen.add(terminal.cell(60, column + 2).char);
    }
    if (!allowed) expect([...seen].sort()).toEqual([" ", "▀"]);
  });

  const uploads: ["none" | "upper" | "whole", boolean][] = [
    ["none", true],
    ["upper", false],
    ["whole", false],
    ["whole", true],
  ];
  test.each(uploads)(
    "shows every dot with palette upload %s and shifted rows %p",
    async (paletteUpload, shiftRows) => {
      const setup = setupFor(270, 126, {
        scale: "integer",
        source: { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: 1 },
        capabilities: {
          ...PLAIN_CAPABILITIES,
          fullBlock: true,
          complementGlyphs: true,
          paletteUpload,
          shiftRows,
        },
      });
      const { encoder, out, placement } = encoderFor(setup);
      const terminal = new VirtualTerminal(270, 126);
      // Text beside the picture must not move.
      for (let row = 1; row <= 126; row++) await terminal.write(`\x1b[${row}H<\x1b[${row};270H>`);
      const bytes: number[] = [];
      for (const time of [0, 1, 3, 4, 2, 12, 40, 39, 39]) {
        const frame = gameFrame(time);
        const length = encoder.encode(frame, out);
        bytes.push(length);
        await terminal.write(out.slice(0, length));
        expect(wrongDots(terminal, frame, placement)).toBe(0);
        for (let row = 0; row < 126; row++)
          expect([terminal.cell(row, 0).char, terminal.cell(row, 269).char]).toEqual(["<", ">"]);
      }
      const slots = [...terminal.palette.keys()];
      if (paletteUpload === "none") expect(slots).toEqual([]);
      else expect(Math.min(...slots)).toBe(paletteUpload === "whole" ? 0 : 17);
      if (shiftRows) expect(bytes[1]).toBeLessThan(bytes[0] / 3);
    },
  );

  test("gives colours beyond the palette's slots in 24 bits", async () => {
    const setup = setupFor(256, 120, {
      scale: "integer",
      source: { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: 1 },
      capabilities: {
        ...PLAIN_CAPABILITIES,
        complementGlyphs: true,
        paletteUpload: "whole",
        shiftRows: true,
      },
    });
    const { encoder, out, placement } = encoderFor(setup);
    const terminal = new VirtualTerminal(256, 120);
    for (let seed = 0; seed < 3; seed++) {
      const frame = noiseFrame(seed);
      const length = encoder.encode(frame, out);
      expect(length).toBeLessThanOrEqual(encoder.maxFrameBytes);
      await terminal.write(out.slice(0, length));
      expect(wrongDots(terminal, frame, placement)).toBe(0);
    }
    // All slots but that of black, which surrounds the picture.
    expect(terminal.palette.size).toBe(UPLOAD_SLOTS - 1);
  });

  test("ends with the last frame, however it scrolls", async () => {
    const source = { x: 0, y: 0, width: 64, height: 24, pixelAspect: 1 };
    const setup = setupFor(70, 13, {
      frameWidth: 64,
      frameHeight: 24,
      source,
      scale: "integer",
      capabilities: {
        ...PLAIN_CAPABILITIES,
        complementGlyphs: true,
        paletteUpload: "whole",
        shiftRows: true,
      },
    });
    const step = fc.record({
      shift: fc.integer({ min: -20, max: 20 }),
      bar: fc.nat(12),
      sprite: fc.nat(64 * 24 - 1),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        const { encoder, out, placement } = encoderFor(setup);
        const terminal = new VirtualTerminal(70, 13);
        const frame = new Uint16Array(64 * 24);
        let x = 1000;
        for (const { shift, bar, sprite } of steps) {
          x += shift;
          for (let at = 0; at < frame.length; at++) {
            const row = at >> 6;
            const world = (at & 63) + (row < bar ? 0 : x);
            frame[at] = ((Math.imul(world, 2_654_435_761) >>> 27) ^ (row >> 2)) & 0x3f;
          }
          frame.fill(0x30, sprite, sprite + 5);
          await terminal.write(out.slice(0, encoder.encode(frame, out)));
          for (let row = 0; row < placement.rows; row++)
            for (let column = 0; column < placement.columns; column++) {
              const upper = PALETTE[frame[row * 2 * 64 + column]];
              const lower = PALETTE[frame[(row * 2 + 1) * 64 + column]];
              const shown = terminal.halves(placement.top + row, placement.left + column);
              expect(shown).toEqual([upper, lower]);
            }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("ends with the last frame, whatever came before", async () => {
    // 40 x 24 dots of a small picture: every cell can change, and every gap can occur.
    const source = { x: 0, y: 0, width: 40, height: 24, pixelAspect: 1 };
    const setup = setupFor(40, 12, { frameWidth: 40, frameHeight: 24, source, scale: "integer" });
    const color = fc.constantFrom(0x0f, 0x16, 0x21, 0x30 | 0x40);
    const patch = fc.record({ at: fc.nat(40 * 24 - 1), length: fc.integer({ min: 1, max: 60 }), color });
    const frames = fc.array(fc.array(patch, { maxLength: 12 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(frames, fc.boolean(), async (changes, redraw) => {
        const { encoder, out, placement } = encoderFor(setup);
        expect(placement.columns * placement.rows).toBe(480);
        const terminal = new VirtualTerminal(40, 12);
        const frame = new Uint16Array(40 * 24);
        for (const patches of changes) {
          for (const { at, length, color: value } of patches) frame.fill(value, at, at + length);
          await terminal.write(out.slice(0, encoder.encode(frame, out)));
          if (redraw) encoder.invalidate();
        }
        for (let row = 0; row < 12; row++)
          for (let column = 0; column < 40; column++) {
            const upper = PALETTE[frame[row * 2 * 40 + column]];
            const lower = PALETTE[frame[(row * 2 + 1) * 40 + column]];
            expect(terminal.halves(row, column)).toEqual([upper, lower]);
          }
      }),
      { numRuns: 150 },
    );
  });
});

describe("half-blocks", () => {
  test("writes nothing when nothing changed", () => {
    const { encoder, out } = encoderFor(setupFor(80, 24));
    const frame = gameFrame(3);
    expect(encoder.encode(frame, out)).toBeGreaterThan(1000);
    expect(encoder.encode(frame, out)).toBe(0);
    encoder.invalidate();
    expect(encoder.encode(frame, out)).toBeGreaterThan(1000);
  });

  test("never exceeds its bound", () => {
    const { encoder, out } = encoderFor(setupFor(300, 120));
    for (let round = 0; round < 5; round++) {
      const noise = noiseFrame(round);
      expect(encoder.encode(noise, out)).toBeLessThanOrEqual(encoder.maxFrameBytes);
    }
  });

  test("wraps its output in synchronized output where the terminal supports it", () => {
    const { encoder, out } = encoderFor(setupFor(80, 24));
    const text = new TextDecoder().decode(out.subarray(0, encoder.encode(gameFrame(0), out)));
    expect(text.startsWith("\x1b[?2026h")).toBe(true);
    expect(text.endsWith("\x1b[?2026l")).toBe(true);
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BRAILLE, HALF_BLOCKS, OCTANTS, QUADRANTS } from "../../../../src/io/render/cells/glyphs.ts";
import { type EncoderSetup, PLAIN_CAPABILITIES } from "../../../../src/io/render/encoder.ts";
import { createEncoder, type RendererName } from "../../../../src/io/render/encoders.ts";
import { gameFrame, noiseFrame, PALETTE, setupFor } from "../../../support/game-frames.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

const GLYPHS = { "half-block": HALF_BLOCKS, quadrant: QUADRANTS, octant: OCTANTS, braille: BRAILLE };
const WIDTH = 64;
const HEIGHT = 48;

/** A small picture of whole pixels. */
function smallSetup(renderer: keyof typeof GLYPHS, isCapable: boolean): EncoderSetup {
  const { dotsAcross, dotsDown } = GLYPHS[renderer];
  const columns = WIDTH / dotsAcross;
  const rows = HEIGHT / dotsDown;
  return setupFor(columns, rows, {
    frameWidth: WIDTH,
    frameHeight: HEIGHT,
    source: { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: 1 },
    window: { columns, rows, cellWidthPixels: 8, cellHeightPixels: (8 * dotsDown) / dotsAcross },
    scale: "integer",
    capabilities: {
      ...PLAIN_CAPABILITIES,
      fullBlock: isCapable,
      complementGlyphs: isCapable,
      shiftRows: isCapable,
      paletteUpload: isCapable ? "whole" : "none",
    },
  });
}

/** The dots that the terminal shows; −1 if nothing was drawn. */
function dotsOf(terminal: VirtualTerminal, { glyphs, dotsAcross, dotsDown }: typeof HALF_BLOCKS): number[] {
  const dots: number[] = [];
  for (let y = 0; y < terminal.rows * dotsDown; y++)
    for (let x = 0; x < terminal.columns * dotsAcross; x++) {
      const cell = terminal.cell(Math.floor(y / dotsDown), Math.floor(x / dotsAcross));
      const bit = (y % dotsDown) * dotsAcross + (x % dotsAcross);
      dots.push((glyphs.indexOf(cell.char) >> bit) & 1 ? cell.foreground : cell.background);
    }
  return dots;
}

const step = fc.record({
  shift: fc.integer({ min: -9, max: 9 }),
  climb: fc.integer({ min: -3, max: 3 }),
  colors: fc.constantFrom(2, 5, 64),
});

function drawStep(x: number, y: number, colors: number): Uint16Array {
  return new Uint16Array(WIDTH * HEIGHT).map((_, at) => {
    const column = (at % WIDTH) + x;
    const row = Math.floor(at / WIDTH) + y;
    return (Math.imul(column * 131 + row * 7919, 2_654_435_761) >>> 26) % colors;
  });
}

describe("cells with a limit of bytes", () => {
  const cases = (["half-block", "quadrant", "octant", "braille"] as const).flatMap((renderer) =>
    [true, false].map((isCapable) => [renderer, isCapable] as const),
  );
  test.each(cases)(
    "as %s, capable %p, become exact once the picture stands still",
    async (renderer, isCapable) => {
      const setup = smallSetup(renderer, isCapable);
      const { columns, rows } = setup.window;
      const steps = fc.array(step, { minLength: 1, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(steps, fc.constantFrom(600, 1500, 6000), async (moves, limit) => {
          const limited = createEncoder(renderer, setup)!;
          const exact = createEncoder(renderer, setup)!;
          const terminals = [new VirtualTerminal(columns, rows), new VirtualTerminal(columns, rows)];
          const out = new Uint8Array(limited.maxFrameBytes);
          const send = (encoder: typeof exact, terminal: VirtualTerminal, frame: Uint16Array) =>
            terminal.write(out.slice(0, encoder.encode(frame, out)));
          let x = 0;
          let y = 0;
          let frame = drawStep(0, 0, 5);
          let exactBytes = 0;
          limited.limitBytes = limit;
          for (const { shift, climb, colors } of moves) {
            x += shift;
            y += climb;
            frame = drawStep(x, y, colors);
            await send(limited, terminals[0], frame);
            await send(exact, terminals[1], frame);
          }
          exact.invalidate();
          exactBytes = exact.encode(frame, out);
          // Separate cells take more bytes than all cells in a row.
          const most = 2 + Math.ceil((3 * exactBytes) / limit);
          let still = 0;
          for (; (limited.exactShare ?? 1) < 1 && still <= most; still++)
            await send(limited, terminals[0], frame);
          expect(still).toBeLessThanOrEqual(most);
          expect(dotsOf(terminals[0], GLYPHS[renderer])).toEqual(dotsOf(terminals[1], GLYPHS[renderer]));
          expect(limited.encode(frame, out)).toBe(0);
        }),
        { numRuns: 25 },
      );
    },
  );

  test("frames are about as large as the limit", async () => {
    const setup = setupFor(256, 120, {
      source: { x: 0, y: 0, width: 256, height: 240, pixelAspect: 1 },
      scale: "integer",
    });
    const encoder = createEncoder("half-block", setup)!;
    const out = new Uint8Array(encoder.maxFrameBytes);
    const limit = 60_000;
    encoder.limitBytes = limit;
    for (let time = 0; time < 12; time++) {
      const length = encoder.encode(time < 6 ? noiseFrame(time) : gameFrame(7 * time), out);
      // A row may be started just below the bound.
      expect(length).toBeLessThan(1.25 * limit + 256 * 50);
    }
    const exact = createEncoder("half-block", setup)!;
    expect(exact.encode(gameFrame(70), out)).toBeGreaterThan(1.5 * limit);
  });

  test("a limit that is never reached costs no detail", async () => {
    const setup = setupFor(140, 55);
    const limited = createEncoder("half-block", setup)!;
    const exact = createEncoder("half-block", setup)!;
    const out = new Uint8Array(exact.maxFrameBytes);
    limited.limitBytes = 1e7;
    for (let time = 0; time < 5; time++) {
      const wanted = out.slice(0, exact.encode(gameFrame(time * 3), out));
      const bytes = out.subarray(0, limited.encode(gameFrame(time * 3), out));
      expect(Buffer.compare(bytes, wanted)).toBe(0);
      expect(limited.exactShare).toBe(1);
    }
  });

  test.each<RendererName>(["kitty", "sixel"])("%s always reports exact pictures", (renderer) => {
    expect(createEncoder(renderer, setupFor(80, 30))!.exactShare ?? 1).toBe(1);
  });

  test("shows only colours of the palette", async () => {
    const setup = smallSetup("half-block", false);
    const encoder = createEncoder("half-block", setup)!;
    const out = new Uint8Array(encoder.maxFrameBytes);
    const terminal = new VirtualTerminal(64, 24);
    encoder.limitBytes = 2000;
    const frame = drawStep(0, 0, 64);
    for (let i = 0; i < 3; i++) await terminal.write(out.slice(0, encoder.encode(frame, out)));
    const known = new Set([-1, ...Array.from(frame, (entry) => PALETTE[entry])]);
    expect(dotsOf(terminal, HALF_BLOCKS).filter((color) => !known.has(color))).toEqual([]);
  });
});

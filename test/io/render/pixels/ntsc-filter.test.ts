import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decode as decodePng } from "fast-png";
import { DEFAULT_DECODER, decodePalette } from "../../../../src/io/render/colors/palette.ts";
import { createEncoder } from "../../../../src/io/render/encoders.ts";
import { imageSource } from "../../../../src/io/render/pixels/image-source.ts";
import { NtscFilter } from "../../../../src/io/render/pixels/ntsc-filter.ts";
import { gameFrame, HEIGHT, noiseFrame, setupFor, WIDTH } from "../../../support/game-frames.ts";

const SOURCE = { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: 8 / 7 };
/** The colours as sent: changes that a television makes to bright colours are not in the signal. */
const PALETTE = decodePalette({ ...DEFAULT_DECODER, phaseDistortionDegrees: 0 });

function rgbAt({ pixels, width }: NtscFilter, x: number, y: number): number {
  const at = (y * width + x) * 3;
  return (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
}

describe("NtscFilter", () => {
  test("shows a picture of one colour in the palette's colour", () => {
    const filter = new NtscFilter("ntsc", { ...SOURCE, height: 8 }, WIDTH);
    const frame = new Uint16Array(WIDTH * 8);
    for (let entry = 0; entry < 512; entry++) {
      filter.take(frame.fill(entry));
      for (const x of [40, 255, 301])
        for (const shift of [16, 8, 0]) {
          const shown = (rgbAt(filter, x, 3) >> shift) & 0xff;
          // Sums of whole numbers may be rounded differently.
          expect(Math.abs(shown - ((PALETTE[entry] >> shift) & 0xff))).toBeLessThanOrEqual(1);
        }
    }
  });

  test("blurs edges over a pixel or two, and colour more than light", () => {
    const filter = new NtscFilter("ntsc", { ...SOURCE, height: 1 }, WIDTH);
    filter.take(new Uint16Array(WIDTH).map((_, x) => (x < 128 ? 0x0f : 0x20)));
    const light = Array.from({ length: filter.width }, (_, x) => (rgbAt(filter, x, 0) >> 8) & 0xff);
    expect(light.slice(0, 252).every((value) => value === 0)).toBe(true);
    expect(light.slice(260, 500).every((value) => value === 255)).toBe(true);
    // A checkerboard of single pixels is as fast as the carrier, so the television shows it as colour.
    filter.take(new Uint16Array(WIDTH).map((_, x) => ((x * 2) % 3 === 0 ? 0x20 : 0x0f)));
    const middle = rgbAt(filter, 256, 0);
    expect(new Set([middle >> 16, (middle >> 8) & 0xff, middle & 0xff]).size).toBeGreaterThan(1);
  });

  test("decodes only the rows that changed, as if it were all of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: HEIGHT - 1 }), (seed, row) => {
        const filter = new NtscFilter("ntsc", SOURCE, WIDTH);
        filter.take(gameFrame(seed));
        const next = gameFrame(seed);
        next.set(noiseFrame(seed).subarray(0, WIDTH), row * WIDTH);
        expect(filter.take(next)).toBe(true);
        const fresh = new NtscFilter("ntsc", SOURCE, WIDTH);
        fresh.take(next);
        expect(Buffer.compare(filter.pixels, fresh.pixels)).toBe(0);
        expect(filter.take(next)).toBe(false);
      }),
      { numRuns: 5 },
    );
  });

  test("crt darkens every other row, and nothing else", () => {
    const ntsc = new NtscFilter("ntsc", SOURCE, WIDTH);
    const crt = new NtscFilter("crt", SOURCE, WIDTH);
    ntsc.take(gameFrame(7));
    crt.take(gameFrame(7));
    expect([crt.width, crt.height]).toEqual([2 * WIDTH, 2 * HEIGHT]);
    for (let y = 0; y < HEIGHT; y += 13)
      for (let x = 0; x < ntsc.width; x += 7) {
        const color = rgbAt(ntsc, x, y);
        expect(rgbAt(crt, x, 2 * y)).toBe(color);
        expect(rgbAt(crt, x, 2 * y + 1) >> 16).toBe(((color >> 16) * 154) >> 8);
      }
  });

  test("goes to the terminal pixel by pixel", () => {
    const setup = setupFor(100, 40, { filter: "crt" });
    const source = imageSource(setup);
    const filter = new NtscFilter("crt", SOURCE, WIDTH);
    for (const frame of [gameFrame(1), noiseFrame(2)]) {
      const file = source.take(frame)!;
      filter.take(frame);
      const { width, height, data, channels } = decodePng(file.bytes.subarray(0, file.length));
      expect([width, height, channels]).toEqual([512, 480, 3]);
      expect(Buffer.compare(data as Uint8Array, filter.pixels)).toBe(0);
    }
    for (const renderer of ["kitty", "iterm2"] as const) {
      const encoder = createEncoder(renderer, setup)!;
      const out = new Uint8Array(encoder.maxFrameBytes);
      const length = encoder.encode(noiseFrame(3), out);
      expect(length).toBeGreaterThan(100_000);
      expect(length).toBeLessThanOrEqual(encoder.maxFrameBytes);
    }
  });
});

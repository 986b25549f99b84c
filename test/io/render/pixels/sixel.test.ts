import { describe, expect, test } from "bun:test";
import { DecoderAsync } from "sixel";
import type { Encoder } from "../../../../src/io/render/encoder.ts";
import { createEncoder } from "../../../../src/io/render/encoders.ts";
import { AreaIndexedImage } from "../../../../src/io/render/pixels/area-indexed-image.ts";
import { IndexedImage } from "../../../../src/io/render/pixels/indexed-image.ts";
import {
  gameFrame,
  HEIGHT,
  noiseFrame,
  PALETTE,
  plainFrame,
  setupFor,
  WIDTH,
} from "../../../support/game-frames.ts";

/** Colours are sent in percent. */
const TOLERANCE = 2;

function encode(encoder: Encoder, frame: Uint16Array): Uint8Array {
  const out = new Uint8Array(encoder.maxFrameBytes);
  return out.subarray(0, encoder.encode(frame, out));
}

/** Drawn pixels of a terminal's sixels are opaque, and it shows this colour where a cell has none. */
const BLANK = 0xff_ff_ff_ff;

/**
 * A terminal that shows sixels. Pixels that are not drawn do not change; with `cell`, its size, they show the
 * background, in each cell that the picture touches.
 */
class Screen {
  readonly #cell: { readonly width: number; readonly height: number } | undefined;
  pixels: Uint32Array | undefined;
  width = 0;
  height = 0;
  lastWasDelta = false;
  /** Number of pictures in the last write. */
  strips = 0;
  #top = 1;

  constructor(cell?: { readonly width: number; readonly height: number }) {
    this.#cell = cell;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const text = new TextDecoder().decode(bytes);
    this.strips = 0;
    const parts = text.split("\x1bP");
    for (const [at, part] of parts.slice(1).entries()) {
      const before = parts[at];
      await this.#draw(before.slice(before.lastIndexOf("[") + 1), part.slice(0, part.indexOf("\x1b\\")));
      this.strips++;
    }
    expect(this.strips).toBeGreaterThan(0);
  }

  async #draw(position: string, body: string): Promise<void> {
    const start = body.indexOf("q") + 1;
    this.lastWasDelta = body.startsWith("0;1q");
    const decoder = await DecoderAsync({ fillColor: 0, memoryLimit: 1 << 26 });
    decoder.init(0, null, 256, true);
    decoder.decodeString(body.slice(start));
    if (this.pixels === undefined) {
      this.width = decoder.width;
      this.height = decoder.height;
      this.pixels = new Uint32Array(decoder.width * decoder.height);
      this.#top = Number.parseInt(position, 10);
    }
    const { data32, width } = decoder;
    if (this.#cell !== undefined) {
      const top = (Number.parseInt(position, 10) - this.#top) * this.#cell.height;
      const rows = Math.ceil(decoder.height / this.#cell.height) * this.#cell.height;
      for (let y = 0; y < rows && top + y < this.height; y++)
        for (let x = 0; x < width; x++)
          this.pixels[(top + y) * this.width + x] = data32[y * width + x] || BLANK;
      return;
    }
    for (let y = 0; y < decoder.height && y < this.height; y++)
      for (let x = 0; x < width; x++) {
        const pixel = data32[y * width + x];
        if (pixel !== 0) this.pixels[y * this.width + x] = pixel;
      }
  }

  /** Pixels that do not show the frame, scaled by area as for kitty's images, or by the nearest pixels. */
  wrong(frame: Uint16Array, isNearest = false): number {
    let wrong = 0;
    const size = { width: this.width, height: this.height };
    const source = { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: 8 / 7 };
    const scaled = new AreaIndexedImage(new IndexedImage(PALETTE, source, WIDTH), size, "fit");
    scaled.take(frame);
    for (let y = 0; y < this.height; y++)
      for (let x = 0; x < this.width; x++) {
        const sourceX = Math.floor(((x + 0.5) * WIDTH) / this.width);
        const sourceY = Math.floor(((y + 0.5) * HEIGHT) / this.height);
        const color = isNearest
          ? PALETTE[frame[sourceY * WIDTH + sourceX]]
          : scaled.colors[scaled.pixels[y * this.width + x]];
        const pixel = this.pixels![y * this.width + x];
        const off = Math.max(
          Math.abs((color >> 16) - (pixel & 0xff)),
          Math.abs(((color >> 8) & 0xff) - ((pixel >> 8) & 0xff)),
          Math.abs((color & 0xff) - ((pixel >> 16) & 0xff)),
        );
        if (off > TOLERANCE) wrong++;
      }
    return wrong;
  }
}

describe("SixelEncoder", () => {
  test.each([
    [40, 16, 8, 16],
    [80, 24, 8, 16],
    [96, 45, 8, 16],
    [50, 30, 7, 13],
  ])(
    "shows every pixel in %d x %d cells of %d x %d",
    async (columns, rows, cellWidthPixels, cellHeightPixels) => {
      const window = { columns, rows, cellWidthPixels, cellHeightPixels };
      const encoder = createEncoder("sixel", setupFor(columns, rows, { window }))!;
      const screen = new Screen();
      for (const frame of [plainFrame(0, 13), plainFrame(1, 13), gameFrame(0), gameFrame(9)]) {
        await screen.write(encode(encoder, frame));
        expect(screen.wrong(frame)).toBe(0);
      }
    },
  );

  test("writes only what has changed when that is little", async () => {
    const encoder = createEncoder("sixel", setupFor(80, 30))!;
    const screen = new Screen();
    const frame = plainFrame(0, 13);
    const whole = encode(encoder, frame);
    await screen.write(whole);
    for (let step = 0; step < 20; step++) {
      for (let y = 0; y < 16; y++)
        frame.fill(
          0x16 + (step & 1),
          (50 + step + y) * WIDTH + step * 11,
          (50 + step + y) * WIDTH + step * 11 + 16,
        );
      const bytes = encode(encoder, frame);
      expect(bytes.length).toBeLessThan(whole.length / 2);
      await screen.write(bytes);
      expect(screen.lastWasDelta).toBe(true);
      expect(screen.wrong(frame)).toBe(0);
    }
    expect(encode(encoder, frame)).toHaveLength(0);
    encoder.invalidate();
    await screen.write(encode(encoder, frame));
    expect(screen.lastWasDelta).toBe(false);
  });

  test.each([16, 18, 21, 22, 13])(
    "writes whole rows of cells, %d pixels high, where cells have parts of one picture",
    async (cellHeightPixels) => {
      const window = { columns: 60, rows: 30, cellWidthPixels: 8, cellHeightPixels };
      const setup = setupFor(60, 30, { window });
      const capabilities = { ...setup.capabilities, layersSixels: false };
      const encoder = createEncoder("sixel", { ...setup, capabilities })!;
      const screen = new Screen({ width: 8, height: cellHeightPixels });
      const frame = plainFrame(0, 13);
      const whole = encode(encoder, frame);
      await screen.write(whole);
      let isLess = false;
      for (let step = 0; step < 6; step++) {
        for (let y = 0; y < 16; y++) {
          const start = (step * 40 + y) * WIDTH + step * 30;
          frame.fill(0x16 + step, start, start + 16);
        }
        const bytes = encode(encoder, frame);
        isLess ||= bytes.length < whole.length / 2;
        await screen.write(bytes);
        expect(screen.lastWasDelta).toBe(false);
        expect(screen.wrong(frame)).toBe(0);
      }
      expect(isLess).toBe(true);
      await screen.write(encode(encoder, gameFrame(9)));
      expect(screen.wrong(gameFrame(9))).toBe(0);
    },
  );

  test("writes runs of changed rows as pictures of their own, with the colours they use", async () => {
    const setup = setupFor(80, 40);
    const encoder = createEncoder("sixel", {
      ...setup,
      capabilities: { ...setup.capabilities, layersSixels: false },
    })!;
    const screen = new Screen(setup.window && { width: 8, height: setup.window.cellHeightPixels });
    const frame = plainFrame(0, 13);
    const whole = encode(encoder, frame);
    await screen.write(whole);
    for (const rows of [[4], [4, 230], [10, 120, 235], Array.from({ length: 24 }, (_, i) => 10 * i)]) {
      for (const row of rows) {
        const start = row * WIDTH;
        frame.fill(frame[start] === 0x16 ? 0x2a : 0x16, start, start + 32);
      }
      const bytes = encode(encoder, frame);
      await screen.write(bytes);
      expect(screen.wrong(frame)).toBe(0);
      if (rows.length > 3) continue;
      expect(screen.strips).toBe(rows.length);
      expect(bytes.length).toBeLessThan(0.75 * whole.length);
    }
  });

  test("takes the nearest pixels once the link is slow", async () => {
    const encoder = createEncoder("sixel", setupFor(96, 45))!;
    const screen = new Screen();
    await screen.write(encode(encoder, gameFrame(0)));
    expect(screen.wrong(gameFrame(0))).toBe(0);
    expect(screen.wrong(gameFrame(0), true)).toBeGreaterThan(0);
    encoder.limitBytes = 4000;
    await screen.write(encode(encoder, gameFrame(9)));
    expect(screen.wrong(gameFrame(9), true)).toBe(0);
  });

  test.each([
    ["scaled by area", 96, 45, 8],
    ["pixel by pixel", 32, 16, 8],
  ])("stays within its bound, %s", (_name, columns, rows, cellWidthPixels) => {
    const window = { columns, rows, cellWidthPixels, cellHeightPixels: 16 };
    const encoder = createEncoder("sixel", setupFor(columns, rows, { window }))!;
    // A longer buffer than needed shows what would be cut.
    const out = new Uint8Array(2 * encoder.maxFrameBytes);
    for (let seed = 0; seed < 3; seed++)
      expect(encoder.encode(noiseFrame(seed), out)).toBeLessThanOrEqual(encoder.maxFrameBytes);
  });
});

/**
 * Pictures at the terminal's own size, whose cells are no multiple of the game's pixels: what the encoders
 * send, compared with the area of each source pixel computed without their code.
 */
import { describe, expect, test } from "bun:test";
import { createEncoder, placeFor, type RendererName } from "../../../../src/io/render/encoders.ts";
import type { ScaleMode } from "../../../../src/io/render/scale.ts";
import { gameFrame, HEIGHT, noiseFrame, PALETTE, setupFor, WIDTH } from "../../../support/game-frames.ts";
import { IMAGE_RENDERERS, imageIn } from "../../../support/images.ts";

type Window = readonly [columns: number, rows: number, cellWidth: number, cellHeight: number];

const WINDOWS: readonly Window[] = [
  [130, 48, 8, 17],
  [80, 24, 9, 19],
  [101, 37, 7, 15],
  [64, 30, 10, 20],
  [97, 33, 11, 23],
];

function setupOf([columns, rows, cellWidthPixels, cellHeightPixels]: Window, scale: ScaleMode = "fit") {
  return setupFor(columns, rows, { window: { columns, rows, cellWidthPixels, cellHeightPixels }, scale });
}

/** Size of the picture's cells in pixels. */
function sizeIn(renderer: RendererName, window: Window, scale: ScaleMode) {
  const { placement } = placeFor(renderer, setupOf(window, scale))!;
  return { width: placement.columns * window[2], height: placement.rows * window[3] };
}

/** Sends frames, and returns the pixels of the last one: red, green and blue. */
function shown(renderer: RendererName, window: Window, frames: Uint16Array[], scale: ScaleMode = "fit") {
  const encoder = createEncoder(renderer, setupOf(window, scale))!;
  const out = new Uint8Array(encoder.maxFrameBytes);
  let pixels: Uint8Array = new Uint8Array(0);
  for (const frame of frames) {
    const length = encoder.encode(frame, out);
    pixels = imageIn(renderer, new TextDecoder("latin1").decode(out.subarray(0, length)));
  }
  encoder.close?.();
  return pixels;
}

const light = (value: number) =>
  value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
const component = (value: number) =>
  Math.round(255 * (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055));

/** The source pixels that each of `count` pixels covers, and which part of it each of them takes. */
function coverage(count: number, length: number): readonly (readonly [at: number, part: number])[][] {
  return Array.from({ length: count }, (_, pixel) => {
    const from = (pixel * length) / count;
    const to = ((pixel + 1) * length) / count;
    const parts: [number, number][] = [];
    for (let at = Math.floor(from); at < to; at++) {
      const part = ((Math.min(to, at + 1) - Math.max(from, at)) * count) / length;
      if (part > 1e-9) parts.push([at, part]);
    }
    return parts;
  });
}

/** The largest and the mean difference of a component from the mean light of each pixel's area. */
function differences(pixels: Uint8Array, frame: Uint16Array, width: number, height: number) {
  const across = coverage(width, WIDTH);
  const down = coverage(height, HEIGHT);
  let worst = 0;
  let all = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (const [at, shift] of [16, 8, 0].entries()) {
        let sum = 0;
        for (const [row, high] of down[y]!)
          for (const [column, wide] of across[x]!)
            sum += high * wide * light((PALETTE[frame[row * WIDTH + column]!]! >> shift) & 0xff);
        const difference = Math.abs(component(sum) - pixels[(y * width + x) * 3 + at]!);
        worst = Math.max(worst, difference);
        all += difference;
      }
  return { worst, mean: all / (width * height * 3) };
}

/** Columns of black and white by turns. */
const stripes = new Uint16Array(WIDTH * HEIGHT).map((_, at) => (at % 2 === 0 ? 0x0f : 0x20));
const lines = new Uint16Array(WIDTH * HEIGHT).map((_, at) =>
  Math.floor(at / WIDTH) % 2 === 0 ? 0x0f : 0x20,
);

/** The width of each stripe in pixels, from the light of every pixel in a row or column of the picture. */
function stripeWidths(lights: readonly number[]): { widths: number[]; mixed: number } {
  const white = light(PALETTE[0x20]! & 0xff);
  const widths: number[] = [];
  let isWhite = false;
  let width = 0;
  let mixed = 0;
  for (const value of lights) {
    const share = value / white;
    if (share > 0.001 && share < 0.999) {
      // The edge between two stripes, each of which has its part of it.
      mixed++;
      widths.push(width + (isWhite ? share : 1 - share));
      width = isWhite ? 1 - share : share;
      isWhite = !isWhite;
    } else if (share > 0.5 !== isWhite) {
      widths.push(width);
      width = 1;
      isWhite = !isWhite;
    } else width++;
  }
  widths.push(width);
  return { widths, mixed };
}

const hasSharedMemory = process.platform === "linux";
const renderers = IMAGE_RENDERERS.filter((name) => name !== "kitty-shm" || hasSharedMemory);

describe("fit shows even pixels", () => {
  for (const renderer of renderers)
    test.each(WINDOWS.map((window) => [window]))(`as ${renderer}, %p`, (window) => {
      const { width, height } = sizeIn(renderer, window, "fit");
      expect(width % WIDTH === 0 && height % HEIGHT === 0).toBe(false);
      // In a PNG, mixtures come in quarters.
      const tolerance = renderer === "kitty-shm" ? 0.02 : 0.26;
      const across = shown(renderer, window, [stripes]);
      expect(across.length).toBe(width * height * 3);
      const down = shown(renderer, window, [lines]);
      for (const [lights, length, step] of [
        [Array.from({ length: width }, (_, x) => light(across[x * 3]!)), WIDTH, width / WIDTH],
        [Array.from({ length: height }, (_, y) => light(down[y * width * 3]!)), HEIGHT, height / HEIGHT],
      ] as const) {
        const { widths, mixed } = stripeWidths(lights);
        expect(widths).toHaveLength(length);
        expect(mixed).toBeLessThan(length);
        for (const each of widths) expect(Math.abs(each - step)).toBeLessThan(tolerance);
      }
    });

  test.skipIf(!hasSharedMemory)("every pixel has the light of the area under it", () => {
    for (const window of [WINDOWS[1]!, WINDOWS[3]!]) {
      const { width, height } = sizeIn("kitty-shm", window, "fit");
      // Rows are mixed from rows that are rounded to components of 8 bits.
      for (const frame of [gameFrame(3), noiseFrame(5).map((entry) => entry & 0x3f)])
        expect(
          differences(shown("kitty-shm", window, [frame]), frame, width, height).worst,
        ).toBeLessThanOrEqual(4);
    }
  });

  test.skipIf(!hasSharedMemory)("frames that change in part equal frames drawn whole", () => {
    const moved = gameFrame(3).slice();
    for (let y = 0; y < HEIGHT; y += 29) for (let x = 40; x < 60; x++) moved[y * WIDTH + x] = 0x16;
    const inParts = shown("kitty-shm", WINDOWS[0]!, [gameFrame(3), moved, gameFrame(3), moved]);
    expect(Buffer.compare(inParts, shown("kitty-shm", WINDOWS[0]!, [moved]))).toBe(0);
  });

  test.each([
    ["a game's colours, mixed in quarters", gameFrame(2), 4.5],
    ["more colours than it can have", noiseFrame(1), 45],
  ])("as a PNG with %s", (_, frame, maxMean) => {
    const window = WINDOWS[1]!;
    const { width, height } = sizeIn("kitty", window, "fit");
    const pixels = shown("kitty", window, [frame]);
    expect(differences(pixels, frame, width, height).mean).toBeLessThan(maxMean);
    // Colours of the frame before do not stay.
    expect(Buffer.compare(shown("kitty", window, [stripes, frame]), pixels)).toBe(0);
  });
});

describe("integer shows whole multiples", () => {
  for (const renderer of renderers)
    test(`as ${renderer}, in cells that are none`, () => {
      const window = [130, 48, 11, 23] as const;
      const { width, height } = sizeIn(renderer, window, "integer");
      expect([width % WIDTH, height % HEIGHT]).not.toEqual([0, 0]);
      const pixels = shown(renderer, window, [stripes], "integer");
      const step = Math.floor(width / WIDTH);
      const left = (width - step * WIDTH) >> 1;
      const middle = (height >> 1) * width;
      const row = Array.from({ length: width }, (_, x) => pixels[(middle + x) * 3]! >= 0x80);
      // The columns are black and white by turns, and black beside the picture.
      const isWhite = (x: number) =>
        x >= left && x < left + step * WIDTH && Math.floor((x - left) / step) % 2 === 1;
      expect(row).toEqual(row.map((_, x) => isWhite(x)));
    });
});

describe("a slow link", () => {
  test.each(["kitty", "iterm2"] as const)("gets the small picture from then on, as %s", (renderer) => {
    const encoder = createEncoder(renderer, setupOf(WINDOWS[0]!))!;
    const out = new Uint8Array(encoder.maxFrameBytes);
    const picture = (time: number) =>
      imageIn(
        renderer,
        new TextDecoder("latin1").decode(out.subarray(0, encoder.encode(gameFrame(time), out))),
      );
    encoder.limitBytes = Number.POSITIVE_INFINITY;
    expect(picture(0).length).toBeGreaterThan(WIDTH * HEIGHT * 3);
    encoder.limitBytes = 4000;
    expect(picture(1)).toHaveLength(WIDTH * HEIGHT * 3);
    encoder.limitBytes = Number.POSITIVE_INFINITY;
    expect(picture(2)).toHaveLength(WIDTH * HEIGHT * 3);
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { PixelConverter } from "../../../src/io/capture/pixel-converter.ts";
import { channelsOf, type PixelLayout, pixelLayout } from "../../../src/io/capture/pixel-layout.ts";
import { convertRgb } from "../../../src/io/capture/rgb-pixels.ts";
import { decodePalette } from "../../../src/io/render/colors/palette.ts";
import { FRAME, pictureLayouts } from "../../support/picture-layouts.ts";
import { soakSize } from "../../support/soak.ts";

const palette = decodePalette();
/** As that of a PlayChoice-10, whose second screen has 256 colours of its own. */
const longPalette = Uint32Array.from(
  { length: 768 },
  (_, entry) => palette[entry] ?? (entry * 8_191) & 0xff_ffff,
);

function noise(seed: number, values = 512): Uint16Array {
  let state = seed;
  return Uint16Array.from({ length: FRAME.width * FRAME.height }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % values;
  });
}

/** The channels of a pixel, computed from the definition. */
function channelsAt(entry: number, layout: PixelLayout): number[] {
  const color = longPalette[entry]!;
  const [red, green, blue] = [color >> 16, (color >> 8) & 0xff, color & 0xff] as [number, number, number];
  if (layout.format === "rgb") return [red, green, blue];
  return [Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000)];
}

/** The mean of the area that an output pixel covers, with exact fractions. */
function areaMean(frames: readonly Uint16Array[], layout: PixelLayout, x: number, y: number): number[] {
  const { crop, width, height } = layout;
  const sums = new Array<bigint>(channelsOf(layout.format)).fill(0n);
  const overlap = (output: number, source: number, outputs: number, sources: number) =>
    Math.max(
      0,
      Math.min((output + 1) * sources, (source + 1) * outputs) - Math.max(output * sources, source * outputs),
    );
  for (let row = 0; row < crop.height; row++) {
    const down = overlap(y, row, height, crop.height);
    if (down === 0) continue;
    for (let column = 0; column < crop.width; column++) {
      const across = overlap(x, column, width, crop.width);
      if (across === 0) continue;
      const at = (crop.y + row) * FRAME.width + crop.x + column;
      const values = frames.map((frame) => channelsAt(frame[at]!, layout));
      for (let i = 0; i < sums.length; i++)
        sums[i]! += BigInt(across * down) * BigInt(Math.max(...values.map((value) => value[i]!)));
    }
  }
  const area = BigInt(crop.width * crop.height);
  return sums.map((sum) => Number((2n * sum + area) / (2n * area)));
}

describe("pictures for programs", () => {
  test.each([palette, longPalette])("are means of areas, rounded to the nearest (%#)", (colors) => {
    const frames = [noise(1, colors.length), noise(2, colors.length)] as const;
    const points = fc.array(fc.tuple(fc.nat(299), fc.nat(299)), { minLength: 6, maxLength: 6 });
    const property = fc.property(pictureLayouts, points, fc.boolean(), (layout, places, isBrighter) => {
      const converter = new PixelConverter(colors, layout, FRAME.width);
      const into = new Uint8Array(converter.bytes + 2).fill(0xaa);
      converter.convert(frames[0], into, 1, isBrighter ? frames[1] : frames[0]);
      expect([into[0], into.at(-1)]).toEqual([0xaa, 0xaa]);
      const channels = channelsOf(layout.format);
      for (const [a, b] of places) {
        const [x, y] = [a % layout.width, b % layout.height];
        const at = 1 + channels * (y * layout.width + x);
        const expected = areaMean(isBrighter ? frames : [frames[0]], layout, x, y);
        expect([...into.subarray(at, at + channels)]).toEqual(expected);
      }
    });
    fc.assert(property, { numRuns: soakSize(40, 1000), seed: 17 });
  });

  test.each([
    ["the whole frame", { x: 0, y: 0, width: 256, height: 240 }, 256, 240],
    ["84 × 84", { x: 0, y: 0, width: 256, height: 240 }, 84, 84],
    ["one pixel", { x: 255, y: 239, width: 1, height: 1 }, 1, 1],
    ["one pixel, larger", { x: 3, y: 5, width: 1, height: 1 }, 7, 2],
    ["odd edges", { x: 7, y: 9, width: 33, height: 21 }, 20, 50],
    ["the whole frame as one pixel", { x: 0, y: 0, width: 256, height: 240 }, 1, 1],
  ])("%s: every pixel", (_, crop, width, height) => {
    const frame = noise(3);
    for (const format of ["rgb", "gray"] as const) {
      const layout = pixelLayout({ format, crop, width, height }, FRAME);
      const converter = new PixelConverter(palette, layout, FRAME.width);
      const into = new Uint8Array(converter.bytes);
      converter.convert(frame, into);
      const step = width * height > 10_000 ? 173 : 1;
      for (let pixel = 0; pixel < width * height; pixel += step) {
        const expected = areaMean([frame], layout, pixel % width, Math.floor(pixel / width));
        const channels = expected.length;
        expect([...into.subarray(channels * pixel, channels * (pixel + 1))]).toEqual(expected);
      }
    }
  });

  test("pictures of colours have the same means, also where a mean is exactly a half", () => {
    const frame = noise(5);
    const colors = Uint32Array.from(frame, (entry) => palette[entry]!);
    for (const [width, height] of [
      [64, 60],
      [84, 84],
      [193, 144],
      [300, 301],
    ] as const)
      for (const format of ["rgb", "gray"] as const) {
        const crop = { x: 45, y: 70, width: 80, height: 30 };
        const layout = pixelLayout({ format, crop, width, height }, FRAME);
        const converter = new PixelConverter(palette, layout, FRAME.width);
        const into = new Uint8Array(converter.bytes);
        converter.convert(frame, into);
        expect(Buffer.from(convertRgb(colors, FRAME.width, layout)).equals(Buffer.from(into))).toBe(true);
      }
  });

  test("the brightest picture does not overflow", () => {
    const white = new Uint16Array(FRAME.width * FRAME.height).fill(0x20);
    for (const [width, height] of [
      [1, 1],
      [255, 239],
      [2048, 2048],
    ] as const) {
      const layout = pixelLayout({ format: "gray", width, height }, FRAME);
      const converter = new PixelConverter(palette, layout, FRAME.width);
      const into = new Uint8Array(converter.bytes);
      converter.convert(white, into);
      expect(new Set(into)).toEqual(new Set([areaMean([white.subarray()], layout, 0, 0)[0]!]));
    }
  });

  test("NES colours are not mixed, and have no emphasis", () => {
    const frame = noise(4);
    const layout = pixelLayout({ format: "indices", width: 128, height: 240 }, FRAME);
    const converter = new PixelConverter(palette, layout, FRAME.width);
    const into = new Uint8Array(converter.bytes);
    converter.convert(frame, into);
    for (let i = 0; i < 1000; i++) {
      const [x, y] = [i % 128, i % 240];
      expect(into[128 * y + x]).toBe(frame[256 * y + 2 * x + 1]! & 0x3f);
    }
  });

  test("frames and buffers can lie anywhere in memory", () => {
    const frame = noise(5);
    const odd = new Uint16Array(new ArrayBuffer(2 * frame.length + 2), 2);
    odd.set(frame);
    for (const options of [{ format: "gray", width: 84, height: 84 } as const, {}]) {
      const converter = new PixelConverter(palette, pixelLayout(options, FRAME), FRAME.width);
      const wanted = new Uint8Array(converter.bytes);
      const into = new Uint8Array(converter.bytes + 4).subarray(3, converter.bytes + 3);
      converter.convert(frame, wanted);
      converter.convert(odd, into);
      expect(Buffer.compare(wanted, into)).toBe(0);
      // The copy of an unaligned frame follows the frame.
      odd.fill(0x0f);
      converter.convert(odd, into);
      expect(new Set(into).size).toBe(1);
      odd.set(frame);
    }
  });

  test.each([
    [{ format: "bmp" }, "unknown format bmp"],
    [{ width: 0 }, "width 0"],
    [{ height: 2049 }, "height 2049"],
    [{ width: 1.5 }, "width 1.5"],
    [{ crop: { x: 0, y: 0, width: 257, height: 1 } }, "257 × 1 at 0, 0 is not inside the frame"],
    [{ crop: { x: -1, y: 0, width: 2, height: 1 } }, "is not inside"],
    [{ crop: { x: 0, y: -1, width: 1, height: 2 } }, "is not inside"],
    [{ crop: { x: 0, y: 239, width: 1, height: 2 } }, "is not inside"],
    [{ crop: { x: 0, y: 0, width: 0, height: 1 } }, "is not inside"],
    [{ crop: { x: 0, y: 0, width: 1, height: 0 } }, "is not inside"],
    [{ crop: { x: 0, y: 0, width: Number.NaN, height: 1 } }, "is not inside"],
    [{ crop: {} }, "is not inside"],
  ])("%j is rejected", (options, message) => {
    const make = () => pixelLayout(options as never, FRAME);
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });
});

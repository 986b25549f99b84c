import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { load } from "../../../src/io/library/index.ts";
import { hasFineDetail } from "../../../src/io/render/fine-detail.ts";

describe("hasFineDetail", () => {
  test.each([
    ["swingby", 60, false],
    ["swingby", 600, false],
    ["test-card", 60, true],
  ] as const)("%s, frame %d: %p", async (name, frames, expected) => {
    const nes = await load(join(import.meta.dir, "../../../roms", `${name}.nes`));
    nes.frames(frames);
    const { pixels } = nes.screen;
    expect(hasFineDetail(pixels, 256, 240)).toBe(expected);
  });

  test.each([
    ["one colour", () => 0, false],
    ["columns of two pixels", (x: number) => (x >> 1) & 1, false],
    ["columns of one pixel", (x: number) => x & 1, true],
    ["rows of one pixel", (_: number, y: number) => y & 1, true],
  ])("%s", (_name, colorAt, expected) => {
    const pixels = Uint16Array.from({ length: 64 * 48 }, (_, at) => colorAt(at % 64, Math.floor(at / 64)));
    expect(hasFineDetail(pixels, 64, 48)).toBe(expected);
  });
});

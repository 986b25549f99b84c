import { describe, expect, test } from "bun:test";
import {
  DEFAULT_DECODER,
  decodePalette,
  PALETTE_ENTRIES,
  paletteFor,
  withSecondScreen,
} from "../../../../src/io/render/colors/palette.ts";
import { SHARED, sharedFile } from "../../../support/shared.ts";

const channels = (color: number): [number, number, number] => [color >> 16, (color >> 8) & 255, color & 255];

describe("decodePalette", () => {
  const palette = decodePalette();

  test("has 512 colours", () => {
    expect(palette).toHaveLength(PALETTE_ENTRIES);
  });

  test("shows greys, black and white where the console has them", () => {
    expect(palette[0x0f]).toBe(0);
    expect(palette[0x1d]).toBe(0);
    expect(palette[0x20]).toBe(0xffffff);
    const [red, green, blue] = channels(palette[0x00]);
    expect(red === green && green === blue).toBe(true);
  });

  test.each([
    ["blue", 0x11, 2],
    ["red", 0x16, 0],
    ["green", 0x1a, 1],
  ])("shows %s as such", (_, index, strongest) => {
    const color = channels(palette[index]);
    expect(Math.max(...color)).toBe(color[strongest]);
  });

  test.each([
    ["red", 1, 0],
    ["green", 2, 1],
    ["blue", 4, 2],
  ])("keeps %s where its emphasis darkens the rest", (_, bit, channel) => {
    const [plain, tinted] = [channels(palette[0x10]), channels(palette[0x10 | (bit << 6)])];
    const lost = plain.map((value, index) => value - tinted[index]);
    expect(Math.min(...lost)).toBe(lost[channel]);
    expect(Math.max(...lost)).toBeGreaterThan(lost[channel] + 15);
  });

  test("obeys its settings", () => {
    const grey = decodePalette({ ...DEFAULT_DECODER, saturation: 0 });
    for (const color of grey) expect(new Set(channels(color)).size).toBe(1);
    const bright = decodePalette({ ...DEFAULT_DECODER, brightness: 0.2 });
    expect(channels(bright[0x00])[0]).toBeGreaterThan(channels(palette[0x00])[0]);
  });

  test.skipIf(!SHARED)("agrees with an independent palette", async () => {
    const { PAL } = (await import(sharedFile("scenes/scenes.ts"))) as { PAL: [number, number, number][] };
    for (const [index, expected] of PAL.entries())
      for (const [channel, value] of channels(palette[index]).entries())
        expect(Math.abs(value - expected[channel])).toBeLessThanOrEqual(1);
  });
});

describe("a machine with a second screen", () => {
  const own = Uint32Array.from({ length: 768 }, (_, entry) => entry);
  const users = new Uint32Array(PALETTE_ENTRIES).fill(0xffffff);

  test("keeps the colours of that screen with the user's palette", () => {
    const palette = paletteFor({ colors: own }, users);
    expect([palette.length, palette[511], palette[512], palette[767]]).toEqual([768, 0xffffff, 512, 767]);
    expect(withSecondScreen(users, own)).toBe(palette);
    expect(own[0]).toBe(0);
  });

  test("changes nothing for others", () => {
    expect(withSecondScreen(users, undefined)).toBe(users);
    expect(withSecondScreen(users, own.subarray(0, PALETTE_ENTRIES))).toBe(users);
    expect(paletteFor({ colors: own })).toBe(own);
  });
});

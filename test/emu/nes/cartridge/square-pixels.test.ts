import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";

const geometryOf = (name: string, region: "ntsc" | "pal" = "ntsc") => {
  const path = join(import.meta.dir, "../../../../roms", name);
  return createHeadless(readRom(readFileSync(path), path).image, { region }).geometry;
};

test("Swingby is drawn for square pixels, and says how a television shows it", () => {
  // If this fails after a change of the ROM, square-pixels.ts needs its new SHA-1.
  expect(geometryOf("swingby.nes")).toMatchObject({ pixelAspect: 1, televisionAspect: 8 / 7 });
  expect(geometryOf("swingby.nes", "pal")).toMatchObject({ pixelAspect: 1, televisionAspect: 11 / 8 });
});

test("other games are drawn for televisions", () => {
  expect(geometryOf("test-card.nes").pixelAspect).toBe(8 / 7);
  expect(geometryOf("test-card.nes").televisionAspect).toBeUndefined();
  expect(geometryOf("test-card.nes", "pal").pixelAspect).toBe(11 / 8);
});

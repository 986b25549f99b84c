import { expect, test } from "bun:test";
import { extensionByContent } from "../../../../src/io/files/roms/core-systems.ts";

test("contents tell Game Boy games from others", () => {
  const rom = new Uint8Array(0x200);
  expect(extensionByContent(rom)).toBeUndefined();
  rom.set([0xce, 0xed, 0x66, 0x66, 0xcc, 0x0d, 0x00, 0x0b], 0x104);
  expect(extensionByContent(rom)).toBe("gb");
});

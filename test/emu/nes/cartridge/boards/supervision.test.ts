import { expect, test } from "bun:test";
import { KIB } from "../../../../../src/emu/units.ts";
import { BoardHarness, testImage } from "../../../../support/board-harness.ts";
import { forgeCrc32 } from "../../../../support/forge-crc.ts";

test("Supervision 16-in-1: an image with the menu in front of the games", () => {
  const image = testImage({ mapper: 53, prgKib: 2080, chrRamKib: 8 });
  forgeCrc32(image.prgRom.subarray(0, 32 * KIB), 0x63794e25);
  const board = new BoardHarness(image);
  expect(board.prg).toBe("19 0 1 2 3");
  board.write(0x6000, 0x32);
  board.write(0x8000, 3);
  expect(board.prg).toBe("51 42 43 50 51");
});

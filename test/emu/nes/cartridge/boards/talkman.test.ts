import { expect, test } from "bun:test";
import { BoardHarness, testImage } from "../../../../support/board-harness.ts";

const CYCLES_PER_BYTE = (2 * 1_789_773) / 32_000;

test("Talkman: the FIFO is half full until speech has taken its bytes", () => {
  const board = new BoardHarness(testImage({ mapper: 594, prgKib: 3072, chrKib: 1024 }));
  const levels: number[] = [];
  board.board.connectSound({ setExpansionLevel: (_cycle, level) => levels.push(level) });
  board.write(0x5001, 0xc0);
  expect(board.read(0x5000)).toBe(0x40);
  for (let count = 0; count < 600; count++) board.write(0x5000, 0x7f);
  expect(board.read(0x5000)).toBe(0);
  const toHalf = Math.floor(88 * CYCLES_PER_BYTE);
  while (board.cycle < toHalf - 100) board.idle(50);
  expect(board.read(0x5000)).toBe(0);
  board.idle(200);
  expect(board.read(0x5000)).toBe(0x40);
  board.idle(600 * CYCLES_PER_BYTE);
  // Codes 7 and 15 in turn: up and down again, with larger and larger steps. An empty FIFO ends it.
  expect(levels.length).toBe(1200);
  expect(levels[0]).toBeGreaterThan(0);
  expect(levels[1]).toBeLessThan(levels[0]!);
  expect(Math.max(...levels)).toBeGreaterThan(8 * levels[0]!);
});

test("Talkman: the register of the rate empties the FIFO", () => {
  const board = new BoardHarness(testImage({ mapper: 594, prgKib: 3072, chrKib: 1024 }));
  for (let count = 0; count < 600; count++) board.write(0x5000, 0);
  expect(board.read(0x5000)).toBe(0);
  board.write(0x5001, 0);
  expect(board.read(0x5000)).toBe(0x40);
});

import { expect, test } from "bun:test";
import { BoardHarness, type TestCartridge, testImage } from "../../../../support/board-harness.ts";
import type { Write } from "./board-case.ts";

/** The last write puts solder pads in the place of the address lines in `lines`; the one before does not. */
const BOARDS: readonly (readonly [cartridge: TestCartridge, lines: number, writes: readonly Write[]])[] = [
  [
    { mapper: 126, chrKib: 256 },
    0x01,
    [
      [0x6001, 0],
      [0x6001, 1],
    ],
  ],
  [
    { mapper: 422, chrKib: 256 },
    0x01,
    [
      [0x6001, 0],
      [0x6001, 1],
    ],
  ],
  [
    { mapper: 534, chrKib: 256 },
    0x01,
    [
      [0x6001, 0],
      [0x6001, 1],
    ],
  ],
  [
    { mapper: 227, chrRamKib: 8 },
    0x0f,
    [
      [0x8080, 0],
      [0x8480, 0],
    ],
  ],
  [
    { mapper: 236, chrKib: 64 },
    0x0f,
    [
      [0xc000, 0],
      [0xc010, 0],
    ],
  ],
  [
    { mapper: 339, chrKib: 128 },
    0x03,
    [
      [0xa001, 0x80],
      [0x6000, 0],
      [0x6040, 0],
    ],
  ],
  [
    { mapper: 503, chrKib: 128 },
    0x03,
    [
      [0x6000, 0],
      [0x6020, 0],
    ],
  ],
];

test.each(BOARDS)("%o: solder pads replace the address lines %i", (cartridge, lines, writes) => {
  const image = testImage({ prgKib: 128, ...cartridge });
  for (let at = 0; at < image.prgRom.length; at++) image.prgRom[at] = at & 0x0f;
  const board = new BoardHarness(image);
  const low = (): number[] => Array.from({ length: 16 }, (_, at) => board.read(0xfff0 + at));
  const all = Array.from({ length: 16 }, (_, at) => at);
  for (const [address, value] of writes.slice(0, -1)) board.write(address, value);
  expect(low()).toEqual(all);
  board.write(...writes.at(-1)!);
  const replaced = all.map((at) => at & ~lines);
  expect(low()).toEqual(replaced);
  board.load(board.save());
  expect(low()).toEqual(replaced);
});

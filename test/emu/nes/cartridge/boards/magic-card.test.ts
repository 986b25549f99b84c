import { expect, test } from "bun:test";
import { KIB } from "../../../../../src/emu/units.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { testImage } from "../../../../support/board-harness.ts";
import { FRAME_PIXELS } from "../../../../support/machines.ts";

const GAME = 0xfff0;

/** Sets RAM's first byte in the trainer at `at`, and counts in the second in the game, once in each reset. */
function run(mapper: number, submapper: number, at: number, last: readonly number[]): number[] {
  const plain = testImage({ mapper, submapper, prgKib: 128, chrRamKib: 32 });
  const trainer = new Uint8Array(512);
  trainer.set([0xa9, 0x5a, 0x85, 0x00, ...last], at & 0xff);
  const prgRom = plain.prgRom.slice();
  for (let end = 32 * KIB; end <= prgRom.length; end += 32 * KIB) {
    prgRom.set([0xe6, 0x01, 0x4c, (GAME + 2) & 0xff, GAME >> 8], end - 16); // INC $01, JMP to itself
    prgRom.set([GAME & 0xff, GAME >> 8], end - 4);
  }
  const nes = createHeadless({ ...plain, prgRom, trainer });
  const pixels = new Uint16Array(FRAME_PIXELS);
  nes.runFrame(pixels);
  const once = [...nes.memory.bytes.subarray(nes.memory.workRam.offset, nes.memory.workRam.offset + 2)];
  nes.reset("reset");
  nes.runFrame(pixels);
  return [...once, nes.memory.bytes[nes.memory.workRam.offset + 1]];
}

test.each([
  [561, 0x7123, 0x7123],
  [562, 0x0300, 0x0300],
])("mapper %i calls the program in its miscellaneous ROM once, then the game", (mapper, at, called) => {
  const plain = testImage({ mapper, submapper: 2, prgKib: 256, chrRamKib: 32, ramKib: 8 });
  const prgRom = plain.prgRom.slice();
  prgRom.set([0xe6, 0x01, 0x4c, (GAME + 2) & 0xff, GAME >> 8], prgRom.length - 16);
  prgRom.set([GAME & 0xff, GAME >> 8], prgRom.length - 4);
  const words = [at & 0xff, at >> 8, called & 0xff, called >> 8];
  const miscRom = new Uint8Array([...words, 0xa9, 0x5a, 0x85, 0x00, 0x60]); // LDA #$5A, STA $00, RTS
  const nes = createHeadless({ ...plain, prgRom, miscRom });
  const pixels = new Uint16Array(FRAME_PIXELS);
  nes.runFrame(pixels);
  const { offset } = nes.memory.workRam;
  expect([...nes.memory.bytes.subarray(offset, offset + 2)]).toEqual([0x5a, 1]);
  nes.memory.bytes[offset] = 0;
  nes.reset("reset");
  nes.runFrame(pixels);
  expect([...nes.memory.bytes.subarray(offset, offset + 2)]).toEqual([0, 2]);
});

test.each([
  [561, 1],
  [561, 3],
  [562, 3],
])("mapper %i ignores a trainer of %i bytes, which is cut off", (mapper, bytes) => {
  const plain = testImage({ mapper, prgKib: 128, chrRamKib: 32, ramKib: 8, miscBytes: bytes });
  const nes = createHeadless(plain);
  expect([0, 1, 2, 3].map((at) => nes.board.peekRegister(0x5000 + at, 0x50))).toEqual([
    0x50, 0x50, 0x50, 0x50,
  ]);
});

const JUMP_TO_GAME = [0x6c, 0xfc, 0xff];

test.each([
  [6, 1, 0x7003, [0x60]],
  [8, 0, 0x7003, [0x60]],
  [12, 1, 0x7003, [0x60]],
  [17, 0, 0x7000, JUMP_TO_GAME],
  [17, 1, 0x5d00, JUMP_TO_GAME],
  [17, 2, 0x5e00, JUMP_TO_GAME],
  [17, 3, 0x5f00, JUMP_TO_GAME],
])("mapper %i.%i runs the trainer at %i once, then the game", (mapper, submapper, at, end) => {
  expect(run(mapper, submapper, at, end)).toEqual([0x5a, 1, 2]);
});

/** Boards of rare games that save to flash, and of those that read samples from it. */
import { type BoardCase, chr8, HORIZONTAL, VERTICAL, type Write } from "../board-case.ts";

/** A command of mapper 451's flash chip. The fixed bank 0 is at $8000. */
function flashCommand(...last: readonly Write[]): Write[] {
  return [[0x8555, 0xaa], [0x82aa, 0x55], ...last];
}

/** The bits of a command to the serial chip of mapper 413, after the pulse that selects it. */
function serialCommand(code: number, address: number): Write[] {
  const command = code * 0x1000000 + address;
  const bits = Array.from({ length: 32 }, (_, at): Write => [0xc000, ((command >>> (31 - at)) & 1) << 7]);
  return [[0xd000, 1], [0xd000, 0], ...bits, [0xd000, 2]];
}

/** Reads of the data port of mapper 413, far enough from each other. */
function samples(...values: readonly number[]) {
  return values.map((value) => ({ idle: 8, reads: [[0xc000, value] as const] }));
}

export const FLASH_BOARDS: readonly BoardCase[] = [
  {
    name: "Haradius Zero: A0 is CPU A1",
    cartridge: { mapper: 406, prgKib: 512, chrKib: 256 },
    steps: [
      [0x8000, 6],
      [0x8002, 5],
      [0x8001, 2],
      [0x8003, 9],
      [0xa000, 1],
      { prg: "- 5 1 62 63", chr: "0 1 2 3 9 5 6 7", nt: HORIZONTAL },
      [0xc000, 2],
      [0xc002, 0],
      [0xe002, 0],
      { a12: 2, irq: false },
      { a12: 1, irq: true },
      [0xe000, 0],
      { irq: false },
      // $555 is in bank 5, $2AA in bank 1: the chip does not decode the bank.
      [0x8555, 0xaa],
      [0xa2aa, 0x55],
      [0x8555, 0x90],
      {
        prg: "- - - - -",
        reads: [
          [0x8000, 0xc2],
          [0x8001, 0xa4],
          [0xfff2, 0],
          [0x6000, 0xab],
        ],
      },
      // Every write reaches the MMC3 too: this one exchanges the windows.
      [0x8000, 0xf0],
      { prg: "- 62 1 5 63" },
    ],
  },
  {
    name: "Haradius Zero for the NES: registers exchanged",
    cartridge: { mapper: 406, submapper: 1, prgKib: 512, chrKib: 256 },
    steps: [
      [0xe000, 6],
      [0xe001, 5],
      [0xa000, 1],
      { prg: "- 5 1 62 63", nt: HORIZONTAL },
      [0xc000, 1],
      [0xc001, 0],
      [0x8001, 0],
      { a12: 2, irq: true },
      [0x8000, 0],
      { irq: false },
      [0xe555, 0xaa],
      [0xe2aa, 0x55],
      [0xe555, 0x90],
      {
        reads: [
          [0x8000, 0x01],
          [0x8001, 0xa4],
        ],
      },
      [0x8000, 0xf0],
    ],
  },
  {
    name: "Haratyler: banks and counter by the address, scores in flash",
    cartridge: { mapper: 451, prgKib: 512, chrRamKib: 16 },
    steps: [
      { prg: "- 0 16 32 48", chr: chr8(0, "r"), nt: VERTICAL },
      [0xe003, 0],
      { prg: "- 0 25 41 48", chr: chr8(8, "r") },
      [0xe001, 0],
      { prg: "- 0 17 33 48", chr: chr8(8, "r") },
      [0xa001, 0],
      { nt: HORIZONTAL },
      [0xc003, 0],
      { a12: 2, irq: false },
      { a12: 1, irq: true },
      [0xc0ff, 0],
      { a12: 300, irq: false },
      ...flashCommand([0x8555, 0xa0], [0x8003, 0x00]),
      { reads: [[0x8003, 0]] },
      [0xe003, 0],
      ...flashCommand([0x8555, 0x80], ...flashCommand([0xa000, 0x30])),
      {
        reads: [
          [0x8000, 0],
          [0xa000, 0xff],
        ],
      },
      [0xe000, 0],
      ...flashCommand([0x8555, 0x90]),
      {
        reads: [
          [0x8000, 0x37],
          [0x8001, 0x86],
        ],
      },
      [0x8000, 0xf0],
    ],
  },
  {
    name: "Super Russian Roulette: banks, counter, samples",
    cartridge: { mapper: 413, prgKib: 256, chrKib: 256, miscBytes: 1000 },
    steps: [
      { prg: "0 0 0 (- - 14 15) 4", chr: "0 1 2 3 244 245 246 247", reads: [[0x5000, 2]] },
      [0xe000, 0x0a],
      [0xe000, 0x49],
      [0xffff, 0x88],
      [0xe000, 0xc5],
      { prg: "10 9 8 (- - 14 15) 4", chr: "20 21 22 23 244 245 246 247", nt: VERTICAL },
      [0x8000, 1],
      [0x9000, 0],
      [0xb000, 0],
      { a12: 2, irq: true },
      [0xa000, 0],
      { irq: false },
      ...serialCommand(3, 0x123),
      ...samples(0xff, 0x23, 0x24),
      // The next byte takes eight cycles.
      { idle: 1, reads: [[0xc000, 0x25]] },
      ...samples(0x25, 0x26),
      [0xd000, 0],
      ...samples(0x27, 0x27),
      ...serialCommand(3, 999),
      ...samples(0x27, 999 & 0xff, 0),
      ...serialCommand(5, 0),
      ...samples(1, 0xff, 0xff),
    ],
  },
  {
    name: "Super Russian Roulette without its samples",
    cartridge: { mapper: 413, prgKib: 256, chrKib: 256 },
    steps: [...serialCommand(3, 0), ...samples(0xff, 0xff)],
  },
  {
    name: "DS-9-27: RAM in the place of ROM",
    cartridge: { mapper: 452, prgKib: 2048, chrRamKib: 8, ramKib: 8 },
    steps: [
      { prg: "- r0ro 1 0 1", nt: VERTICAL },
      [0x8148, 0x10],
      { prg: "- 164 r0ro 0 1" },
      [0x8149, 0x39],
      { prg: "- 164 165 166 r0", nt: HORIZONTAL },
      [0xe123, 0x45],
      { reads: [[0xe123, 0x45]] },
      [0x8048, 0x2c],
      { prg: "- 36 37 r0ro 39" },
      [0x8040, 0x08],
      { prg: "- r0ro 33 34 35" },
      [0x8040, 0x0c],
      { prg: "- r0ro 33 34 39" },
      [0x8040, 0x4c],
      { prg: "- r0ro 33 34 47" },
      [0xdf46, 0x12],
      { prg: "- 163 r0ro 163 r0", reads: [[0xa123, 0x45]] },
      { reset: true, prg: "- r0ro 1 0 1" },
    ],
  },
];

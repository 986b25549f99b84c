import { type BoardCase, chr8, HORIZONTAL, SINGLE_0, VERTICAL, type Write } from "../board-case.ts";
import { mmc3 } from "./nintendo.ts";

/** R0 to R7: CHR 4, 6, 8, 9, 10, 11; PRG 2, 3. */
const BANKS: readonly Write[] = [4, 6, 8, 9, 10, 11, 2, 3].flatMap((value, register) =>
  mmc3(register, value),
);

/** Five writes of one bit to a MMC1. */
function serial(address: number, value: number): Write[] {
  return Array.from({ length: 5 }, (_, bit): Write => [address, (value >> bit) & 1]);
}

const KASHENG: readonly BoardCase[] = [
  {
    name: "A9711's protection takes over PRG banks",
    cartridge: { mapper: 121, prgKib: 256, chrKib: 512 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 30 31", chr: "260 261 262 263 8 9 10 11" },
      [0x8000, 0x80],
      { chr: "8 9 10 11 260 261 262 263" },
      [0x8003, 0x28],
      [0x8001, 0x10],
      { prg: "- 2 0 2 0" },
      [0x8003, 0x26],
      { prg: "- 2 0 2 2" },
      [0x8003, 0x2a],
      { prg: "- 2 2 2 2" },
      [0x8003, 0x3f],
      [0x8001, 0x20],
      { prg: "- 2 2 2 2" },
      [0x8003, 0x2c],
      { prg: "- 2 2 2 1" },
      [0x8003, 0x00],
      { prg: "- 2 0 30 31" },
      [0x5000, 0x02],
      { reads: [[0x5001, 0x42]] },
    ],
  },
  {
    name: "A9713's blocks",
    cartridge: { mapper: 121, prgKib: 512, chrKib: 512 },
    steps: [
      ...BANKS,
      { prg: "- 34 35 62 63", chr: chr8(260) },
      [0x5180, 0x00],
      { prg: "- 2 3 30 31", chr: chr8(4) },
    ],
  },
  {
    name: "A98402",
    cartridge: { mapper: 187, prgKib: 256, chrKib: 512 },
    steps: [
      [0x8001, 0x09],
      { chr: "256 257 258 259 4 5 6 7" },
      ...BANKS,
      { prg: "- 2 3 30 31", chr: "260 261 262 263 8 9 10 11", reads: [[0x5000, 0x83]] },
      [0x5000, 0x83],
      { prg: "- 6 7 6 7" },
      [0x5000, 0xa3],
      { prg: "- 4 5 6 7" },
      [0x6000, 0xe9],
      { prg: "- 8 9 10 11" },
    ],
  },
  {
    name: "A9746's outer banks and scrambled mode",
    cartridge: { mapper: 219, prgKib: 512, chrKib: 512 },
    steps: [
      ...BANKS,
      { prg: "- 34 35 62 63", chr: chr8(260) },
      [0x5000, 0xc1],
      { prg: "- 50 51 62 63", chr: chr8(260) },
      [0x5001, 0x00],
      { prg: "- 18 19 30 31", chr: chr8(4) },
      [0x8002, 0x20],
      [0x8000, 0x08],
      [0x8001, 0x05],
      [0x8000, 0x09],
      [0x8001, 0x14],
      [0x8000, 0x26],
      [0x8001, 0x28],
      { prg: "- 21 19 30 31", chr: "90 91 6 7 8 9 10 11" },
    ],
  },
  {
    name: "Contra Fighter's answers",
    cartridge: { mapper: 238, prgKib: 128, chrKib: 256 },
    steps: [[0x4020, 0x01], { reads: [[0x6000, 0x02]] }, [0x7fff, 0x03], { reads: [[0x4020, 0x03]] }],
  },
];

const SCRAMBLED: readonly BoardCase[] = [
  {
    name: "H2288's order of registers, and NROM",
    cartridge: { mapper: 123, prgKib: 512, chrKib: 256 },
    steps: [
      ...BANKS,
      { prg: "- 10 11 62 63", chr: "4 5 8 9 2 6 3 9" },
      [0x5800, 0x47],
      { prg: "- 8 9 10 11" },
      [0x5800, 0x49],
      { prg: "- 6 7 6 7" },
    ],
  },
  {
    name: "UT1374: A0 on A1, and 32 KiB banks",
    cartridge: { mapper: 196, prgKib: 128, chrKib: 128 },
    steps: [[0x8000, 6], [0x8002, 5], { prg: "- 5 1 14 15" }, [0x6000, 0x21], { prg: "- 12 13 14 15" }],
  },
  {
    name: "UT1374: A0 on A2 of the counter",
    cartridge: { mapper: 196, prgKib: 128, chrKib: 128 },
    steps: [[0xc000, 1], [0xc004, 0], [0xe008, 0], { a12: 1, irq: false }, { a12: 1, irq: true }],
  },
  {
    name: "Mali Splash Bomb",
    cartridge: { mapper: 325, prgKib: 128, chrKib: 128 },
    steps: [
      [0x8000, 6],
      [0x8008, 4],
      [0x8000, 2],
      [0x8008, 2],
      { prg: "- 8 1 14 15", chr: "0 1 32 33 32 5 36 37" },
    ],
  },
  ...[
    { submapper: 0, chr: "8 9 10 11 16 17 18 19" },
    { submapper: 1, chr: "12 13 14 15 20 21 22 23" },
    { submapper: 2, chr: "8 9 14 15 16 17 22 23" },
  ].map(
    ({ submapper, chr }): BoardCase => ({
      name: "2 KiB CHR banks",
      cartridge: { mapper: 197, submapper, prgKib: 128, chrKib: 512 },
      steps: [...BANKS, { prg: "- 2 3 14 15", chr }],
    }),
  ),
  {
    name: "2 KiB CHR banks on a multicart",
    cartridge: { mapper: 197, submapper: 3, prgKib: 2048, chrKib: 2048 },
    steps: [
      ...BANKS,
      [0x6000, 0x0a],
      { prg: "- 162 163 174 175", chr: "520 521 522 523 528 529 530 531" },
      [0xa001, 0x00],
      [0x6000, 0x00],
      { prg: "- 162 163 174 175" },
    ],
  },
  {
    name: "640 KiB of PRG ROM, RAM at $5000",
    cartridge: { mapper: 198, prgKib: 640, chrRamKib: 8, ramKib: 16 },
    steps: [
      ...BANKS,
      { prg: "r0 2 3 78 79" },
      ...mmc3(6, 0x52),
      { prg: "r0 66 3 78 79" },
      [0x5123, 7],
      { reads: [[0x5123, 7]] },
    ],
  },
  {
    name: "FS309's extra registers and CHR RAM",
    cartridge: { mapper: 199, prgKib: 512, chrKib: 256, chrRamKib: 8 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 62 63", chr: "r4 r1 r6 r3 8 9 10 11" },
      ...mmc3(8, 5),
      ...mmc3(9, 6),
      ...mmc3(10, 32),
      ...mmc3(11, 33),
      [0xa000, 2],
      { prg: "- 2 3 5 6", chr: "r4 32 r6 33 8 9 10 11", nt: SINGLE_0 },
    ],
  },
  {
    name: "8237's modes and scrambling",
    cartridge: { mapper: 215, prgKib: 512, chrKib: 1024 },
    steps: [
      ...BANKS,
      { prg: "- 34 35 62 63", chr: chr8(772) },
      [0x5001, 0x00],
      { prg: "- 2 3 30 31", chr: chr8(4) },
      [0x5001, 0x30],
      [0x5000, 0x40],
      { prg: "- 18 19 30 31", chr: chr8(132) },
      [0x5001, 0x00],
      [0x5000, 0xc3],
      { prg: "- 6 7 6 7" },
      [0x5000, 0xe3],
      { prg: "- 4 5 6 7" },
      [0x5000, 0x00],
      [0x5007, 0x01],
      [0xa000, 0x04],
      [0xc000, 0x09],
      { prg: "- 2 9 30 31" },
    ],
  },
  {
    name: "8237A has more outer bits",
    cartridge: { mapper: 215, submapper: 1, prgKib: 2048, chrKib: 2048 },
    steps: [...BANKS, { prg: "- 226 227 254 255", chr: chr8(1796) }],
  },
  {
    name: "158B's answers",
    cartridge: { mapper: 258, prgKib: 128, chrKib: 128 },
    steps: [
      [0x5000, 0x83],
      {
        prg: "- 6 7 6 7",
        reads: [
          [0x5006, 0xaf],
          [0x5003, 0xab],
          [0x5000, 0xab],
        ],
      },
    ],
  },
  {
    name: "swapped bank bits",
    cartridge: { mapper: 249, prgKib: 512, chrKib: 256 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 62 63", chr: chr8(4) },
      [0x5000, 0x02],
      { prg: "- 8 9 62 63", chr: "32 33 34 35 4 5 6 7" },
    ],
  },
  {
    name: "Pikachu Y2K's RAM reads back XORed",
    cartridge: { mapper: 254, prgKib: 128, chrKib: 128, ramKib: 8 },
    steps: [
      [0x6000, 0x12],
      { prg: "r0wo 0 1 14 15", reads: [[0x6000, 0x12]] },
      [0xa001, 0x85],
      { reads: [[0x6000, 0x97]] },
      [0x8000, 0x00],
      { prg: "r0 0 1 14 15", reads: [[0x6000, 0x12]] },
    ],
  },
  {
    name: "Street Heroes",
    cartridge: { mapper: 262, prgKib: 128, chrKib: 512, chrRamKib: 8 },
    steps: [
      ...BANKS,
      [0x4100, 0x09],
      { chr: "260 261 6 7 264 265 10 11", reads: [[0x4100, 0x00]] },
      [0x4100, 0x06],
      { chr: "4 5 262 263 8 9 266 267" },
      [0x4100, 0x40],
      { chr: chr8(0, "r") },
      { reset: true, reads: [[0x4100, 0xff]] },
    ],
  },
  {
    name: "King of Fighters 97",
    cartridge: { mapper: 263, prgKib: 128, chrKib: 128 },
    steps: [[0x8000, 0x21], [0x9000, 0x03], { prg: "- 5 1 14 15" }],
  },
];

const OTHERS: readonly BoardCase[] = [
  {
    name: "Fire Emblem's tile latches",
    cartridge: { mapper: 165, prgKib: 128, chrKib: 128, chrRamKib: 4 },
    steps: [
      ...BANKS,
      ...mmc3(1, 12),
      ...mmc3(4, 0),
      { prg: "- 2 3 14 15", chr: chr8(4) },
      { fetches: [0x0fe8], chr: "12 13 14 15 8 9 10 11" },
      { fetches: [0x1fe8], chr: "12 13 14 15 r0 r1 r2 r3" },
      { fetches: [0x0fd0, 0x1fd0], chr: chr8(4) },
    ],
  },
  {
    name: "Gouder 37017",
    cartridge: { mapper: 208, prgKib: 128, chrKib: 256 },
    steps: [
      ...BANKS,
      { prg: "- 12 13 14 15", chr: chr8(4) },
      [0x4800, 0x10],
      { prg: "- 8 9 10 11" },
      [0x6800, 0x01],
      { prg: "- 4 5 6 7" },
      [0x5800, 0x12],
      [0x5000, 0x41],
      [0x5801, 0x00],
      [0x5000, 0x88],
      [0x5802, 0x00],
      [0x5000, 0x48],
      [0x5803, 0x33],
      {
        reads: [
          [0x5800, 0x4b],
          [0x5801, 0x10],
          [0x5802, 0x58],
          [0x5803, 0x33],
          [0x5000, 0xab],
        ],
      },
    ],
  },
  {
    name: "Dragon Fighter takes CHR banks from the console's RAM",
    cartridge: { mapper: 292, prgKib: 256, chrKib: 512 },
    steps: [
      ...BANKS,
      [0x006a, 5],
      [0x00ff, 0x42],
      [0x6000, 0xc3],
      {
        prg: "- 3 3 30 31",
        reads: [
          [0x6000, 0],
          [0x6001, 0],
        ],
        chr: "14 15 6 7 0 1 2 3",
      },
      [0x6000, 0x03],
      { reads: [[0x6000, 0]], chr: "14 15 262 263 8 9 10 11" },
    ],
  },
  {
    name: "SL-1632: VRC2 and MMC3",
    cartridge: { mapper: 14, prgKib: 128, chrKib: 512 },
    steps: [
      [0x8000, 2],
      [0xa000, 3],
      [0xb000, 5],
      [0xb001, 1],
      [0xb002, 6],
      [0xe003, 1],
      [0x9000, 1],
      { prg: "- 2 3 14 15", chr: "21 6 0 0 0 0 0 16", nt: HORIZONTAL },
      [0xa131, 0x0a],
      { prg: "- 0 1 14 15", chr: "256 257 258 259 4 5 6 7", nt: VERTICAL },
      [0xa131, 0xa2],
      { chr: "0 1 2 3 260 261 262 263" },
    ],
  },
  {
    name: "SOMARI-P: MMC3, VRC2 and MMC1",
    cartridge: { mapper: 116, prgKib: 128, chrKib: 512 },
    steps: [
      { prg: "- 0 1 14 15", chr: chr8(0) },
      [0x4100, 0x05],
      { chr: chr8(256) },
      [0x4100, 0x00],
      { prg: "- 0 0 14 15", chr: "255 255 255 255 255 255 255 255" },
      [0x4100, 0x02],
      { prg: "- 0 1 14 15", nt: SINGLE_0 },
      ...serial(0xe000, 2),
      { prg: "- 4 5 14 15" },
      ...serial(0x8000, 0x1a),
      ...serial(0xa000, 3),
      ...serial(0xc000, 5),
      { prg: "- 0 1 4 5", chr: "12 13 14 15 20 21 22 23", nt: VERTICAL },
      [0x8000, 0x80],
      { prg: "- 4 5 14 15" },
    ],
  },
  {
    name: "SOMARI-P counts lines only as a MMC3",
    cartridge: { mapper: 116, prgKib: 128, chrKib: 128 },
    steps: [
      [0xc000, 1],
      [0xc001, 0],
      [0xe001, 0],
      [0x4100, 0x00],
      { a12: 3, irq: false },
      [0x4100, 0x01],
      { a12: 2, irq: true },
    ],
  },
  {
    name: "Huang-2's MMC1 mode",
    cartridge: { mapper: 116, submapper: 2, prgKib: 128, chrKib: 128 },
    steps: [[0x4100, 0x02], ...serial(0xe000, 4), { prg: "- 4 5 14 15" }],
  },
  {
    name: "Huang's multicart",
    cartridge: { mapper: 116, submapper: 3, prgKib: 512, chrKib: 512 },
    steps: [
      { prg: "- 0 1 30 31" },
      { reset: true, prg: "- 32 33 46 47", chr: chr8(256) },
      { reset: true, prg: "- 48 49 62 63", chr: chr8(384) },
      { reset: true, prg: "- 0 1 30 31" },
    ],
  },
];

/** Clones of the MMC3 with protections, other orders of registers, or other chips inside. */
export const MMC3_CLONES: readonly BoardCase[] = [...KASHENG, ...SCRAMBLED, ...OTHERS];

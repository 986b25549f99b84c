import { type BoardCase, chr8, HORIZONTAL, SINGLE_1, VERTICAL } from "../board-case.ts";

/** CHR RAM without writes. */
const PROTECTED = "r0ro r1ro r2ro r3ro r4ro r5ro r6ro r7ro";

/** Multicarts whose latches select between kinds of PRG banks. */
export const MODE_LATCHES: readonly BoardCase[] = [
  {
    name: "JY043: two CHR banks by A0",
    cartridge: { mapper: 122, prgKib: 32, chrKib: 32 },
    steps: [
      [0x8000, 3],
      [0xffff, 6],
      { prg: "- 0 1 2 3", chr: "12 13 14 15 24 25 26 27" },
      [0x7fff, 1],
      { reset: true, chr: "12 13 14 15 24 25 26 27" },
    ],
  },
  {
    name: "FAM250: modes by A0–A2, only at $F000",
    cartridge: { mapper: 354, prgKib: 2048, chrRamKib: 8 },
    steps: [
      [0xf000, 0x45],
      { prg: "- 8 9 10 11", chr: chr8(0, "r"), nt: HORIZONTAL },
      [0xe001, 0x09],
      { prg: "- 8 9 10 11" },
      [0xf001, 0x09],
      { prg: "- 18 19 30 31", nt: VERTICAL },
      [0xf012, 0x89],
      { prg: "- 147 147 147 147" },
      [0xf007, 0x09],
      { prg: "- 18 19 18 19" },
      [0xf005, 0x89],
      { prg: "19 28 29 30 31" },
      [0xf008, 0x00],
      { prg: "- 0 1 2 3", chr: PROTECTED },
      { reset: true, prg: "- 0 1 2 3" },
    ],
  },
  {
    name: "810331C: A12 is PRG A21",
    cartridge: { mapper: 354, submapper: 1, prgKib: 4096, chrRamKib: 8 },
    steps: [
      [0xe003, 0x09],
      { prg: "- 18 19 18 19" },
      [0xf013, 0x01],
      { prg: "- 386 387 386 387" },
      [0xd000, 0],
      { prg: "- 386 387 386 387" },
    ],
  },
  {
    name: "31-in-1: the reset button sets the next position of the switch",
    cartridge: { mapper: 360, prgKib: 512, chrKib: 256 },
    steps: [
      { prg: "- 0 1 2 3", chr: chr8(0), nt: VERTICAL },
      [0x8000, 0xff],
      { reset: true, prg: "- 2 3 2 3", chr: chr8(8), nt: VERTICAL },
      ...Array.from({ length: 15 }, (): { reset: true } => ({ reset: true })),
      { prg: "- 32 33 32 33", chr: chr8(128), nt: HORIZONTAL },
      ...Array.from({ length: 16 }, (): { reset: true } => ({ reset: true })),
      { prg: "- 0 1 2 3", chr: chr8(0) },
    ],
  },
  {
    name: "UNROM multicart: a rise of A4 latches the block",
    cartridge: { mapper: 363, prgKib: 2048, chrRamKib: 8 },
    steps: [
      [0x8002, 3],
      { prg: "- 0 1 14 15", nt: VERTICAL },
      [0x8032, 0xff],
      { prg: "- 32 33 46 47", nt: HORIZONTAL },
      [0x8010, 0xff],
      { prg: "- 32 33 46 47", nt: HORIZONTAL },
      { reset: true, prg: "- 0 1 14 15", nt: VERTICAL },
    ],
  },
  {
    name: "8-in-1 of AxROM and UNROM",
    cartridge: { mapper: 378, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0x8000, 0x13],
      { prg: "- 12 13 14 15", chr: chr8(0, "r"), nt: SINGLE_1 },
      [0xffff, 0x2a],
      { prg: "- 42 43 46 47", nt: VERTICAL },
      [0x8000, 0x34],
      { prg: "- 48 49 62 63", nt: HORIZONTAL },
    ],
  },
  {
    name: "35-in-1 NROM-256",
    cartridge: { mapper: 379, prgKib: 128, chrKib: 32 },
    steps: [
      [0x7000, 0x0f],
      { prg: "- 0 1 2 3", chr: chr8(0) },
      [0x8000, 0x0e],
      { prg: "- 8 9 10 11", chr: chr8(24) },
    ],
  },
  {
    name: "NTDEC 2779",
    cartridge: { mapper: 385, prgKib: 128, chrRamKib: 8 },
    steps: [
      [0x800b, 0],
      { prg: "- 10 11 10 11", chr: chr8(0, "r"), nt: HORIZONTAL },
      [0xfff0, 0xff],
      { prg: "- 0 1 0 1", nt: VERTICAL },
    ],
  },
  {
    name: "8-BIT XMAS 2017: a block for each half",
    cartridge: { mapper: 400, prgKib: 1024, chrRamKib: 32 },
    steps: [
      { prg: "- 0 1 14 15", chr: chr8(0, "r"), nt: VERTICAL },
      [0x7000, 0x1f],
      [0x7800, 0x20],
      [0xc000, 0x62],
      { prg: "- 52 53 78 79", chr: chr8(24, "r"), nt: HORIZONTAL },
      [0x7001, 0],
      [0x8000, 0],
      { prg: "- 52 53 78 79" },
      { reset: true, prg: "- 0 1 14 15", nt: VERTICAL },
    ],
  },
  {
    name: "J-2282: ROM at $6000 and write protection of CHR RAM",
    cartridge: { mapper: 402, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0x80ca, 0],
      { prg: "- 20 21 20 21", chr: PROTECTED, nt: HORIZONTAL },
      [0x840b, 0],
      { prg: "- 20 21 22 23", chr: chr8(0, "r"), nt: VERTICAL },
      [0x8c0a, 0],
      { prg: "23 20 21 22 23" },
      [0x8c4b, 0],
      { prg: "23 22 23 22 23" },
    ],
  },
];

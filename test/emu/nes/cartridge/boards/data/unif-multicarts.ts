import { type BoardCase, chr8, chrRuns, HORIZONTAL, VERTICAL } from "../board-case.ts";

/** Multicarts that are known by the names of their boards in UNIF files. */
export const UNIF_MULTICARTS: readonly BoardCase[] = [
  {
    name: "LH32 with RAM at $C000",
    cartridge: { mapper: 125, prgKib: 128, chrRamKib: 8 },
    steps: [{ prg: "0 12 13 r0 15" }, [0x6000, 9], { prg: "9 12 13 r0 15" }],
  },
  {
    name: "LH51",
    cartridge: { mapper: 309, prgKib: 128, chrRamKib: 8 },
    steps: [
      { prg: "r0 0 13 14 15", nt: VERTICAL },
      [0x8000, 5],
      [0xa000, 7],
      [0xc000, 7],
      [0xe000, 8],
      { prg: "r0 5 13 14 15", nt: HORIZONTAL },
    ],
  },
  {
    name: "LH10 with RAM at $C000",
    cartridge: { mapper: 522, prgKib: 128, chrRamKib: 8 },
    steps: [
      [0x8000, 6],
      [0x8001, 3],
      [0x9ffe, 7],
      [0x9fff, 4],
      [0x8000, 2],
      [0x8001, 9],
      { prg: "14 3 4 r0 15" },
    ],
  },
  {
    name: "TXC 01-22026",
    cartridge: { mapper: 271, prgKib: 128, chrKib: 128 },
    steps: [
      { nt: HORIZONTAL },
      [0x8000, 0x1d],
      { prg: "- 4 5 6 7", chr: chr8(104), nt: HORIZONTAL },
      [0xffff, 0x23],
      { prg: "- 8 9 10 11", chr: chr8(24), nt: VERTICAL },
    ],
  },
  {
    name: "GS-2004 with 8 KiB more at $6000",
    cartridge: { mapper: 283, prgKib: 264, chrRamKib: 8 },
    steps: [[0x8000, 3], { prg: "32 12 13 14 15" }],
  },
  {
    name: "GS-2013 without",
    cartridge: { mapper: 283, prgKib: 256, chrRamKib: 8 },
    steps: [[0xffff, 3], { prg: "31 12 13 14 15" }],
  },
  {
    name: "BS-5",
    cartridge: { mapper: 286, prgKib: 128, chrKib: 64 },
    steps: [
      { prg: "- 12 13 14 15", nt: VERTICAL },
      [0xa013, 0],
      [0xa802, 0],
      [0xb414, 0],
      [0x8405, 0],
      [0x9c1f, 0],
      [0xc001, 0],
      { prg: "- 3 4 14 15", chr: chrRuns([0, 2], [10, 2], [0, 2], [62, 2]), nt: HORIZONTAL },
    ],
  },
  {
    name: "CTC-09",
    cartridge: { mapper: 335, prgKib: 256, chrKib: 128 },
    steps: [
      [0x8000, 9],
      [0xc000, 0x2a],
      { prg: "- 8 9 10 11", chr: chr8(72), nt: HORIZONTAL },
      [0xffff, 0x1a],
      { prg: "- 10 11 10 11", nt: VERTICAL },
    ],
  },
  {
    name: "CTC-12IN1",
    cartridge: { mapper: 337, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0xc000, 0xfb],
      { prg: "1 6 7 6 7", chr: "r0ro r1ro r2ro r3ro r4ro r5ro r6ro r7ro", nt: VERTICAL },
      [0x8000, 0x6f],
      { prg: "1 20 21 22 23", nt: HORIZONTAL },
      [0x8000, 0x8f],
      { prg: "1 22 23 30 31", chr: "r0 r1 r2 r3 r4 r5 r6 r7" },
    ],
  },
  {
    name: "K-3036",
    cartridge: { mapper: 340, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0x8408, 3],
      { prg: "- 22 23 30 31", nt: VERTICAL },
      [0x842d, 3],
      { prg: "- 26 27 26 27", nt: HORIZONTAL },
    ],
  },
  {
    name: "TJ-03",
    cartridge: { mapper: 341, prgKib: 256, chrKib: 64 },
    steps: [[0x8300, 0], { prg: "- 12 13 14 15", chr: chr8(24), nt: HORIZONTAL }],
  },
  {
    name: "RESETNROM-XIN1: 16 KiB",
    cartridge: { mapper: 343, prgKib: 64, chrKib: 32 },
    steps: [
      { prg: "- 0 1 0 1", chr: chr8(0) },
      { reset: true, prg: "- 2 3 2 3", chr: chr8(8) },
    ],
  },
  {
    name: "RESETNROM-XIN1: 32 KiB",
    cartridge: { mapper: 343, submapper: 1, prgKib: 128, chrKib: 32 },
    steps: [{ prg: "- 0 1 2 3" }, { reset: true, prg: "- 4 5 6 7" }],
  },
  {
    name: "TF2740: registers, latch and solder pads",
    cartridge: { mapper: 428, prgKib: 128, chrKib: 64 },
    steps: [
      [0x6001, 0x5d],
      [0x6002, 0x40],
      [0x8000, 0x03],
      { prg: "- 4 5 6 7", chr: chr8(40), nt: HORIZONTAL, reads: [[0x6000, 0xa8]] },
      [0x7ffd, 0xa4],
      [0x8000, 0x02],
      { prg: "- 10 11 10 11", chr: chr8(32), nt: VERTICAL },
    ],
  },
  {
    name: "S-2009",
    cartridge: { mapper: 434, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0x6000, 2],
      [0x8400, 3],
      { prg: "- 38 39 46 47", nt: HORIZONTAL },
      [0x6000, 0x21],
      { prg: "- 22 23 30 31", nt: VERTICAL },
    ],
  },
  {
    name: "K-3071",
    cartridge: { mapper: 438, prgKib: 256, chrKib: 128 },
    steps: [
      [0x8006, 0x0b],
      { prg: "- 6 7 6 7", chr: chr8(40), nt: HORIZONTAL },
      [0x8007, 0x04],
      { prg: "- 4 5 6 7", chr: chr8(16), nt: VERTICAL },
    ],
  },
  {
    name: "K-3033: NROM and both sizes of blocks",
    cartridge: { mapper: 322, prgKib: 1024, chrKib: 1024 },
    steps: [
      [0x8000, 6],
      [0x8001, 5],
      { prg: "- 0 1 0 1" },
      [0x600b, 0],
      { prg: "- 20 21 22 23", chr: chr8(0) },
      [0x6028, 0],
      { prg: "- 21 17 30 31", chr: chr8(128) },
      [0x60b0, 0],
      { prg: "- 69 65 94 95", chr: chr8(512) },
    ],
  },
];

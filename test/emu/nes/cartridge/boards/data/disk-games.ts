import { type BoardCase, chr8, HORIZONTAL, VERTICAL } from "../board-case.ts";

/** Bootlegs and games from disk. */
export const DISK_GAMES: readonly BoardCase[] = [
  {
    name: "DH-08: registers at $F000 only",
    cartridge: { mapper: 108, submapper: 1, prgKib: 128, chrRamKib: 8 },
    steps: [[0x8000, 3], { prg: "15 12 13 14 15" }, [0xf000, 3], { prg: "3 12 13 14 15", chr: chr8(0, "r") }],
  },
  {
    name: "LH31 with CHR ROM: registers at $E000",
    cartridge: { mapper: 108, submapper: 2, prgKib: 128, chrKib: 32 },
    steps: [[0xd000, 3], { prg: "15 12 13 14 15" }, [0xe000, 3], { prg: "3 12 13 14 15", chr: chr8(24) }],
  },
  {
    name: "Falsion: registers at $8000",
    cartridge: { mapper: 108, submapper: 3, prgKib: 128, chrRamKib: 8 },
    steps: [[0x9000, 3], { prg: "3 12 13 14 15" }],
  },
  {
    name: "LE05: only CHR is switched",
    cartridge: { mapper: 108, submapper: 4, prgKib: 64, chrKib: 16 },
    steps: [[0x9000, 1], { prg: "7 4 5 6 7", chr: chr8(8) }],
  },
  {
    name: "LE05 as two chips",
    cartridge: { mapper: 108, submapper: 4, prgKib: 34, chrKib: 16 },
    steps: [
      {
        prg: "(13 14 15 16) (1 2 3 4) (5 6 7 8) (9 10 11 12) (0 0 0 0)",
      },
    ],
  },
  {
    name: "KS-7030",
    cartridge: { mapper: 347, prgKib: 128, chrRamKib: 8, ramKib: 8 },
    steps: [
      [0x6800, 0x55],
      [0xcc00, 0x66],
      [0x8003, 0],
      [0x9002, 0],
      { prg: "(r0 - 6 7) 12 (52 53 54 r1) (- - r3 59) 15" },
      {
        reads: [
          [0x6800, 0x55],
          [0xcc00, 0x66],
          // Bank 3 of 4 KiB at $7000: page 6 of 2 KiB.
          [0x7000, 6],
          [0x7800, 7],
          // Bank 10 is pages 20 and 21: the first 1 KiB at $6C00, the rest from $C000 on.
          [0x6c00, 20],
          [0xc000, 0xff],
          [0xc400, 21],
          [0xc800, 0xff],
          [0x8000, 48],
        ],
      },
      [0xb800, 0x77],
      [0xd000, 0x78],
      {
        reads: [
          [0xb800, 0x77],
          [0xd000, 0x78],
          [0x6800, 0x55],
        ],
      },
    ],
  },
  {
    name: "KS-7010: reads select the bank",
    cartridge: { mapper: 554, prgKib: 128, chrKib: 128 },
    steps: [
      {
        reads: [
          [0x6000, 0],
          [0xcab6, 25],
          [0x6000, 52],
        ],
        chr: chr8(104),
      },
      {
        reads: [
          [0xebe2, 29],
          [0x6000, 32],
          [0xee33, 0xff],
          [0x6000, 48],
          [0xfffc, 0xff],
          [0x6000, 60],
          [0xcad8, 25],
          [0x6000, 60],
        ],
        chr: chr8(120),
      },
    ],
  },
  {
    name: "BJ-56: bit 12 of the counter is the IRQ line",
    cartridge: { mapper: 526, prgKib: 128, chrKib: 128, ramKib: 8 },
    steps: [
      { prg: "r0 12 13 14 15", nt: VERTICAL },
      [0x8008, 1],
      [0x8009, 2],
      [0x800a, 3],
      [0x800b, 4],
      ...[8, 9, 10, 11, 12, 13, 14, 15].map((bank, page) => [0x8000 + page, bank] as const),
      { prg: "r0 1 2 3 4", chr: chr8(8) },
      [0x800d, 0],
      [0x800f, 0],
      { irqIn: 4096 },
      { idle: 4095, irq: true },
      { idle: 1, irq: false },
      { irqIn: 4096 },
      [0x800d, 0],
      { irq: false },
      { irqIn: 4096 },
    ],
  },
  {
    name: "BTL-900218",
    cartridge: { mapper: 524, prgKib: 128, chrKib: 128 },
    steps: [
      [0x8000, 2],
      [0xa000, 3],
      [0x9000, 1],
      [0xb000, 5],
      [0xb001, 1],
      { prg: "- 2 3 14 15", chr: "21 0 0 0 0 0 0 0", nt: HORIZONTAL },
      { irqIn: -1 },
      [0xf008, 0],
      { irqIn: 1024 },
      { idle: 5000, irq: true },
      [0xf00c, 0],
      { irq: false },
      { irqIn: -1 },
    ],
  },
  {
    name: "AX-40G: nametables by bit 7 of two CHR banks",
    cartridge: { mapper: 527, prgKib: 128, chrKib: 256 },
    steps: [
      [0x8000, 2],
      [0xb001, 8],
      { prg: "- 2 0 14 15", chr: "128 0 0 0 0 0 0 0", nt: "n1 n1 n0 n0" },
      [0xb003, 8],
      [0xb001, 0],
      { nt: "n0 n0 n1 n1" },
    ],
  },
  {
    name: "AX5705: A3 is A12, and bank bits are exchanged",
    cartridge: { mapper: 530, prgKib: 128, chrKib: 256 },
    steps: [
      [0x8000, 2],
      [0xa000, 8],
      { prg: "- 8 2 14 15" },
      [0x8008, 1],
      { nt: HORIZONTAL },
      [0xa009, 2],
      [0xa008, 3],
      { chr: "67 0 0 0 0 0 0 0" },
      [0xa00b, 4],
      { chr: "67 32 0 0 0 0 0 0" },
    ],
  },
];

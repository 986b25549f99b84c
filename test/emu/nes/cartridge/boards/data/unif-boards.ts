import { type BoardCase, chr8, HORIZONTAL, VERTICAL } from "../board-case.ts";

/** Boards of one game that are known by their names in UNIF files. */
export const UNIF_BOARDS: readonly BoardCase[] = [
  {
    name: "MARIO1-MALEE2: 2 KiB of ROM and 2 KiB of RAM, each twice",
    cartridge: { mapper: 55, prgKib: 34, chrKib: 8 },
    steps: [
      { prg: "(16 16 r0 r0) 0 1 2 3", chr: chr8(0) },
      [0x6000, 0x55],
      [0x7000, 0x5a],
      [0x8000, 0x55],
      {
        reads: [
          [0x6000, 16],
          [0x6800, 16],
          [0x7000, 0x5a],
          [0x7800, 0x5a],
        ],
      },
      [0x7fff, 0xa5],
      { reads: [[0x77ff, 0xa5]] },
    ],
  },
  {
    name: "MARIO1-MALEE2 in whole banks of 16 KiB",
    cartridge: { mapper: 55, prgKib: 48, chrKib: 8 },
    steps: [
      { prg: "(16 16 r0 r0) 0 1 2 3" },
      {
        reads: [
          [0x6800, 16],
          [0x8000, 0],
          [0xf800, 15],
        ],
      },
    ],
  },
  {
    name: "TF1201: wired as VRC4b",
    cartridge: { mapper: 298, prgKib: 128, chrKib: 256 },
    steps: [
      [0x8000, 3],
      [0xa000, 5],
      [0xb000, 1],
      [0xb002, 2],
      [0xb001, 7],
      [0xb003, 1],
      [0x9000, 1],
      { prg: "- 3 5 14 15", chr: "33 23 0 0 0 0 0 0", nt: HORIZONTAL },
      [0x9001, 2],
      { prg: "- 14 5 3 15" },
    ],
  },
  {
    name: "TF1201: $F003 only acknowledges the IRQ",
    cartridge: { mapper: 298, prgKib: 128, chrKib: 256 },
    steps: [
      [0xf000, 0x04],
      [0xf002, 0x0f],
      [0xf001, 0x06],
      // The next write is three cycles later.
      [0xf003, 0],
      { irqIn: 9 },
      [0xf003, 0],
      { irq: false },
      { irqIn: 9 },
      [0xf001, 0x04],
      { irq: false, irqIn: -1 },
    ],
  },
  {
    name: "SMB2J with 16 KiB at $6000",
    cartridge: { mapper: 304, prgKib: 48, chrRamKib: 8 },
    steps: [
      { prg: "4 0 1 2 3", chr: chr8(0, "r") },
      [0x4027, 3],
      {
        prg: "5 0 1 2 3",
        reads: [
          [0x4041, 0xab],
          [0x4042, 0xff],
          [0x4055, 0xff],
          [0x4056, 0xab],
        ],
      },
      [0x4068, 1],
      { irqIn: 5750 },
      { idle: 10, irq: true },
      [0x4068, 0],
      { irq: false, irqIn: -1 },
      [0x4068, 1],
      { idle: 1000 },
      [0x4068, 1],
      { irqIn: 5750 },
      [0x4027, 0],
      { prg: "4 0 1 2 3", irq: true },
    ],
  },
  {
    name: "SMB2J with 8 KiB at $6000",
    cartridge: { mapper: 304, prgKib: 40, chrKib: 8 },
    steps: [[0x4027, 1], { prg: "4 0 1 2 3", chr: chr8(0) }],
  },
  {
    name: "SMB2J with 32 KiB in all",
    cartridge: { mapper: 304, prgKib: 32, chrKib: 8 },
    steps: [{ prg: "0 0 1 2 3" }, [0x4027, 1], { prg: "1 0 1 2 3" }],
  },
  {
    name: "TH2131-1: wired as VRC2b",
    cartridge: { mapper: 308, prgKib: 128, chrKib: 128 },
    steps: [
      [0x8000, 3],
      [0xa000, 5],
      [0xb000, 1],
      [0xb001, 2],
      [0xb002, 7],
      [0xe003, 4],
      [0x9000, 1],
      { prg: "- 3 5 14 15", chr: "33 7 0 0 0 0 0 64", nt: HORIZONTAL },
      [0x9002, 2],
      { prg: "- 3 5 14 15", nt: VERTICAL },
    ],
  },
  {
    name: "TH2131-1: two counters",
    cartridge: { mapper: 308, prgKib: 128, chrKib: 128 },
    steps: [
      { irqIn: -1 },
      [0xf003, 0x2f],
      [0xf001, 0],
      { irqIn: 8192 },
      [0xf001, 0],
      { idle: 3000, irq: true },
      [0xf000, 0],
      { irq: false, irqIn: -1 },
      // The low counter restarted at 0. The high one was decremented while IRQ was asserted: it is 15.
      [0xf003, 0x10],
      [0xf001, 0],
      { irqIn: 4096 },
      [0xf000, 0],
      // Acknowledged in time, the high counter is still 0.
      [0xf001, 0],
      { irqIn: 1 },
      [0xf000, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "TH2131-1: the high counter is set while the low one counts",
    cartridge: { mapper: 308, prgKib: 128, chrKib: 128 },
    steps: [
      [0xf003, 0xf0],
      [0xf001, 0],
      { idle: 2048 },
      [0xf003, 0],
      // The write was three cycles later. IRQ follows when the low counter wraps to 0.
      { irqIn: 2045 },
      [0xf000, 0],
      [0xf003, 0x00],
      [0xf001, 0],
      { irqIn: 1 },
      [0xf003, 0x40],
      { irq: true },
    ],
  },
];

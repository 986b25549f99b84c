import {
  type BoardCase,
  chr8,
  chrRuns,
  FOUR_SCREEN,
  HORIZONTAL,
  SINGLE_0,
  SINGLE_1,
  VERTICAL,
  type Write,
} from "../board-case.ts";

/** Five writes that put `value` into the MMC1 register behind `address`. */
export function mmc1(address: number, value: number): Write[] {
  return Array.from({ length: 5 }, (_, bit): Write => [address, (value >> bit) & 1]);
}

/** Bank `value` into register `register` of an MMC3, with the mode bits of $8000. */
export function mmc3(register: number, value: number, mode = 0): Write[] {
  return [
    [0x8000, mode | register],
    [0x8001, value],
  ];
}

const MMC3_BANKS = [
  ...mmc3(0, 0x11),
  ...mmc3(1, 0x20),
  ...mmc3(2, 0x30),
  ...mmc3(3, 0x31),
  ...mmc3(4, 0x32),
  ...mmc3(5, 0x33),
  ...mmc3(6, 5),
  ...mmc3(7, 6),
];

/** Boards of Nintendo's own: NROM to AxROM. */
export const NINTENDO: readonly BoardCase[] = [
  {
    name: "NROM-128 appears twice",
    cartridge: { mapper: 0, prgKib: 16, ramKib: 2 },
    steps: [{ prg: "(r0 r0 r0 r0) 0 1 0 1", chr: chr8(0), nt: VERTICAL }],
  },
  {
    name: "MMC1 powers up with the last bank fixed",
    cartridge: { mapper: 1, prgKib: 256, chrKib: 128, ramKib: 8, mirroring: "horizontal" },
    steps: [
      { prg: "r0 0 1 30 31", chr: chr8(0), nt: SINGLE_0 },
      ...mmc1(0xe000, 5),
      { prg: "r0 10 11 30 31" },
      ...mmc1(0x8000, 0x08 | 3),
      { prg: "r0 0 1 10 11", nt: HORIZONTAL },
      ...mmc1(0x9fff, 0x00 | 1),
      { prg: "r0 8 9 10 11", nt: SINGLE_1 },
      ...mmc1(0x8000, 0x1e),
      ...mmc1(0xbfff, 3),
      ...mmc1(0xc000, 31),
      { chr: chrRuns([12, 4], [124, 4]), nt: VERTICAL },
      ...mmc1(0x8000, 0x0e),
      { chr: chr8(8) },
      ...mmc1(0xe000, 0x15),
      { prg: "- 10 11 30 31" },
    ],
  },
  {
    name: "a card of the Famicom Network System has an MMC1 for PRG only",
    cartridge: { mapper: 1, submapper: 6, prgKib: 256, chrRamKib: 16, ramKib: 8 },
    steps: [
      { prg: "r0 0 1 30 31", chr: chr8(0, "r"), nt: VERTICAL },
      ...mmc1(0xe000, 5),
      ...mmc1(0x8000, 0x1c),
      ...mmc1(0xa000, 0x03),
      { prg: "r0 10 11 30 31", chr: chr8(0, "r"), nt: VERTICAL },
      [0x40c0, 0x09],
      [0x40ad, 0x80],
      { prg: "x0 10 11 30 31", chr: chr8(8, "r"), nt: HORIZONTAL },
      [0x40b1, 0xf7],
      {
        reads: [
          [0x40c0, 0xac],
          [0x40a2, 0x29],
        ],
      },
      [0x40a7, 0x01],
      [0x40a8, 0x03],
      { irqIn: 0x101 },
    ],
  },
  {
    name: "MMC1 ignores all but the first of consecutive writes, but for the reset bit",
    cartridge: { mapper: 1, prgKib: 256, chrKib: 128 },
    steps: [
      {
        rmw: [
          [0xe000, 1],
          [0xe000, 0],
        ],
      },
      [0xe000, 0],
      [0xe000, 1],
      [0xe000, 0],
      [0xe000, 0],
      { prg: "- 10 11 30 31" },
      [0xe000, 1],
      [0xe000, 1],
      {
        rmw: [
          [0xe000, 0],
          [0xe000, 0x80],
        ],
      },
      ...mmc1(0xe000, 2),
      { prg: "- 4 5 30 31" },
    ],
  },
  {
    name: "SNROM's CHR bit 4 disables RAM",
    cartridge: { mapper: 1, prgKib: 256, chrRamKib: 8, ramKib: 8 },
    steps: [...mmc1(0xa000, 0x10), { prg: "- 0 1 30 31" }, ...mmc1(0xa000, 1), { prg: "r0 0 1 30 31" }],
  },
  {
    name: "SUROM's CHR bit 4 is PRG A18",
    cartridge: { mapper: 1, prgKib: 512, chrRamKib: 8, nvramKib: 8 },
    steps: [
      { prg: "r0 0 1 30 31" },
      ...mmc1(0xa000, 0x10),
      { prg: "r0 32 33 62 63" },
      ...mmc1(0x8000, 0x08),
      ...mmc1(0xe000, 3),
      { prg: "r0 32 33 38 39" },
    ],
  },
  {
    name: "SOROM's CHR bit 3 chooses its RAM",
    cartridge: { mapper: 1, prgKib: 256, chrRamKib: 8, ramKib: 8, nvramKib: 8 },
    steps: [...mmc1(0xa000, 0x08), { prg: "r1 0 1 30 31" }],
  },
  {
    name: "SXROM's CHR bits 2 and 3 choose its RAM",
    cartridge: { mapper: 1, prgKib: 512, chrRamKib: 8, nvramKib: 32 },
    steps: [...mmc1(0xa000, 0x0c), { prg: "r3 0 1 30 31" }, ...mmc1(0xa000, 0x18), { prg: "r2 32 33 62 63" }],
  },
  {
    name: "SZROM's CHR bit 4 chooses its RAM",
    cartridge: { mapper: 1, prgKib: 256, chrKib: 64, ramKib: 8, nvramKib: 8 },
    steps: [...mmc1(0xa000, 0x10), { prg: "r1 0 1 30 31" }],
  },
  {
    name: "SEROM has no PRG banks",
    cartridge: { mapper: 1, submapper: 5 },
    steps: [...mmc1(0xe000, 1), { prg: "- 0 1 2 3" }],
  },
  {
    name: "UxROM without bus conflicts",
    cartridge: { mapper: 2, prgKib: 128, chrRamKib: 8, ines1: true },
    steps: [{ prg: "- 0 1 14 15", chr: chr8(0, "r") }, [0x8000, 5], { prg: "- 10 11 14 15" }],
  },
  {
    name: "UxROM with bus conflicts",
    cartridge: { mapper: 2, submapper: 2, prgKib: 128, chrRamKib: 8 },
    steps: [[0xc800, 0x35], { prg: "- 2 3 14 15" }, [0xcc00, 0x06], { prg: "- 12 13 14 15" }],
  },
  {
    name: "CNROM",
    cartridge: { mapper: 3, chrKib: 32, ramKib: 2 },
    steps: [
      [0x8000, 2],
      { prg: "(r0 r0 r0 r0) 0 1 2 3", chr: chr8(16), nt: VERTICAL },
      [0xffff, 7],
      { chr: chr8(24) },
    ],
  },
  {
    name: "CNROM with bus conflicts",
    cartridge: { mapper: 3, submapper: 2, chrKib: 32 },
    steps: [[0x8800, 3], { chr: chr8(8) }],
  },
  {
    name: "AxROM",
    cartridge: { mapper: 7, prgKib: 256, chrRamKib: 8 },
    steps: [{ prg: "- 0 1 2 3", nt: SINGLE_0 }, [0x8000, 0x13], { prg: "- 12 13 14 15", nt: SINGLE_1 }],
  },
  {
    name: "AxROM with bus conflicts (AMROM)",
    cartridge: { mapper: 7, submapper: 2, prgKib: 128, chrRamKib: 8 },
    steps: [[0x8800, 0x13], { prg: "- 4 5 6 7", nt: SINGLE_0 }],
  },
  {
    name: "MMC3 banks in all four modes",
    cartridge: { mapper: 4, prgKib: 256, chrKib: 256, ramKib: 8 },
    steps: [
      ...MMC3_BANKS,
      { prg: "r0 5 6 30 31", chr: chrRuns([0x10, 2], [0x20, 2], [0x30, 4]), nt: VERTICAL },
      [0x8000, 0x40],
      { prg: "r0 30 6 5 31" },
      [0x8000, 0xc0],
      { chr: chrRuns([0x30, 4], [0x10, 2], [0x20, 2]) },
      [0xa000, 1],
      { nt: HORIZONTAL },
      [0xa001, 0xc0],
      { prg: "r0ro 30 6 5 31" },
      [0xa001, 0],
      { prg: "- 30 6 5 31" },
    ],
  },
  {
    name: "MMC3 with wired mirroring",
    cartridge: { mapper: 4, submapper: 2, prgKib: 128, chrKib: 64, mirroring: "horizontal" },
    steps: [[0xa000, 0], { nt: HORIZONTAL }],
  },
  {
    name: "MMC3 leaves a four-screen board's nametables alone",
    cartridge: { mapper: 4, prgKib: 128, chrKib: 64, mirroring: "four-screen" },
    steps: [[0xa000, 1], { nt: FOUR_SCREEN }],
  },
  {
    name: "MMC3 IRQ after latch + 1 rises, and again from the latch",
    cartridge: { mapper: 4, prgKib: 128 },
    steps: [
      [0xc000, 3],
      [0xc001, 0],
      [0xe001, 0],
      { a12: 3, irq: false },
      { a12: 1, irq: true },
      [0xe000, 0],
      { irq: false },
      [0xe001, 0],
      { a12: 3, irq: false },
      { a12: 1, irq: true },
    ],
  },
  {
    name: "MMC3 revision B with latch 0 fires at every rise",
    cartridge: { mapper: 4, prgKib: 128 },
    steps: [
      [0xc000, 0],
      [0xc001, 0],
      [0xe001, 0],
      { a12: 1, irq: true },
      [0xe000, 0],
      [0xe001, 0],
      { a12: 1, irq: true },
    ],
  },
  {
    name: "MMC3 revision A with latch 0 fires once after a reload",
    cartridge: { mapper: 4, prgKib: 128 },
    options: { mmc3Revision: "A" },
    steps: [
      [0xc000, 0],
      [0xc001, 0],
      [0xe001, 0],
      { a12: 1, irq: true },
      [0xe000, 0],
      [0xe001, 0],
      { a12: 5, irq: false },
    ],
  },
  {
    name: "MMC3 revision A by submapper",
    cartridge: { mapper: 4, submapper: 4, prgKib: 128 },
    steps: [
      [0xc000, 0],
      [0xc001, 0],
      [0xe001, 0],
      { a12: 1, irq: true },
      [0xe000, 0],
      [0xe001, 0],
      { a12: 5, irq: false },
    ],
  },
  {
    name: "MMC6 protects the halves of its RAM",
    cartridge: { mapper: 4, submapper: 1, prgKib: 128 },
    steps: [
      [0x7000, 1],
      { reads: [[0x7000, 0xab]] },
      [0x8000, 0x20],
      [0xa001, 0xf0],
      [0x7000, 1],
      [0x7e00, 2],
      {
        reads: [
          [0x7000, 1],
          [0x7400, 1],
          [0x7200, 2],
          [0x6fff, 0xab],
        ],
      },
      [0xa001, 0x20],
      [0x7000, 9],
      {
        reads: [
          [0x7000, 1],
          [0x7200, 0],
        ],
      },
      [0xa001, 0xc0],
      [0x7200, 7],
      {
        reads: [
          [0x7000, 0],
          [0x7200, 7],
        ],
      },
      [0x8000, 0],
      { reads: [[0x7200, 0xab]] },
    ],
  },
];

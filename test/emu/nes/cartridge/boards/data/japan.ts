import {
  type BoardCase,
  chr8,
  chrRuns,
  HORIZONTAL,
  SINGLE_0,
  SINGLE_1,
  VERTICAL,
  type Write,
} from "../board-case.ts";

/** Writes from `start` on, `step` apart. */
function run(start: number, step: number, values: readonly number[]): Write[] {
  return values.map((value, index): Write => [start + index * step, value]);
}

const CHR_10_TO_17 = [10, 11, 12, 13, 14, 15, 16, 17];

/** FME-7: command, then parameter. */
function fme7(command: number, value: number): Write[] {
  return [
    [0x8000, command],
    [0xa000, value],
  ];
}

/** SS 88006: a byte in two nibbles, at `address` and the next. */
function nibbles(address: number, value: number): Write[] {
  return [
    [address, value & 0x0f],
    [address + 1, value >> 4],
  ];
}

/** Boards of Namco, Sunsoft, Jaleco, Irem and Taito. */
export const JAPAN: readonly BoardCase[] = [
  {
    name: "Namco 163 banks ROM and CIRAM alike",
    cartridge: { mapper: 19, prgKib: 256, chrKib: 256, nvramKib: 8 },
    steps: [
      ...run(0x8000, 0x800, CHR_10_TO_17),
      ...run(0xc000, 0x800, [0xe0, 0xe1, 20, 21]),
      ...run(0xe000, 0x800, [0x43, 0x04, 0x05]),
      { prg: "r0ro 3 4 5 31", chr: chr8(10), nt: "n0 n1 20 21" },
      [0x8000, 0xe1],
      [0xa000, 0xe0],
      { chr: "n1 11 12 13 n0 15 16 17" },
      [0xe800, 0x44],
      { prg: "r0ro 3 4 5 31", chr: "225 11 12 13 n0 15 16 17" },
      [0xf800, 0x45],
      { prg: "(r0ro r1 r2ro r3) 3 4 5 31" },
      [0xf800, 0x40],
      { prg: "r0 3 4 5 31" },
    ],
  },
  {
    name: "Namco 163 counts up to $7FFF and stops",
    cartridge: { mapper: 19, prgKib: 128, chrKib: 128 },
    steps: [
      [0x5000, 0xf0],
      [0x5800, 0xff],
      { irqIn: 15 },
      {
        reads: [
          [0x5000, 0xff],
          [0x5800, 0xff],
        ],
      },
      [0x5000, 0xf0],
      { irq: false },
      [0x5800, 0x7f],
      { irqIn: -1 },
    ],
  },
  {
    name: "Namco 163's inner RAM",
    cartridge: { mapper: 19, prgKib: 128, chrKib: 128 },
    steps: [
      [0xf800, 0x90],
      [0x4800, 1],
      [0x4800, 2],
      [0xf800, 0x91],
      {
        reads: [
          [0x4800, 2],
          [0x4801, 0],
        ],
      },
      [0xf800, 0x10],
      {
        reads: [
          [0x4800, 1],
          [0x4801, 1],
        ],
      },
    ],
  },
  {
    name: "Namco 175 enables its RAM at $C000",
    cartridge: { mapper: 210, submapper: 1, prgKib: 256, chrKib: 256, nvramKib: 2, mirroring: "horizontal" },
    steps: [
      ...run(0x8000, 0x800, CHR_10_TO_17),
      ...run(0xe000, 0x800, [0xc3, 4, 5]),
      { prg: "- 3 4 5 31", chr: chr8(10), nt: HORIZONTAL },
      [0xc000, 1],
      { prg: "(r0 r0 r0 r0) 3 4 5 31" },
    ],
  },
  {
    name: "Namco 340 chooses its mirroring",
    cartridge: { mapper: 210, submapper: 2, prgKib: 256, chrKib: 256 },
    steps: [
      [0xe000, 3],
      { nt: SINGLE_0 },
      [0xe000, 0x43],
      { nt: VERTICAL },
      [0xe000, 0x83],
      { nt: SINGLE_1 },
      [0xe000, 0xc3],
      { nt: HORIZONTAL, prg: "- 3 0 0 31" },
    ],
  },
  {
    name: "Sunsoft-3",
    cartridge: { mapper: 67, prgKib: 128, chrKib: 128 },
    steps: [
      ...run(0x8800, 0x1000, [5, 6, 7, 8]),
      [0xf800, 3],
      [0xe800, 1],
      { prg: "- 6 7 14 15", chr: chr8(10), nt: HORIZONTAL },
      [0xc800, 0x01],
      [0xc800, 0x04],
      [0xd800, 0x10],
      { irqIn: 0x105 },
      [0x8000, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "Sunsoft-4's nametables in CHR ROM",
    cartridge: { mapper: 68, prgKib: 128, chrKib: 256, nvramKib: 8 },
    steps: [
      ...run(0x8000, 0x1000, [5, 6, 7, 8]),
      [0xf000, 0x03],
      { prg: "- 6 7 14 15", chr: chr8(10), nt: VERTICAL },
      [0xf000, 0x13],
      [0xc000, 0x01],
      [0xd000, 0x02],
      [0xe000, 0x10],
      { prg: "r0 6 7 14 15", nt: "129 130 129 130" },
      [0xe000, 0x11],
      { nt: "129 129 130 130" },
      [0xe000, 0x13],
      { nt: "130 130 130 130" },
      [0xe000, 0x02],
      { nt: SINGLE_0 },
    ],
  },
  {
    name: "Sunsoft-4 with an outer cartridge",
    cartridge: { mapper: 68, prgKib: 256, chrKib: 256 },
    steps: [[0xf000, 0x0b], { prg: "- 6 7 14 15" }, [0xf000, 0x03], { prg: "- 22 23 14 15" }],
  },
  {
    name: "FME-7",
    cartridge: { mapper: 69, prgKib: 256, chrKib: 256, nvramKib: 8 },
    steps: [
      ...CHR_10_TO_17.flatMap((bank, register) => fme7(register, bank)),
      ...fme7(8, 2),
      ...fme7(9, 3),
      ...fme7(10, 4),
      ...fme7(11, 5),
      ...fme7(12, 1),
      { prg: "2 3 4 5 31", chr: chr8(10), nt: HORIZONTAL },
      ...fme7(8, 0x40),
      ...fme7(12, 2),
      { prg: "- 3 4 5 31", nt: SINGLE_0 },
      ...fme7(8, 0xc0),
      ...fme7(12, 3),
      { prg: "r0 3 4 5 31", nt: SINGLE_1 },
    ],
  },
  {
    name: "FME-7 IRQ at the counter's wrap",
    cartridge: { mapper: 69, prgKib: 128, chrKib: 128 },
    steps: [
      ...fme7(14, 0x20),
      ...fme7(15, 0x01),
      ...fme7(13, 0x81),
      { irqIn: 0x121 },
      ...fme7(13, 0x01),
      { irqIn: -1 },
      ...fme7(14, 0x05),
      ...fme7(15, 0x00),
      ...fme7(13, 0x80),
      { irqIn: -1 },
    ],
  },
  {
    name: "JF-17 loads banks on rises",
    cartridge: { mapper: 72, prgKib: 128, chrKib: 128 },
    steps: [
      [0x8400, 0x83],
      { prg: "- 6 7 14 15", chr: chr8(0) },
      [0x8400, 0x84],
      { prg: "- 6 7 14 15" },
      [0x8400, 0x45],
      { prg: "- 6 7 14 15", chr: chr8(40) },
      [0x8400, 0x00],
      [0x8400, 0xc2],
      { prg: "- 4 5 14 15", chr: chr8(16) },
    ],
  },
  {
    name: "JF-19 fixes the first bank",
    cartridge: { mapper: 92, prgKib: 256, chrKib: 128 },
    steps: [[0x8400, 0x83], { prg: "- 0 1 6 7" }],
  },
  {
    name: "SS 88006",
    cartridge: { mapper: 18, prgKib: 256, chrKib: 256, ramKib: 8 },
    steps: [
      ...nibbles(0x8000, 0x13),
      ...nibbles(0x8002, 0x04),
      ...nibbles(0x9000, 0x05),
      ...CHR_10_TO_17.flatMap((bank, index) =>
        nibbles(0xa000 + (index >> 1) * 0x1000 + (index & 1) * 2, bank),
      ),
      { prg: "- 19 4 5 31", chr: chr8(10), nt: HORIZONTAL },
      [0x9002, 1],
      [0xf002, 1],
      { prg: "r0ro 19 4 5 31", nt: VERTICAL },
      [0x9002, 3],
      [0xf002, 2],
      { prg: "r0 19 4 5 31", nt: SINGLE_0 },
      [0xf002, 3],
      { nt: SINGLE_1 },
      ...run(0xe000, 1, [0x4, 0x3, 0x2, 0x1]),
      [0xf000, 0],
      [0xf001, 0x01],
      { irqIn: 0x1234 },
      [0xf001, 0],
      [0xf000, 0],
      [0xf001, 0x03],
      { irqIn: 0x234 },
      [0xf001, 0],
      [0xf000, 0],
      [0xf001, 0x05],
      { irqIn: 0x34 },
      [0xf001, 0],
      [0xf000, 0],
      [0xf001, 0x09],
      { irqIn: 4 },
      [0xf001, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "G-101",
    cartridge: { mapper: 32, prgKib: 256, chrKib: 128, ramKib: 8 },
    steps: [
      ...run(0xb000, 1, CHR_10_TO_17),
      [0x8000, 3],
      [0xa000, 4],
      { prg: "r0 3 4 30 31", chr: chr8(10), nt: VERTICAL },
      [0x9000, 3],
      { prg: "r0 30 4 3 31", nt: HORIZONTAL },
    ],
  },
  {
    name: "Major League's G-101",
    cartridge: { mapper: 32, submapper: 1, prgKib: 256, chrKib: 128 },
    steps: [[0x8000, 3], [0x9000, 3], { prg: "- 3 0 30 31", nt: SINGLE_1 }],
  },
  {
    name: "H3001",
    cartridge: { mapper: 65, prgKib: 256, chrKib: 256 },
    steps: [
      { prg: "- 0 1 30 31" },
      ...run(0xb000, 1, CHR_10_TO_17),
      [0x8000, 3],
      [0xa000, 4],
      [0xc000, 5],
      [0x9001, 0x80],
      { prg: "- 3 4 5 31", chr: chr8(10), nt: HORIZONTAL },
      [0x9005, 0x01],
      [0x9006, 0x10],
      [0x9004, 0],
      [0x9003, 0x80],
      { irqIn: 0x110 },
      [0x9003, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "TC0190",
    cartridge: { mapper: 33, prgKib: 256, chrKib: 256 },
    steps: [
      ...run(0x8000, 1, [0x43, 4, 5, 6]),
      ...run(0xa000, 1, [14, 15, 16, 17]),
      { prg: "- 3 4 30 31", chr: chr8(10), nt: HORIZONTAL },
    ],
  },
  {
    name: "TC0690",
    cartridge: { mapper: 48, prgKib: 256, chrKib: 256 },
    steps: [
      ...run(0x8000, 1, [0x43, 4, 5, 6]),
      ...run(0xa000, 1, [14, 15, 16, 17]),
      { prg: "- 3 4 30 31", chr: chr8(10), nt: VERTICAL },
      [0xe000, 0x40],
      { nt: HORIZONTAL },
      [0xc000, 0xfe],
      [0xc001, 0],
      [0xc002, 0],
      { a12: 2, irq: false },
      { a12: 1, irqIn: 6 },
      [0xc003, 0],
      { irq: false },
    ],
  },
  {
    name: "X1-005's RAM has a key",
    cartridge: { mapper: 80, prgKib: 128, chrKib: 128 },
    steps: [
      ...run(0x7ef0, 1, [10, 12, 14, 15, 16, 17, 1]),
      [0x7efa, 3],
      [0x7efd, 4],
      [0x7efe, 5],
      { prg: "- 3 4 5 15", chr: chr8(10), nt: VERTICAL },
      [0x7f00, 1],
      { reads: [[0x7f00, 0xab]] },
    ],
  },
  {
    name: "X1-005 with RAM",
    cartridge: { mapper: 80, prgKib: 128, chrKib: 128, nvramBytes: 128 },
    steps: [
      [0x7f01, 5],
      { reads: [[0x7f01, 0xab]] },
      [0x7ef8, 0xa3],
      [0x7f01, 5],
      {
        reads: [
          [0x7f01, 5],
          [0x7f81, 5],
          [0x7e01, 0xab],
        ],
      },
    ],
  },
  {
    name: "X1-005 with nametables by CHR bank",
    cartridge: { mapper: 207, prgKib: 128, chrKib: 128 },
    steps: [[0x7ef0, 0x8a], [0x7ef1, 0x0c], { chr: "10 11 12 13 0 0 0 0", nt: "n1 n1 n0 n0" }],
  },
  {
    name: "X1-017",
    cartridge: { mapper: 82, prgKib: 256, chrKib: 256, nvramKib: 5 },
    steps: [
      ...run(0x7ef0, 1, [10, 12, 14, 15, 16, 17, 1]),
      ...run(0x7efa, 1, [12, 16, 20]),
      { prg: "- 3 4 5 31", chr: chr8(10), nt: VERTICAL },
      [0x7ef6, 2],
      { chr: chrRuns([14, 4], [10, 4]), nt: HORIZONTAL },
      [0x7ef7, 0xca],
      { prg: "(r0 - - -) 3 4 5 31" },
      [0x7ef8, 0x69],
      [0x7ef7, 0],
      { prg: "(- r1 - -) 3 4 5 31" },
      [0x7ef9, 0x84],
      [0x7000, 9],
      {
        reads: [
          [0x7000, 9],
          [0x7400, 0xab],
        ],
      },
    ],
  },
];

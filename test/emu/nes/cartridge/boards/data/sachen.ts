import { type BoardCase, chr8, chrRuns, HORIZONTAL, SINGLE_0, VERTICAL, type Write } from "../board-case.ts";

/** Writes to registers behind an index at $4100. */
function indexed(...pairs: readonly (readonly [register: number, value: number])[]): Write[] {
  return pairs.flatMap(([register, value]): Write[] => [
    [0x4100, register],
    [0x4101, value],
  ]);
}

/** Loads the scrambling chip's accumulator and copies it to the output. */
function scrambled(value: number): Write[] {
  return [
    [0x4102, value],
    [0x4100, 0],
    [0x8000, 0],
  ];
}

/** Boards by Sachen and TXC. */
export const SACHEN: readonly BoardCase[] = [
  {
    name: "Sachen 8259D: 1 KiB banks and the end of the ROM",
    cartridge: { mapper: 137, prgKib: 256, chrKib: 64 },
    steps: [
      ...indexed([0, 1], [1, 2], [2, 3], [3, 4], [4, 7], [5, 3], [6, 1], [7, 2]),
      { prg: "- 12 13 14 15", chr: "1 18 19 28 60 61 62 63", nt: VERTICAL },
      ...indexed([7, 1]),
      { chr: "1 17 17 25 60 61 62 63", nt: HORIZONTAL },
    ],
  },
  {
    name: "Sachen 8259B",
    cartridge: { mapper: 138, prgKib: 256, chrKib: 128 },
    steps: [
      ...indexed([0, 1], [1, 2], [2, 3], [3, 4], [4, 1], [5, 2], [7, 4]),
      { prg: "- 8 9 10 11", chr: chrRuns([18, 2], [20, 2], [22, 2], [24, 2]), nt: "n0 n1 n1 n1" },
    ],
  },
  {
    name: "Sachen 8259C",
    cartridge: { mapper: 139, prgKib: 256, chrKib: 512 },
    steps: [
      ...indexed([0, 1], [1, 2], [2, 3], [3, 4], [4, 1], [7, 6]),
      { chr: chrRuns([72, 2], [82, 2], [92, 2], [102, 2]), nt: SINGLE_0 },
    ],
  },
  {
    name: "Sachen 8259A",
    cartridge: { mapper: 141, prgKib: 256, chrKib: 256 },
    steps: [
      ...indexed([0, 1], [1, 2], [2, 3], [3, 4], [4, 1], [7, 0]),
      { chr: chrRuns([36, 2], [42, 2], [44, 2], [50, 2]), nt: VERTICAL },
      ...indexed([7, 3]),
      { chr: chrRuns([36, 2], [38, 2], [36, 2], [38, 2]), nt: VERTICAL },
    ],
  },
  {
    name: "Sachen 8259B with CHR RAM",
    cartridge: { mapper: 138, prgKib: 256, chrRamKib: 8 },
    steps: [...indexed([0, 3]), { chr: chr8(0, "r") }],
  },
  {
    name: "SA-015's readable registers",
    cartridge: { mapper: 150, prgKib: 128, chrKib: 64 },
    steps: [
      { nt: "n0 n0 n0 n1" },
      ...indexed([4, 1], [5, 3], [6, 2], [7, 2]),
      { prg: "- 12 13 14 15", chr: chr8(48), nt: HORIZONTAL, reads: [[0x4101, 0xaa]] },
      ...indexed([7, 4]),
      { nt: VERTICAL },
      ...indexed([7, 6]),
      { nt: SINGLE_0 },
    ],
  },
  {
    name: "SA-020A",
    cartridge: { mapper: 243, prgKib: 128, chrKib: 128 },
    steps: [...indexed([2, 1], [4, 1], [5, 1], [6, 2]), { prg: "- 4 5 6 7", chr: chr8(88) }],
  },
  {
    name: "22211A",
    cartridge: { mapper: 132, prgKib: 64, chrKib: 32 },
    steps: [
      ...scrambled(6),
      { prg: "- 4 5 6 7", chr: chr8(16), reads: [[0x4100, 0xa6]] },
      [0x4103, 1],
      [0x4100, 0],
      [0x8000, 0],
      {
        prg: "- 4 5 6 7",
        chr: chr8(24),
        reads: [
          [0x4100, 0xa7],
          [0x4101, 0xab],
        ],
      },
      // Inverting: 6 becomes $F9, of which three bits are the chip's.
      [0x4103, 0],
      [0x4101, 1],
      ...scrambled(6),
      { prg: "- 0 1 2 3", chr: chr8(8) },
    ],
  },
  {
    name: "22211C: CHR by pin Y",
    cartridge: { mapper: 173, prgKib: 32, chrKib: 32 },
    steps: [...scrambled(3), { chr: chr8(24) }, [0x4101, 1], { chr: chr8(8) }],
  },
  {
    name: "22211C: pin Y enables a single bank of CHR ROM",
    cartridge: { mapper: 173, prgKib: 32, chrKib: 8 },
    steps: [[0x4101, 0], { chr: chr8(0) }, [0x4101, 1], { chr: "- - - - - - - -" }],
  },
  {
    name: "JV001 on SA-002",
    cartridge: { mapper: 136, prgKib: 32, chrKib: 512 },
    steps: [
      // It starts inverting: 5 becomes $FA.
      ...scrambled(5),
      { chr: chr8(80) },
      [0x4101, 0],
      ...scrambled(0x25),
      { chr: chr8(296), reads: [[0x4100, 0xa5]] },
    ],
  },
  {
    name: "JV001 on TC-U01-1.5M: rotated data",
    cartridge: { mapper: 147, prgKib: 128, chrKib: 128 },
    steps: [
      [0x4101, 0],
      // $96 reaches the chip as $A5: the low five bits of the output are PRG A15 and CHR, bit 5 PRG A16.
      ...scrambled(0x96),
      { prg: "- 12 13 14 15", chr: chr8(16), reads: [[0x4100, 0x96]] },
    ],
  },
  {
    name: "JV001 on 22211B: reversed data and mirroring",
    cartridge: { mapper: 172, prgKib: 32, chrKib: 128 },
    steps: [
      { nt: VERTICAL },
      [0x4101, 0],
      ...scrambled(0x28),
      { chr: chr8(40), nt: HORIZONTAL, reads: [[0x4100, 0xa8]] },
      // D5 is the chip's D0.
      [0x4101, 0x20],
      { nt: VERTICAL },
    ],
  },
];

import { type BoardCase, chr8, chrRuns, HORIZONTAL, type Step, VERTICAL, type Write } from "../board-case.ts";

/** Boards of one maker or one cartridge, and those whose sources disagree. */
export const SINGLE_BOARDS: readonly BoardCase[] = [
  {
    name: "X1-017 as wired: the bits of a bank in reverse, and pull-downs",
    cartridge: { mapper: 552, prgKib: 512, chrKib: 256, nvramKib: 8 },
    steps: [
      [0x7efa, 0b100000],
      [0x7efb, 0b000001],
      [0x7efc, 0b110010],
      { prg: "- 1 32 19 63", reads: [[0x5000, 0]] },
      [0x7ef9, 0x84],
      [0x7001, 7],
      {
        reads: [
          [0x7001, 7],
          [0x7401, 0],
        ],
      },
    ],
  },
  {
    name: "X1-017's counter: 16 cycles for each step of the latch",
    cartridge: { mapper: 552, prgKib: 512, nvramKib: 8 },
    steps: [
      [0x7efd, 3],
      [0x7efe, 3],
      { irqIn: 80 },
      [0x7eff, 0],
      { irq: false },
      { irqIn: 64 },
      [0x7efe, 0],
      { irq: false },
      [0x7efd, 0],
      [0x7efe, 7],
      { irqIn: -1 },
      [0x7efe, 3],
      { irqIn: 17 },
      [0x7eff, 0],
      { irqIn: 1 },
    ],
  },
  {
    name: "RacerMate: CHR RAM, its lock, and the timer",
    cartridge: { mapper: 168, prgKib: 64, chrRamKib: 64 },
    steps: [
      [0x8000, 0x40 | 3],
      { prg: "- 2 3 6 7", chr: chrRuns([0, 4], [12, 4]).replace(/\d+/g, "r$&"), nt: VERTICAL },
      [0xbfff, 0x80 | 9],
      { prg: "- 4 5 6 7", chr: "r0 r1 r2 r3 - - - -" },
      [0xf080, 0xff],
      [0xf000, 0],
      { chr: chrRuns([0, 4], [36, 4]).replace(/\d+/g, "r$&") },
      { irqIn: 1024 },
      { idle: 1024, irq: false },
      { irqIn: 1024 },
      [0xc000, 4],
      { irq: false, irqIn: -1 },
    ],
  },
  {
    name: "City Fighter IV: A13 and A14 exchanged, 32 KiB of PRG",
    cartridge: { mapper: 266, prgKib: 128, chrKib: 256 },
    steps: [
      [0x900c, 2 << 2],
      [0xd000, 4],
      [0xd008, 5],
      [0xd00c, 1],
      [0xa000, 6],
      [0xb000, 7],
      [0xe008, 9],
      [0x9000, 1],
      { prg: "- 8 9 10 11", chr: "4 21 6 0 7 0 0 9", nt: HORIZONTAL },
      [0x980c, 0x0f],
      { prg: "- 8 9 10 11" },
      [0xf000, 0x0f],
      [0xf004, 0x0f],
      [0xf008, 6],
      { irqIn: 1 },
    ],
  },
  {
    name: "YY0807: the second PRG register selects 16 KiB",
    cartridge: { mapper: 529, prgKib: 256, chrKib: 256 },
    steps: [
      [0x8000, 9],
      [0xa000, 5],
      [0xb000, 3],
      [0xb008, 4],
      { prg: "- 10 11 30 31", chr: "3 4 0 0 0 0 0 0", reads: [[0x5000, 0xab]] },
    ],
  },
  {
    name: "YY0807: 93C56 with words of 16 bits",
    cartridge: { mapper: 529, prgKib: 256, chrKib: 256, nvramBytes: 256 },
    steps: microwire({ at: 0xf800, read: 0x5000, bit: 0, wordBits: 16, addressBits: 8 }),
  },
  {
    name: "PEC-9588: 93C66 with words of 8 bits, read inverted",
    cartridge: { mapper: 164, prgKib: 512, chrRamKib: 8, nvramBytes: 512 },
    steps: microwire({ at: 0x5200, read: 0x5500, bit: 2, wordBits: 8, addressBits: 9 }),
  },
  {
    name: "PEC-9588: modes of PRG banking",
    cartridge: { mapper: 164, prgKib: 1024, chrRamKib: 8 },
    steps: [
      [0x5000, 0x23],
      { prg: "- 38 39 62 63", nt: VERTICAL },
      [0x5000, 0x10],
      { prg: "- - - - -", nt: HORIZONTAL },
      [0x5000, 0x45],
      { prg: "- 10 11 60 61" },
      [0x5000, 0x7c - 0x10],
      { prg: "- 56 57 56 57" },
      [0x5000, 0x53],
      { prg: "- 12 13 14 15" },
      [0x5100, 1],
      { prg: "- 76 77 78 79" },
      [0x5000, 0x79],
      { prg: "- 114 115 126 127" },
      [0x5300, 0x80],
      { nt: VERTICAL },
    ],
  },
  {
    name: "Dance 2000: PRG modes, and CHR RAM that follows the nametable",
    cartridge: { mapper: 518, prgKib: 512, chrRamKib: 8, ramKib: 8 },
    steps: [
      [0x5000, 3],
      { prg: "r0 6 7 0 1", nt: VERTICAL },
      [0x5200, 5],
      { prg: "r0 12 13 14 15", nt: HORIZONTAL },
      [0x5000, 0x43],
      { prg: "r0 - - - -" },
      [0x5000, 0x83],
      { prg: "r0 - - - -" },
    ],
  },
  {
    name: "EH8813A: lock, solder pads and scratch RAM",
    cartridge: { mapper: 519, prgKib: 512, chrKib: 256 },
    steps: [
      [0x8085, 0x83],
      { prg: "- 10 11 10 11", chr: chr8(24), nt: HORIZONTAL },
      [0x8005, 0x06],
      { prg: "- 8 9 10 11", chr: chr8(48), nt: VERTICAL },
      [0x8045, 0],
      {
        prg: "- - - - -",
        reads: [
          [0x800f, 32],
          [0xc803, 41],
        ],
      },
      [0x8105, 0x04],
      [0x8086, 0x83],
      { prg: "- 8 9 10 11", chr: chr8(56) },
      [0x5803, 0xf7],
      { reads: [[0x5bff, 7]] },
      { reset: true, prg: "- 0 1 2 3", reads: [[0x5803, 7]] },
    ],
  },
  {
    name: "Future Media: banks, and a counter that stops",
    cartridge: { mapper: 117, prgKib: 256, chrKib: 256 },
    steps: [
      [0x8000, 4],
      [0x8001, 5],
      [0x8002, 6],
      ...[10, 11, 12, 13, 14, 15, 16, 17].map((bank, page): Write => [0xa000 + page, bank]),
      [0xa008, 99],
      [0xd000, 1],
      { prg: "- 4 5 6 31", chr: chr8(10), nt: HORIZONTAL },
      [0xc001, 3],
      [0xc003, 0],
      { a12: 5, irq: false },
      [0xe000, 1],
      { a12: 2, irq: false },
      { a12: 1, irq: true },
      [0xc002, 0],
      { a12: 9, irq: false },
      [0xc003, 0],
      { a12: 3, irq: true },
      [0xe000, 0],
      { irq: false },
    ],
  },
  {
    name: "LZ93D50 with a 24C01: banks",
    cartridge: { mapper: 159, prgKib: 256, chrKib: 256, nvramBytes: 128 },
    steps: [
      ...[10, 11, 12, 13, 14, 15, 16, 17].map((bank, page): Write => [0x8000 + page, bank]),
      [0x8008, 3],
      [0x8009, 1],
      { prg: "- 6 7 30 31", chr: chr8(10), nt: HORIZONTAL },
    ],
  },
  {
    name: "Shiko Game Syu: no banks to switch",
    cartridge: { mapper: 170, prgKib: 32, chrKib: 8 },
    steps: [[0x8000, 3], { prg: "- 0 1 2 3", chr: chr8(0), nt: VERTICAL }],
  },
  {
    name: "603-5052: banks",
    cartridge: { mapper: 238, prgKib: 256, chrKib: 256 },
    steps: [...mmc3([0, 8], [2, 9], [6, 5], [7, 6]), { prg: "- 5 6 30 31", chr: "8 9 2 3 9 5 6 7" }],
  },
  {
    name: "ING003C: banks",
    cartridge: { mapper: 534, prgKib: 256, chrRamKib: 8 },
    steps: [...mmc3([6, 5], [7, 6]), { prg: "- 5 6 30 31" }],
  },
  {
    name: "GI 9549",
    cartridge: { mapper: 217, prgKib: 256, chrKib: 128 },
    steps: [
      [0x800d, 0xff],
      { prg: "- 12 13 14 15", chr: chr8(104), nt: VERTICAL },
      { reset: true, prg: "- 0 1 2 3" },
    ],
  },
  {
    name: "A65AS",
    cartridge: { mapper: 285, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0x8000, 0x2b],
      { prg: "- 22 23 30 31", nt: HORIZONTAL },
      [0x8000, 0x4b],
      { prg: "- 20 21 22 23", nt: VERTICAL },
      [0x8000, 0xa0],
      { nt: "n1 n1 n1 n1" },
    ],
  },
  {
    name: "JY-066",
    cartridge: { mapper: 285, submapper: 1, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0x8000, 0x1b],
      { prg: "- 22 23 30 31", nt: HORIZONTAL },
      [0x8000, 0x46],
      { prg: "- 12 13 14 15", nt: VERTICAL },
      [0x8000, 0x80],
      { nt: "n0 n0 n0 n0" },
    ],
  },
  {
    name: "64-in-1 No Repeat",
    cartridge: { mapper: 314, prgKib: 512, chrKib: 256 },
    steps: [
      { prg: "- 14 15 14 15", nt: VERTICAL },
      [0x5001, 0x85],
      { prg: "- 20 21 22 23" },
      [0x5000, 0x26],
      [0x5002, 2],
      [0x8000, 0xff],
      { chr: chr8(88), nt: HORIZONTAL },
    ],
  },
  {
    name: "N-32 4-in-1: NROM modes, and the conversion with its counter",
    cartridge: { mapper: 416, prgKib: 128, chrKib: 32 },
    steps: [
      [0x4020, 5],
      { prg: "7 0 1 6 3" },
      [0x8000, 0xac],
      { prg: "7 12 13 14 15", chr: chr8(16), nt: HORIZONTAL },
      [0x8000, 0x6a],
      { prg: "7 10 11 10 11", chr: chr8(8), nt: VERTICAL },
      [0x8000, 0x28],
      { prg: "7 10 10 10 10" },
      [0xa000, 0xac],
      { prg: "7 10 10 10 10" },
      [0x4120, 1],
      { irqIn: 4096 },
      [0x4120, 0],
      { irq: false, irqIn: -1 },
    ],
  },
  {
    name: "GN-26: blocks, and NROM by R6",
    cartridge: { mapper: 344, prgKib: 512, chrKib: 512 },
    steps: [
      ...mmc3([0, 0], [6, 5], [7, 6]),
      [0x6002, 0],
      { prg: "- 37 38 46 47", chr: chrRuns([256, 2], [258, 2], [260, 4]) },
      [0x6006, 0],
      { prg: "- 36 37 38 39" },
      ...mmc3([0, 0x80]),
      { chr: chrRuns([384, 2], [258, 2], [260, 4]) },
      [0x6002, 0],
      { chr: chrRuns([256, 2], [258, 2], [260, 4]) },
    ],
  },
  {
    name: "Realtec 8090",
    cartridge: { mapper: 432, prgKib: 1024, chrKib: 1024 },
    steps: [
      ...mmc3([0, 0x90], [6, 0x15], [7, 6]),
      [0x6001, 0x33],
      { prg: "- 117 118 126 127", chr: chrRuns([656, 2], [514, 2], [516, 4]) },
      [0x6001, 0x0d],
      { prg: "- 21 6 30 31", chr: chrRuns([400, 2], [386, 2], [388, 4]) },
      [0x6001, 0x40],
      { prg: "- 21 6 21 6" },
      [0x6001, 0x80],
      { prg: "- 21 4 23 6" },
      [0x6000, 1],
      { prg: "- - - - -", reads: [[0x8000, 0xa8]] },
    ],
  },
  {
    name: "Realtec 8023: bit 5 reads the solder pads",
    cartridge: { mapper: 432, submapper: 1, prgKib: 512, chrKib: 512 },
    steps: [[0x6001, 0x20], { prg: "- - - - -" }],
  },
  {
    name: "Realtec 8085: bit 5 is NROM-256, bit 7 locks",
    cartridge: { mapper: 432, submapper: 2, prgKib: 512, chrKib: 512 },
    steps: [...mmc3([6, 4], [7, 5]), [0x6001, 0xa0], { prg: "- 4 5 6 7" }, [0x6001, 0], { prg: "- 4 5 6 7" }],
  },
  {
    name: "Realtec 8145: CHR banks of 2 KiB",
    cartridge: { mapper: 432, submapper: 3, prgKib: 512, chrKib: 512 },
    steps: [
      ...mmc3([0, 0x80], [1, 8], [2, 9], [5, 3]),
      { chr: "128 129 8 9 9 5 6 3" },
      [0x6001, 0x20],
      { chr: chrRuns([256, 2], [18, 2], [18, 2], [6, 2]) },
    ],
  },
  {
    name: "FC-29-40: CHR RAM or ROM, NROM modes, and a lock",
    cartridge: { mapper: 460, prgKib: 512, chrKib: 512, chrRamKib: 8 },
    steps: [
      ...mmc3([0, 0x80], [1, 8], [2, 9], [5, 3], [6, 5], [7, 6]),
      { prg: "- 5 6 14 15", chr: "r0 r1 r2 r3 r4 r5 r6 r7" },
      [0x600d, 0],
      { prg: "- 21 22 21 22", chr: chrRuns([256, 2], [18, 2], [18, 2], [6, 2]) },
      [0x6038, 0],
      { prg: "- 5 4 7 6" },
      [0x6000, 0],
      { prg: "- 5 4 7 6" },
    ],
  },
];

/** Writes of an MMC3's bank registers. */
function mmc3(...banks: readonly (readonly [register: number, bank: number])[]): Write[] {
  return banks.flatMap(([register, bank]): Write[] => [
    [0x8000, register],
    [0x8001, bank],
  ]);
}

/** How a board connects a Microwire EEPROM: select is the highest of its three bits. */
interface MicrowirePort {
  readonly at: number;
  readonly read: number;
  /** The bit of reads. On bit 2 the output is inverted, and the other bits are 0. */
  readonly bit: number;
  readonly wordBits: number;
  readonly addressBits: number;
}

/** Writes a word while locked and again unlocked, and reads it and the next one. */
function microwire(port: MicrowirePort): (Write | Step)[] {
  const { at, addressBits, wordBits } = port;
  const lines = (select: number, clock: number, data: number): Write =>
    port.bit === 0 ? [at, (select << 2) | (clock << 1) | data] : [at, (select << 4) | (clock << 2) | data];
  const bits = (value: number, count: number): Write[] =>
    Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1).flatMap((bit) => [
      lines(1, 0, bit),
      lines(1, 1, bit),
    ]);
  const output = (bit: number): Step => ({
    reads: [[port.read, port.bit === 0 ? (0xab & 0xfe) | bit : bit === 0 ? 4 : 0]],
  });
  const end = lines(0, 0, 0);
  const word = 0xa53c & ((1 << wordBits) - 1);
  const write: (Write | Step)[] = [
    ...bits(0b101, 3),
    ...bits(0x25, addressBits),
    ...bits(word, wordBits),
    end,
  ];
  const read = (first: number): (Write | Step)[] => [
    ...bits(0b110, 3),
    ...bits(0x25, addressBits),
    output(0),
    ...Array.from({ length: wordBits }, (_, i) => i).flatMap((i): (Write | Step)[] => [
      lines(1, 0, 0),
      lines(1, 1, 0),
      output((first >> (wordBits - 1 - i)) & 1),
    ]),
    lines(1, 0, 0),
    lines(1, 1, 0),
    output(0), // The next word begins, which has never been written.
    end,
  ];
  return [
    ...write,
    ...read(0),
    ...bits(0b10011, 5),
    ...bits(0, addressBits - 2),
    end,
    ...write,
    ...read(word),
  ];
}

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
import { mmc1, mmc3 } from "./nintendo.ts";

/** An unlocked command to a flash chip, whose $5555 and $2AAA are `at5555` and `at2AAA`, each a list of writes. */
function unlocked(
  at5555: (value: number) => Write[],
  at2aaa: (value: number) => Write[],
  command: number,
): Write[] {
  return [...at5555(0xaa), ...at2aaa(0x55), ...at5555(command)];
}

const UNROM_5555 = (value: number): Write[] => [
  [0xc000, 1],
  [0x9555, value],
];
const UNROM_2AAA = (value: number): Write[] => [
  [0xc000, 0],
  [0xaaaa, value],
];
const GTROM_5555 = (value: number): Write[] => [[0xd555, value]];
const GTROM_2AAA = (value: number): Write[] => [[0xaaaa, value]];

/** Writes to Action 53's register `register`. */
function action53(register: number, value: number): Write[] {
  return [
    [0x5000, register],
    [0x8000, value],
  ];
}

/** Two nametable reads of one address before a line's own, then `more` of the line. */
function lineStart(more: readonly number[] = []): number[] {
  return [0x2000, 0x2000, 0x2000, 0x23c0, ...more];
}

/** Boards that are alone of their kind. */
export const OTHERS: readonly BoardCase[] = [
  {
    name: "NTDEC 2722's line is bit 12 of its counter",
    cartridge: { mapper: 40, prgKib: 64 },
    steps: [
      { prg: "6 4 5 0 7" },
      [0xe000, 3],
      { prg: "6 4 5 3 7" },
      [0xa000, 0],
      { irqIn: 4096 },
      { idle: 4096, irq: false },
      { irqIn: 4096 },
      [0x8000, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "Mario Baby",
    cartridge: { mapper: 42, prgKib: 128, chrRamKib: 8 },
    steps: [
      [0xe000, 9],
      [0xe001, 8],
      { prg: "9 12 13 14 15", nt: HORIZONTAL },
      [0xe002, 2],
      { irqIn: 0x6000 },
      { idle: 0x2000, irq: false },
      { irqIn: 0x6000 },
      [0xe002, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "a 42 with CHR ROM",
    cartridge: { mapper: 42, prgKib: 128, chrKib: 128 },
    steps: [[0x8000, 3], { prg: "0 12 13 14 15", chr: chr8(24) }],
  },
  {
    name: "N-32",
    cartridge: { mapper: 50, prgKib: 128 },
    steps: [
      [0x4020, 0x0b],
      { prg: "15 8 9 13 11" },
      [0x4120, 1],
      { irqIn: 4096 },
      [0x4120, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "Rumblestation",
    cartridge: { mapper: 46, prgKib: 1024, chrKib: 1024 },
    steps: [
      [0x6000, 0x23],
      [0x8000, 0x51],
      { prg: "- 28 29 30 31", chr: chr8(168) },
      { reset: true, prg: "- 0 1 2 3", chr: chr8(0) },
    ],
  },
  {
    name: "NTDEC ASDER",
    cartridge: { mapper: 112, prgKib: 256, chrKib: 512 },
    steps: [
      ...[3, 4, 10, 12, 14, 15, 16, 17].flatMap((value, register): Write[] => [
        [0x8000, register],
        [0xa000, value],
      ]),
      { prg: "- 3 4 30 31", chr: chr8(10), nt: VERTICAL },
      [0xc000, 0x10],
      [0xe000, 1],
      { chr: "10 11 12 13 270 15 16 17", nt: HORIZONTAL },
    ],
  },
  {
    name: "NTDEC TC-112",
    cartridge: { mapper: 193, prgKib: 128, chrKib: 256 },
    steps: [
      [0x6000, 20],
      [0x6001, 10],
      [0x6002, 12],
      [0x6003, 3],
      { prg: "- 3 13 14 15", chr: "20 21 22 23 10 11 12 13" },
    ],
  },
  {
    name: "Henggedianzi 177",
    cartridge: { mapper: 177, prgKib: 1024, chrRamKib: 8, ramKib: 8 },
    steps: [[0x8000, 0x25], { prg: "r0 20 21 22 23", nt: HORIZONTAL }],
  },
  {
    name: "MMC1A can't disable its RAM",
    cartridge: { mapper: 155, prgKib: 128, chrKib: 128, nvramKib: 8 },
    steps: [...mmc1(0xe000, 0x13), { prg: "r0 6 7 14 15" }],
  },
  {
    name: "MMC2's latches follow tiles $FD and $FE",
    cartridge: { mapper: 9, prgKib: 128, chrKib: 128 },
    steps: [
      [0xa000, 5],
      [0xb000, 1],
      [0xc000, 2],
      [0xd000, 3],
      [0xe000, 4],
      { prg: "- 5 13 14 15", chr: chrRuns([8, 4], [16, 4]), nt: VERTICAL },
      { fetches: [0x0fd9], chr: chrRuns([8, 4], [16, 4]) },
      { fetches: [0x0fd8], chr: chrRuns([4, 4], [16, 4]) },
      { fetches: [0x1fdf], chr: chrRuns([4, 4], [12, 4]) },
      { fetches: [0x0fe8, 0x1fea], chr: chrRuns([8, 4], [16, 4]) },
      [0xf000, 1],
      { nt: HORIZONTAL },
    ],
  },
  {
    name: "MMC4 looks at all rows of a tile",
    cartridge: { mapper: 10, prgKib: 256, chrKib: 128, nvramKib: 8 },
    steps: [
      [0xa000, 5],
      [0xb000, 1],
      [0xc000, 2],
      { prg: "r0 10 11 30 31", chr: chrRuns([8, 4], [0, 4]) },
      { fetches: [0x0fdb], chr: chrRuns([4, 4], [0, 4]) },
    ],
  },
  {
    name: "MMC5's PRG modes",
    cartridge: { mapper: 5, prgKib: 512, chrKib: 128, nvramKib: 32 },
    steps: [
      { prg: "r0ro r0ro r0ro r0ro 63" },
      [0x5113, 1],
      [0x5114, 0x83],
      [0x5115, 0x02],
      [0x5116, 0x85],
      [0x5117, 0x86],
      { prg: "r1ro 3 r2ro 5 6" },
      [0x5102, 2],
      [0x5103, 1],
      { prg: "r1 3 r2 5 6" },
      [0x5100, 2],
      { prg: "r1 r2 r3 5 6" },
      [0x5100, 1],
      { prg: "r1 r2 r3 6 7" },
      [0x5100, 0],
      { prg: "r1 4 5 6 7" },
      [0x5113, 5],
      { prg: "- 4 5 6 7" },
    ],
  },
  {
    name: "MMC5 with two RAM chips of 8 KiB",
    cartridge: { mapper: 5, prgKib: 128, chrKib: 128, ramKib: 8, nvramKib: 8 },
    steps: [[0x5113, 3], { prg: "r0ro r0ro r0ro r0ro 15" }, [0x5113, 4], { prg: "r1ro r0ro r0ro r0ro 15" }],
  },
  {
    name: "MMC5's CHR modes and upper bits",
    cartridge: { mapper: 5, prgKib: 128, chrKib: 512 },
    steps: [
      [0x5101, 3],
      ...Array.from({ length: 8 }, (_, register): Write => [0x5120 + register, 10 + register]),
      { chr: chr8(10) },
      [0x5101, 2],
      { chr: "22 23 26 27 30 31 34 35" },
      [0x5101, 1],
      { chr: chrRuns([52, 4], [68, 4]) },
      [0x5101, 0],
      { chr: chr8(136) },
      [0x5101, 3],
      [0x5130, 1],
      [0x5120, 2],
      { chr: "258 11 12 13 14 15 16 17" },
      [0x5128, 1],
      { chr: "258 11 12 13 14 15 16 17" },
      // With tall sprites, what is seen outside of rendering is the set written last.
      [0x2000, 0x20],
      { chr: "257 0 0 0 257 0 0 0" },
      [0x2000, 0],
      { chr: "258 11 12 13 14 15 16 17" },
    ],
  },
  {
    name: "MMC5's nametables: CIRAM, ExRAM, fill",
    cartridge: { mapper: 5, prgKib: 128, chrKib: 128 },
    steps: [
      [0x5105, 0xe4],
      [0x5106, 0x77],
      [0x5107, 2],
      {
        nt: "n0 n1 x0 x1ro",
        ppuReads: [
          [0x2c00, 0x77],
          [0x2fbf, 0x77],
          [0x2fc0, 0xaa],
        ],
      },
      [0x5104, 2],
      { nt: "n0 n1 x2ro x1ro" },
      [0x5c00, 0x5a],
      {
        reads: [
          [0x5c00, 0x5a],
          [0x5bff, 0xab],
        ],
        ppuReads: [[0x2800, 0]],
      },
      [0x5104, 3],
      [0x5c00, 1],
      { reads: [[0x5c00, 0x5a]] },
      [0x5104, 0],
      { reads: [[0x5c00, 0xab]], ppuReads: [[0x2800, 0x5a]] },
    ],
  },
  {
    name: "MMC5 multiplies",
    cartridge: { mapper: 5, prgKib: 128, chrKib: 128 },
    steps: [
      [0x5205, 200],
      [0x5206, 150],
      {
        reads: [
          [0x5205, 30000 & 0xff],
          [0x5206, 30000 >> 8],
        ],
      },
    ],
  },
  {
    name: "MMC5 counts lines by three equal nametable reads",
    cartridge: { mapper: 5, prgKib: 128, chrKib: 128 },
    steps: [
      [0x5203, 2],
      [0x5204, 0x80],
      { reads: [[0x5204, 0x2b]] },
      { fetches: lineStart(), irq: false },
      { fetches: lineStart(), irq: false },
      { fetches: [0x2000, 0x2000, 0x2000], irq: false },
      { fetches: [0x23c0], irq: true },
      { idle: 1, irq: true, fetches: [0x0000] },
      // The read comes three cycles after the last fetch: the frame is over by then.
      { reads: [[0x5204, 0xab]] },
      { irq: false },
      { reads: [[0x5204, 0x2b]] },
      { fetches: lineStart(), irq: false },
    ],
  },
  {
    name: "MMC5 pending, enabled later",
    cartridge: { mapper: 5, prgKib: 128, chrKib: 128 },
    steps: [
      [0x5203, 1],
      { fetches: [...lineStart(), ...lineStart()], irq: false },
      [0x5204, 0x80],
      { irq: true },
      [0x5204, 0],
      { irq: false },
    ],
  },
  {
    name: "MMC5 gives each tile its attribute and bank in mode 1",
    cartridge: { mapper: 5, prgKib: 128, chrKib: 512 },
    steps: [
      [0x5104, 2],
      [0x5c05, 0x83],
      [0x5104, 1],
      { fetches: lineStart([0x0000, 0x0008]) },
      // The next tile's four reads: its ExRAM byte is $83, attribute 2, bank 3 of 4 KiB.
      { fetches: [0x2005], ppuReads: [[0x23c1, 0xaa]] },
      { ppuReads: [[0x0400, 13]] },
    ],
  },
  {
    name: "MMC5 has two CHR sets for tall sprites",
    cartridge: { mapper: 5, prgKib: 128, chrKib: 128 },
    steps: [
      [0x2000, 0x20],
      [0x5101, 3],
      [0x5120, 5],
      [0x5128, 9],
      { fetches: lineStart(), ppuReads: [[0x0000, 9]] },
      { fetches: Array.from({ length: 125 }, (_, read) => 0x2000 | (read & 1)), ppuReads: [[0x0000, 5]] },
    ],
  },
  {
    name: "Action 53",
    cartridge: { mapper: 28, prgKib: 512, chrRamKib: 32 },
    steps: [
      { prg: "- 60 61 62 63" },
      ...action53(0x81, 0x05),
      ...action53(0x80, 0x02),
      ...action53(0x01, 0x00),
      { prg: "- 20 21 22 23", nt: VERTICAL },
      ...action53(0x80, 0x13),
      ...action53(0x01, 0x01),
      { prg: "- 20 21 22 23", nt: HORIZONTAL },
      ...action53(0x80, 0x1c | 0x20),
      ...action53(0x01, 0x02),
      { prg: "- 4 5 22 23" },
      ...action53(0x80, 0x28),
      { prg: "- 20 21 20 21" },
      ...action53(0x00, 0x13),
      { chr: chr8(24, "r"), nt: SINGLE_1 },
      ...action53(0x00, 0x02),
      { chr: chr8(16, "r"), nt: SINGLE_0 },
    ],
  },
  {
    name: "UNROM 512 without flash has bus conflicts",
    cartridge: { mapper: 30, prgKib: 512, chrRamKib: 32, mirroring: "single-0" },
    steps: [
      { prg: "- 0 1 62 63", nt: SINGLE_0 },
      [0x8400, 0xc5],
      { prg: "- 10 11 62 63", chr: chr8(16, "r"), nt: SINGLE_1 },
      [0x8800, 0xff],
      { prg: "- 18 19 62 63", chr: chr8(8, "r") },
    ],
  },
  {
    name: "UNROM 512 with mirroring by latch",
    cartridge: { mapper: 30, submapper: 3, prgKib: 512, chrRamKib: 32 },
    steps: [{ nt: VERTICAL }, [0x8000, 0x80], { nt: HORIZONTAL }],
  },
  {
    name: "UNROM 512 with four screens in CHR RAM",
    cartridge: { mapper: 30, prgKib: 512, chrRamKib: 32, mirroring: "four-screen" },
    steps: [{ nt: "r24 r25 r26 r27" }],
  },
  {
    name: "UNROM 512 rewrites its flash",
    cartridge: { mapper: 30, prgKib: 512, chrRamKib: 32, battery: true },
    steps: [
      [0x8000, 5],
      { prg: "- 0 1 62 63" },
      ...unlocked(UNROM_5555, UNROM_2AAA, 0xa0),
      [0xc000, 3],
      [0x9004, 0x0c],
      {
        prg: "- 6 7 62 63",
        reads: [
          [0x9004, 0x0c & 26],
          [0x9005, 26],
        ],
      },
      ...unlocked(UNROM_5555, UNROM_2AAA, 0x80),
      ...UNROM_5555(0xaa),
      ...UNROM_2AAA(0x55),
      [0xc000, 4],
      [0x9000, 0x30],
      {
        reads: [
          [0x8000, 32],
          [0x9000, 0xff],
          [0x9fff, 0xff],
          [0xa000, 36],
        ],
      },
      ...unlocked(UNROM_5555, UNROM_2AAA, 0x90),
      {
        reads: [
          [0x8000, 0xbf],
          [0x8001, 0xb7],
        ],
      },
      [0x8000, 0xf0],
      { reads: [[0xa000, 12]] },
    ],
  },
  {
    name: "GTROM",
    cartridge: { mapper: 111, prgKib: 512, chrRamKib: 32 },
    steps: [
      [0x5000, 0x32],
      { prg: "- 8 9 10 11", chr: chr8(8, "r"), nt: "r24 r25 r26 r27" },
      [0x7fff, 0x01],
      { prg: "- 4 5 6 7", chr: chr8(0, "r"), nt: "r16 r17 r18 r19" },
      ...unlocked(GTROM_5555, GTROM_2AAA, 0xa0),
      [0x8100, 0x00],
      {
        reads: [
          [0x80ff, 16],
          [0x8100, 0],
        ],
      },
    ],
  },
  {
    name: "GTROM's register takes the bus when it is read",
    cartridge: { mapper: 111, prgKib: 512 },
    steps: [{ reads: [[0x5000, 0xab]], prg: "- 44 45 46 47" }],
  },
  {
    name: "NSF banks",
    cartridge: { mapper: 31, prgKib: 128, chrRamKib: 8 },
    steps: [
      { prg: "- (0 1 0 1) (0 1 0 1) (0 1 0 1) (0 1 62 63)" },
      [0x5ff8, 2],
      [0x5ff9, 3],
      { prg: "- 1 (0 1 0 1) (0 1 0 1) (0 1 62 63)" },
    ],
  },
  {
    name: "NINA-001's registers lie over its RAM",
    cartridge: { mapper: 34, submapper: 1, prgKib: 64, chrKib: 64, ramKib: 8 },
    steps: [
      [0x7ffd, 1],
      [0x7ffe, 2],
      [0x7fff, 5],
      {
        prg: "(r0 r1 r2 r3ro) 4 5 6 7",
        chr: chrRuns([8, 4], [20, 4]),
        reads: [
          [0x7ffd, 1],
          [0x7fff, 5],
        ],
      },
      [0x7ffc, 9],
      { reads: [[0x7ffc, 9]] },
    ],
  },
  {
    name: "NINA-001 by an old header with CHR ROM",
    cartridge: { mapper: 34, prgKib: 64, chrKib: 64, ramKib: 8, ines1: true },
    steps: [[0x7ffd, 1], { prg: "(r0 r1 r2 r3ro) 4 5 6 7" }],
  },
  {
    name: "TXC 36's scrambling chip",
    cartridge: { mapper: 36, prgKib: 128, chrKib: 128 },
    steps: [
      [0x4102, 0x20],
      [0x4103, 0x00],
      [0x4100, 0],
      { prg: "- 0 1 2 3", reads: [[0x4100, 0xab]] },
      [0x8000, 0],
      { prg: "- 8 9 10 11" },
      [0x4103, 0x10],
      [0x4100, 0],
      { reads: [[0x4100, 0xbb]] },
      [0x8000, 0],
      { prg: "- 12 13 14 15" },
      [0x4200, 0x05],
      { chr: chr8(40) },
    ],
  },
  {
    name: "RAMBO-1's banks",
    cartridge: { mapper: 64, prgKib: 256, chrKib: 256 },
    steps: [
      ...[4, 6, 8, 9, 10, 11, 2, 3].flatMap((value, register) => mmc3(register, value)),
      ...mmc3(15, 5),
      { prg: "- 2 3 5 31", chr: chr8(4), nt: VERTICAL },
      ...mmc3(8, 0x20, 0x20),
      ...mmc3(9, 0x21, 0x20),
      { chr: "4 32 6 33 8 9 10 11" },
      [0x8000, 0xe0],
      { prg: "- 5 2 3 31", chr: "8 9 10 11 4 32 6 33" },
      [0xa000, 1],
      { nt: HORIZONTAL },
    ],
  },
  {
    name: "RAMBO-1 by A12",
    cartridge: { mapper: 64, prgKib: 128, chrKib: 128 },
    steps: [
      [0xc000, 2],
      [0xc001, 0],
      [0xe001, 0],
      { a12: 3, irq: false },
      { a12: 1, irqIn: 2 },
      [0xe000, 0],
      { irq: false },
      [0xe001, 0],
      { a12: 2, irqIn: -1 },
      { a12: 1, irqIn: 2 },
    ],
  },
  {
    name: "RAMBO-1 by cycles",
    cartridge: { mapper: 64, prgKib: 128, chrKib: 128 },
    steps: [
      [0xc000, 2],
      [0xe001, 0],
      [0xc001, 1],
      // Four clocks of four cycles, and one more to the line.
      { irqIn: 17 },
      [0xe000, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "Camerica",
    cartridge: { mapper: 71, prgKib: 256, chrRamKib: 8, mirroring: "horizontal" },
    steps: [[0xc000, 5], { prg: "- 10 11 30 31", nt: HORIZONTAL }, [0x8000, 0x10], { nt: HORIZONTAL }],
  },
  {
    name: "Fire Hawk",
    cartridge: { mapper: 71, submapper: 1, prgKib: 128, chrRamKib: 8 },
    steps: [[0x8000, 0x10], { nt: SINGLE_1 }, [0x9fff, 0], { nt: SINGLE_0 }],
  },
  {
    name: "Fire Hawk by an old header",
    cartridge: { mapper: 71, prgKib: 128, chrRamKib: 8, ines1: true },
    steps: [{ nt: VERTICAL }, [0x9000, 0x10], { nt: SINGLE_1 }],
  },
  {
    name: "Quattro",
    cartridge: { mapper: 232, prgKib: 256, chrRamKib: 8 },
    steps: [{ prg: "- 0 1 6 7" }, [0x8000, 0x08], [0xc000, 2], { prg: "- 12 13 14 15" }],
  },
  {
    name: "Quattro on the Aladdin Deck Enhancer",
    cartridge: { mapper: 232, submapper: 1, prgKib: 256, chrRamKib: 8 },
    steps: [[0x8000, 0x08], [0xc000, 2], { prg: "- 20 21 22 23" }],
  },
  {
    name: "Street Fighter III by A12",
    cartridge: { mapper: 91, prgKib: 512, chrKib: 512, mirroring: "horizontal" },
    steps: [
      [0x6000, 5],
      [0x6003, 8],
      [0x7000, 3],
      [0x7001, 4],
      { prg: "- 3 4 14 15", chr: "10 11 0 1 0 1 16 17", nt: HORIZONTAL },
      [0x8003, 0],
      {
        prg: "- 19 20 30 31",
        chr: "522 523 512 513 512 513 528 529".replace(/\d+/g, (page) => `${Number(page) % 512}`),
      },
      [0x7003, 0],
      { a12: 7, irq: false },
      { a12: 1, irq: true },
      [0x7002, 0],
      { irq: false },
    ],
  },
  {
    name: "Street Fighter III by cycles",
    cartridge: { mapper: 91, submapper: 1, prgKib: 128, chrKib: 256 },
    steps: [
      { nt: VERTICAL },
      [0x6004, 0],
      { nt: HORIZONTAL },
      [0x6006, 100],
      [0x6007, 0],
      [0x7007, 0],
      { irqIn: 80 },
      [0x7006, 0],
      { irq: false },
    ],
  },
  {
    name: "Oeka Kids' tiles follow the nametable address",
    cartridge: { mapper: 96, prgKib: 128, chrRamKib: 32 },
    steps: [
      { prg: "- 0 1 2 3", chr: "r0 r1 r2 r3 r12 r13 r14 r15" },
      [0x8400, 0x05],
      { prg: "- 4 5 6 7", chr: "r16 r17 r18 r19 r28 r29 r30 r31" },
      { fetches: [0x2200], chr: "r24 r25 r26 r27 r28 r29 r30 r31" },
      // Still in the nametable: nothing is taken.
      { fetches: [0x2100], chr: "r24 r25 r26 r27 r28 r29 r30 r31" },
      { fetches: [0x0000, 0x2100], chr: "r20 r21 r22 r23 r28 r29 r30 r31" },
    ],
  },
  {
    name: "NES-EVENT unlocks, then times",
    cartridge: { mapper: 105, prgKib: 256, chrRamKib: 8, ramKib: 8 },
    steps: [
      ...mmc1(0xa000, 0x04),
      { prg: "r0 0 1 2 3", nt: SINGLE_0 },
      ...mmc1(0xa000, 0x14),
      { prg: "r0 8 9 10 11" },
      ...mmc1(0xa000, 0x18),
      ...mmc1(0xe000, 0x03),
      { prg: "r0 22 23 30 31" },
      ...mmc1(0xa000, 0x08),
      { idle: 0x27ffffff, irq: false },
      { irqIn: 1 },
      ...mmc1(0xa000, 0x18),
      { irq: false },
    ],
  },
  {
    name: "Nanjing's banks, halves and trigger",
    cartridge: { mapper: 163, prgKib: 2048, chrRamKib: 8, nvramKib: 8 },
    steps: [
      [0x5000, 0x05],
      [0x5200, 0x02],
      { prg: "r0 148 149 150 151", chr: chr8(0, "r") },
      [0x5000, 0x85],
      { fetches: [0x2000], chr: "r0 r1 r2 r3 r0 r1 r2 r3" },
      { fetches: [0x2200], chr: "r4 r5 r6 r7 r4 r5 r6 r7" },
      [0x5300, 0x50],
      { reads: [[0x5500, 0xd5]] },
      [0x5101, 1],
      [0x5101, 0],
      {
        reads: [
          [0x5500, 0],
          [0x5400, 4],
        ],
      },
      [0x5100, 6],
      { prg: "r0 12 13 14 15" },
    ],
  },
  {
    name: "Magic Floor, A10",
    cartridge: { mapper: 218, chrKib: 0, mirroring: "vertical" },
    steps: [{ chr: "n0 n1 n0 n1 n0 n1 n0 n1", nt: VERTICAL }],
  },
  {
    name: "Magic Floor, A11",
    cartridge: { mapper: 218, chrKib: 0, mirroring: "horizontal" },
    steps: [{ chr: "n0 n0 n1 n1 n0 n0 n1 n1", nt: HORIZONTAL }],
  },
  {
    name: "Magic Floor, A12",
    cartridge: { mapper: 218, chrKib: 0, mirroring: "single-0" },
    steps: [{ chr: "n0 n0 n0 n0 n1 n1 n1 n1", nt: SINGLE_0 }],
  },
  {
    name: "Magic Floor, A13",
    cartridge: { mapper: 218, chrKib: 0, mirroring: "single-1" },
    steps: [{ chr: "n0 n0 n0 n0 n0 n0 n0 n0", nt: SINGLE_1 }],
  },
  {
    name: "a 52-in-1 with nibbles of RAM",
    cartridge: { mapper: 225, prgKib: 2048, chrKib: 1024 },
    steps: [
      [0xd1c5, 0],
      { prg: "- 142 143 142 143", chr: chr8(552), nt: VERTICAL },
      [0xa145, 0],
      { prg: "- 8 9 10 11", chr: chr8(40), nt: HORIZONTAL },
      [0x5801, 0x37],
      {
        reads: [
          [0x5801, 0xa7],
          [0x5805, 0xa7],
          [0x5802, 0xa0],
        ],
      },
    ],
  },
  {
    name: "a 115-in-1",
    cartridge: { mapper: 255, prgKib: 2048, chrKib: 1024 },
    steps: [[0x9105, 0], { prg: "- 8 9 8 9", chr: chr8(40) }],
  },
  {
    name: "a 76-in-1",
    cartridge: { mapper: 226, prgKib: 2048, chrRamKib: 8 },
    steps: [
      { prg: "- 0 1 2 3", nt: HORIZONTAL },
      [0x8000, 0xe5],
      { prg: "- 74 75 74 75", nt: VERTICAL },
      [0x8001, 1],
      { prg: "- 202 203 202 203" },
      [0x8000, 0x05],
      { prg: "- 136 137 138 139" },
      { reset: true, prg: "- 0 1 2 3" },
    ],
  },
  {
    name: "Action 52",
    cartridge: { mapper: 228, prgKib: 1536, chrKib: 512 },
    steps: [
      [0x8143, 2],
      { prg: "- 8 9 10 11", chr: chr8(112), nt: VERTICAL },
      [0xa963, 0],
      { prg: "- 74 75 74 75", nt: HORIZONTAL },
      [0x9800, 0],
      { prg: "- 128 129 130 131" },
      [0x9000, 0],
      { prg: "- - - - -" },
    ],
  },
  {
    name: "Maxi 15 takes its registers from reads",
    cartridge: { mapper: 234, prgKib: 1024, chrKib: 512 },
    steps: [
      { prg: "- 0 1 2 (12 13 14 -)", nt: VERTICAL },
      // Page 15 of ROM says 15.
      { reads: [[0xff80, 0xff]], prg: "- 56 57 58 (236 237 238 -)", nt: HORIZONTAL, chr: chr8(448) },
      { reads: [[0xfff0, 0xff]], prg: "- 60 61 62 (252 253 254 -)", chr: chr8(504) },
      [0xff80, 0],
      { prg: "- 60 61 62 (252 253 254 -)" },
      [0xffe8, 0x10],
      { prg: "- 56 57 58 (236 237 238 -)", chr: chr8(456) },
      { reset: true, prg: "- 0 1 2 (12 13 14 -)" },
    ],
  },
  {
    name: "Fong Shen Bang",
    cartridge: { mapper: 246, prgKib: 512, chrKib: 512, nvramKib: 8 },
    steps: [
      [0x6000, 3],
      [0x6001, 4],
      [0x6002, 5],
      [0x6004, 5],
      [0x6005, 6],
      [0x6006, 7],
      [0x6007, 8],
      { prg: "(- r1 r2 r3) 3 4 5 63", chr: chr8(10) },
    ],
  },
];

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

/** Writes all eight CHR banks as nibbles: bank n becomes `10 + 17 n`, through the lines that `at` gives. */
function vrc4Chr(at: (register: number) => number): Write[] {
  return Array.from({ length: 8 }, (_, bank): Write[] => {
    const value = 10 + 17 * bank;
    const base = 0xb000 + (bank >> 1) * 0x1000;
    return [
      [base + at((bank & 1) * 2), value & 0x0f],
      [base + at((bank & 1) * 2 + 1), value >> 4],
    ];
  }).flat();
}

const CHR_SPREAD = "10 27 44 61 78 95 112 129";

/** A case that drives every register of a VRC4 wired to `lines`. */
function vrc4(name: string, mapper: number, submapper: number, lines: readonly [number, number]): BoardCase {
  const at = (register: number) =>
    ((register & 1) !== 0 ? lines[0] : 0) | ((register & 2) !== 0 ? lines[1] : 0);
  return {
    name,
    cartridge: { mapper, submapper, prgKib: 256, chrKib: 256, ramKib: 8 },
    steps: [
      ...vrc4Chr(at),
      [0x8000, 5],
      [0xa000, 6],
      [0x9000 + at(2), 1],
      { prg: "r0 5 6 30 31", chr: CHR_SPREAD, nt: VERTICAL },
      [0x9000 + at(2), 3],
      [0x9000, 1],
      { prg: "r0 30 6 5 31", nt: HORIZONTAL },
      [0x9000, 2],
      { nt: SINGLE_0 },
      [0x9000 + at(2), 0],
      { prg: submapper === 0 ? "r0 5 6 30 31" : "- 5 6 30 31" },
      [0xf000, 0x0e],
      [0xf000 + at(1), 0x0f],
      [0xf000 + at(2), 6],
      { irqIn: 2 },
      [0xf000 + at(3), 0],
      { irq: false },
    ],
  };
}

function vrc2(
  name: string,
  mapper: number,
  submapper: number,
  lines: readonly [number, number],
  halved: boolean,
): BoardCase {
  const at = (register: number) =>
    ((register & 1) !== 0 ? lines[0] : 0) | ((register & 2) !== 0 ? lines[1] : 0);
  return {
    name,
    cartridge: { mapper, submapper, prgKib: 256, chrKib: 256 },
    steps: [
      ...vrc4Chr(at),
      [0x8000, 5],
      [0xa000, 6],
      [0x9000 + at(2), 3],
      { prg: "- 5 6 30 31", chr: halved ? "5 13 22 30 39 47 56 64" : CHR_SPREAD, nt: HORIZONTAL },
      [0x6000, 1],
      {
        reads: [
          [0x6000, 0xab],
          [0x6fff, 0xab],
          [0x7000, 0xab],
        ],
      },
      [0x6000, 0],
      { reads: [[0x6000, 0xaa]] },
    ],
  };
}

/** Konami's VRC chips. */
export const KONAMI: readonly BoardCase[] = [
  {
    name: "VRC1",
    cartridge: { mapper: 75, prgKib: 128, chrKib: 128 },
    steps: [
      [0x8000, 3],
      [0xa000, 4],
      [0xc000, 5],
      [0xe000, 1],
      [0xf000, 2],
      { prg: "- 3 4 5 15", chr: chrRuns([4, 4], [8, 4]), nt: VERTICAL },
      [0x9000, 7],
      { chr: chrRuns([68, 4], [72, 4]), nt: HORIZONTAL },
    ],
  },
  {
    name: "VRC1 on a VS board",
    cartridge: { mapper: 151, prgKib: 128, chrKib: 128, mirroring: "four-screen" },
    steps: [[0x9000, 1], [0xc000, 5], { prg: "- 0 0 5 15", nt: "n0 n1 n2 n3" }],
  },
  vrc4("VRC4a", 21, 1, [0x02, 0x04]),
  vrc4("VRC4c", 21, 2, [0x40, 0x80]),
  vrc4("VRC4a by an old header", 21, 0, [0x02, 0x04]),
  vrc4("VRC4c by an old header", 21, 0, [0x40, 0x80]),
  vrc4("VRC4f", 23, 1, [0x01, 0x02]),
  vrc4("VRC4e", 23, 2, [0x04, 0x08]),
  vrc4("VRC4b", 25, 1, [0x02, 0x01]),
  vrc4("VRC4d", 25, 2, [0x08, 0x04]),
  vrc4("World Hero", 27, 0, [0x01, 0x02]),
  vrc2("VRC2a leaves out the lowest CHR bit", 22, 0, [0x02, 0x01], true),
  vrc2("VRC2b", 23, 3, [0x01, 0x02], false),
  vrc2("VRC2c", 25, 3, [0x02, 0x01], false),
  {
    name: "VRC4 IRQ in scanline mode counts 341 dots, three a cycle",
    cartridge: { mapper: 23, submapper: 1, prgKib: 128, chrKib: 128 },
    steps: [
      [0xf000, 0x0e],
      [0xf001, 0x0f],
      [0xf002, 0x02],
      // Two lines: 682 dots.
      { irqIn: 228 },
      [0xf003, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "VRC4 IRQ goes on after its acknowledge when told to",
    cartridge: { mapper: 23, submapper: 1, prgKib: 128, chrKib: 128 },
    steps: [
      [0xf000, 0x00],
      [0xf001, 0x0f],
      [0xf002, 0x07],
      { irqIn: 16, endFrame: 10 },
      [0xf003, 0],
      { irqIn: 13 },
    ],
  },
  {
    name: "VRC3",
    cartridge: { mapper: 73, prgKib: 128, chrRamKib: 8, ramKib: 8 },
    steps: [
      [0xf000, 3],
      { prg: "r0 6 7 14 15", chr: chr8(0, "r") },
      [0x8000, 0x0],
      [0x9000, 0xf],
      [0xa000, 0xf],
      [0xb000, 0xf],
      [0xc000, 3],
      { irqIn: 16 },
      [0xd000, 0],
      { irqIn: 13 },
      [0x8000, 0xc],
      [0xc000, 6],
      { irqIn: 4 },
      [0xd000, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "VRC6a",
    cartridge: { mapper: 24, prgKib: 256, chrKib: 256, ramKib: 8 },
    steps: [
      [0xd000, 10],
      [0xd001, 11],
      [0xd002, 12],
      [0xd003, 13],
      [0xe000, 14],
      [0xe001, 15],
      [0xe002, 16],
      [0xe003, 17],
      [0x8000, 3],
      [0xc000, 5],
      [0xb003, 0x20],
      { prg: "- 6 7 5 31", chr: chr8(10), nt: VERTICAL },
      [0xb003, 0xa4],
      { prg: "r0 6 7 5 31", nt: HORIZONTAL },
      [0xb003, 0x28],
      { nt: SINGLE_0 },
      [0xb003, 0x2c],
      { nt: SINGLE_1 },
      [0xb003, 0x30],
      { nt: "16 17 16 17" },
      [0xb003, 0x01],
      { chr: "10 10 11 11 12 12 13 13", nt: "n0 n1 n0 n1" },
      [0xb003, 0x21],
      { chr: "10 11 10 11 12 13 12 13" },
      [0xb003, 0x22],
      { chr: "10 11 12 13 14 15 14 15" },
      [0xf000, 0xfe],
      [0xf001, 0x06],
      { irqIn: 2 },
      [0xf002, 0],
      { irq: false },
    ],
  },
  {
    name: "VRC6b swaps A0 and A1",
    cartridge: { mapper: 26, prgKib: 256, chrKib: 256, nvramKib: 8 },
    steps: [
      [0xd001, 12],
      [0xd002, 11],
      [0xb003, 0x20],
      { chr: "0 11 12 0 0 0 0 0" },
      [0xf000, 0xff],
      [0xf002, 0x06],
      { irqIn: 1 },
      [0xf001, 0],
      { irq: false },
    ],
  },
  {
    name: "VRC7a",
    cartridge: { mapper: 85, submapper: 2, prgKib: 512, chrKib: 256, ramKib: 8 },
    steps: [
      [0x8000, 3],
      [0x8010, 4],
      [0x9000, 5],
      [0xa000, 10],
      [0xa010, 11],
      [0xb000, 12],
      [0xb010, 13],
      [0xc000, 14],
      [0xc010, 15],
      [0xd000, 16],
      [0xd010, 17],
      { prg: "- 3 4 5 63", chr: chr8(10), nt: VERTICAL },
      [0xe000, 0x81],
      { prg: "r0 3 4 5 63", nt: HORIZONTAL },
      [0xe010, 0xfd],
      [0xf000, 6],
      { irqIn: 3 },
      [0xf010, 0],
      { irq: false },
    ],
  },
  {
    name: "VRC7b",
    cartridge: { mapper: 85, submapper: 1, prgKib: 512, chrRamKib: 8, nvramKib: 8 },
    steps: [
      [0x8008, 4],
      [0xa008, 3],
      [0xe000, 0x03],
      { prg: "- 0 4 0 63", chr: "r0 r3 r0 r0 r0 r0 r0 r0", nt: SINGLE_1 },
    ],
  },
];

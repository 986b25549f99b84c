import { type BoardCase, chr8, HORIZONTAL, SINGLE_0, SINGLE_1, VERTICAL, type Write } from "../board-case.ts";

/** PRG registers 1, 2, 3, 4; CHR registers 8 to 15. */
const BANKS: readonly Write[] = [
  ...[1, 2, 3, 4].map((value, register): Write => [0x8000 + register, value]),
  ...[8, 9, 10, 11, 12, 13, 14, 15].map((value, register): Write => [0x9000 + register, value]),
];

function outer(mapper: number, value: number, prg: string, chr: string): BoardCase {
  return {
    name: `the J.Y. ASIC's outer bank ${value}`,
    cartridge: { mapper, prgKib: 2048, chrKib: 2048 },
    steps: [...BANKS, [0xd000, 0x1a], [0xd003, value], { prg, chr }],
  };
}

/** Boards around the J.Y. Company ASIC. */
export const JY_BOARDS: readonly BoardCase[] = [
  {
    name: "bank sizes, and ROM at $6000",
    cartridge: { mapper: 90, prgKib: 512, chrKib: 512 },
    steps: [
      ...BANKS,
      { prg: "- 60 61 62 63", chr: chr8(64) },
      [0xd000, 0x04],
      { prg: "- 16 17 18 19" },
      [0xd000, 0x09],
      { prg: "- 4 5 62 63", chr: "32 33 34 35 48 49 50 51" },
      [0xd000, 0x12],
      { prg: "- 1 2 3 63", chr: "16 17 20 21 24 25 28 29" },
      [0xd000, 0x9e],
      { prg: "4 1 2 3 4", chr: chr8(8) },
      [0xd000, 0x9f],
      { prg: "16 0 32 32 16" },
      [0xd000, 0x80],
      { prg: "19 60 61 62 63" },
      [0xd000, 0x18],
      [0xa000, 0x01],
      [0xd003, 0x20],
      { chr: "264 9 10 11 12 13 14 15" },
    ],
  },
  {
    name: "mirroring without nametable control",
    cartridge: { mapper: 90, prgKib: 128, chrKib: 128 },
    steps: [
      { nt: VERTICAL },
      [0xd001, 1],
      { nt: HORIZONTAL },
      [0xd001, 2],
      { nt: SINGLE_0 },
      [0xd001, 0x0b],
      [0xd000, 0x20],
      { nt: SINGLE_1 },
    ],
  },
  {
    name: "ROM nametables and extended mirroring",
    cartridge: { mapper: 209, prgKib: 128, chrKib: 512 },
    steps: [
      [0xb001, 0x01],
      [0xb003, 0x85],
      [0xb007, 0x01],
      [0xd001, 0x08],
      { nt: "n0 n1 n0 n1" },
      [0xd003, 0x20],
      [0xd000, 0x20],
      { nt: "n0 n1 n0 389" },
      [0xd002, 0x80],
      { nt: "0 1 0 n1" },
      [0xd000, 0x60],
      { nt: "0 1 0 389" },
    ],
  },
  {
    name: "MMC4 mode",
    cartridge: { mapper: 211, prgKib: 128, chrKib: 512 },
    steps: [
      ...BANKS,
      [0xd000, 0x08],
      [0xd003, 0x80],
      { chr: "32 33 34 35 48 49 50 51" },
      { fetches: [0x0fe8], chr: "40 41 42 43 48 49 50 51" },
      { fetches: [0x1fe8, 0x0fd8], chr: "32 33 34 35 56 57 58 59" },
    ],
  },
  {
    name: "RAM at $6000, the multiplier, the adder and the test register",
    cartridge: { mapper: 35, prgKib: 128, chrKib: 128, ramKib: 8 },
    steps: [
      { prg: "r0 12 13 14 15" },
      [0x5800, 200],
      [0x5801, 100],
      {
        reads: [
          [0x5800, 0x20],
          [0x5801, 0x4e],
        ],
      },
      [0x5803, 0x55],
      [0x5802, 0x80],
      [0x5802, 0x81],
      {
        reads: [
          [0x5802, 0x01],
          [0x5803, 0x55],
          [0x5000, 0x2b],
          [0x5400, 0x2b],
          [0x5001, 0xab],
        ],
      },
      [0x5803, 0x00],
      { reads: [[0x5802, 0x00]] },
    ],
  },
  {
    name: "CHR RAM is writable by $D002",
    cartridge: { mapper: 90, prgKib: 128, chrRamKib: 8 },
    steps: [{ chr: "r0ro r1ro r2ro r3ro r4ro r5ro r6ro r7ro" }, [0xd002, 0x40], { chr: chr8(0, "r") }],
  },
  {
    name: "the counter counts cycles up through a prescaler of 8 or 256",
    cartridge: { mapper: 90, prgKib: 128, chrKib: 128 },
    steps: [
      [0xc006, 0x0f],
      [0xc005, 0xf1],
      [0xc004, 0x0f],
      [0xc001, 0x44],
      [0xc000, 0x01],
      // 0xFE, and two wraps of eight cycles.
      { irqIn: 16 },
      [0xc002, 0],
      { irq: false },
      [0xc005, 0xf0],
      [0xc001, 0x40],
      [0xc003, 0],
      { irqIn: 256 },
    ],
  },
  {
    name: "the counter counts cycles down",
    cartridge: { mapper: 90, prgKib: 128, chrKib: 128 },
    steps: [
      [0xc005, 2],
      [0xc004, 3],
      [0xc001, 0x84],
      [0xc003, 0],
      // The prescaler wraps after 4, then twice after 8.
      { irqIn: 20 },
    ],
  },
  {
    name: "the counter counts PPU reads",
    cartridge: { mapper: 90, prgKib: 128, chrKib: 128 },
    steps: [
      [0xc005, 0xff],
      [0xc004, 6],
      [0xc001, 0x46],
      [0xc003, 0],
      { fetches: [0x0000], irq: false },
      { fetches: [0x0001], irq: true },
    ],
  },
  {
    name: "the counter counts rises of A12",
    cartridge: { mapper: 90, prgKib: 128, chrKib: 128 },
    steps: [
      [0xc005, 0xff],
      [0xc004, 6],
      [0xc001, 0x45],
      [0xc003, 0],
      { fetches: [0x1000, 0x1008, 0x0000], irq: false },
      { fetches: [0x1000], irq: true },
    ],
  },
  outer(35, 0x2a, "- 65 66 67 127", chr8(520)),
  outer(90, 0x13, "- 65 66 67 127", chr8(1288)),
  outer(281, 0x03, "- 97 98 99 127", chr8(776)),
  outer(282, 0x0a, "- 161 162 163 191", chr8(520)),
  outer(295, 0x03, "- 49 50 51 63", chr8(392)),
  outer(358, 0x0a, "- 161 162 163 191", chr8(1032)),
  outer(386, 0x0a, "- 97 98 99 127", chr8(1032)),
  outer(387, 0x0a, "- 49 50 51 63", chr8(1032)),
  outer(388, 0x06, "- 33 34 35 63", chr8(520)),
  outer(397, 0x02, "- 33 34 35 63", chr8(264)),
  outer(421, 0x06, "- 65 66 67 127", chr8(520)),
];

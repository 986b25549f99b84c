/** Learning computers with the video of the PEC-9588. */
import { type BoardCase, chr8, HORIZONTAL, VERTICAL } from "../board-case.ts";
import { game } from "./nrom-registers.ts";

const RAM = chr8(0, "r");

/** The answers of the protection to five values of its register; the rest of the bus is $AB. */
const PROTECTION = [0x1f, 0x70, 0x80, 0xff, 0x20].flatMap((value, at) => [
  [0x5400, value] as const,
  { reads: [[0x5500, 0x88 | [0x09, 0x20, 0x04, 0x02, 0][at]!] as const] },
]);

export const PEC_COMPUTERS: readonly BoardCase[] = [
  {
    name: "PEC-586 of 128 KiB",
    cartridge: { mapper: 257, prgKib: 128, chrRamKib: 8, ramKib: 8 },
    steps: [
      { ...game(2, 3), chr: RAM, nt: VERTICAL, prg: "r0 4 5 6 7" },
      [0x5000, 0x01],
      { prg: "r0 2 3 6 7" },
      [0x50ff, 0x13],
      { prg: "r0 12 13 14 15" },
      [0x5800, 0x10],
      { prg: "r0 8 9 10 11" },
      [0x5000, 0x30],
      { prg: "r0 8 9 14 15" },
      [0x5000, 0x41],
      { prg: "r0 2 3 4 5" },
      [0x5000, 0x6d],
      { prg: "r0 2 3 0 1" },
      ...PROTECTION,
      { reset: true, prg: "r0 4 5 6 7" },
    ],
  },
  {
    name: "PEC-586 of 512 KiB: single KiB of the upper half",
    cartridge: { mapper: 257, prgKib: 512, chrRamKib: 8, ramKib: 8 },
    steps: [
      // A program of bank-roms.test.ts cannot start here: the reset keeps it away.
      {
        reset: true,
        prg: "r0 - - - -",
        nt: VERTICAL,
        // KiB 263, 271 … 511: odd, so the second half of a page, which is $FF.
        reads: [
          [0x8000, 0xff],
          [0xffff, 0xff],
        ],
      },
      [0x5000, 0x45],
      { prg: "r0 37 - - -" },
      [0x5000, 0x65],
      { prg: "r0 53 - - -" },
      [0x5000, 0x13],
      { prg: "r0 12 13 14 15", nt: VERTICAL },
      [0x5000, 0x1b],
      { prg: "r0 12 13 14 15", nt: HORIZONTAL },
    ],
  },
  {
    name: "REC-9388: scrambled ROM",
    cartridge: { mapper: 440, prgKib: 128, chrRamKib: 8, ramKib: 8 },
    steps: [
      { prg: "r0 0 1 2 3", chr: RAM, nt: HORIZONTAL },
      [0x5000, 0x2e],
      [0x5100, 0x02],
      { prg: "r0 4 5 6 7", nt: VERTICAL },
      ...PROTECTION,
      {
        reads: [
          [0x5300, 4],
          [0x5300, 0],
          [0x5b00, 4],
          [0x5200, 0xab],
        ],
      },
      [0x5000, 0x2f],
      // Pages 16 to 31 of 2 KiB: A0 is A11, A1 is A10 of ROM. The second KiB of each page is $FF.
      {
        prg: "r0 - - - -",
        reads: [
          [0x8000, 0x08],
          [0x8001, 0x88],
          [0x8002, 0xff],
          [0x9000, 0x48],
          [0x8800, 0x08],
        ],
      },
      { reset: true, prg: "r0 0 1 2 3" },
    ],
  },
  {
    name: "Golden Key",
    cartridge: { mapper: 442, prgKib: 2048, chrRamKib: 8, ramKib: 8 },
    steps: [
      { prg: "r0 0 1 2 3", chr: RAM, nt: VERTICAL },
      [0x5000, 0x13],
      { prg: "r0 76 77 78 79" },
      [0x5f00, 0x00],
      { prg: "r0 76 77 78 79" },
      [0x5800, 0xdf],
      { prg: "r0 252 253 254 255" },
      { reset: true, prg: "r0 0 1 2 3" },
    ],
  },
];

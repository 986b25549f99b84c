import { type BoardCase, HORIZONTAL, VERTICAL } from "../board-case.ts";

/** Boards of homebrew games. */
export const HOMEBREW_BOARDS: readonly BoardCase[] = [
  {
    name: "Drip: banks, counter, status and palettes of tiles",
    cartridge: { mapper: 284, prgKib: 256, chrKib: 32, ramKib: 8 },
    steps: [
      { prg: "r0ro 0 1 30 31", chr: "0 1 0 1 0 1 0 1", nt: VERTICAL },
      [0x800b, 3],
      [0xbffc, 9],
      [0x800f, 4],
      [0x800a, 0x0d],
      { prg: "r0 6 7 30 31", chr: "18 19 0 1 0 1 8 9", nt: HORIZONTAL },
      {
        reads: [
          [0x4800, 0x64],
          [0x5000, 0x40],
          [0x5fff, 0x40],
          [0x4700, 0xab],
        ],
      },
      [0x8001, 0x90],
      [0x8001, 0x91],
      { reads: [[0x5000, 0x40]] },
      { idle: 4, reads: [[0x5000, 0x40]] },
      [0x8008, 0x34],
      [0x8009, 0x80],
      { irqIn: 0x34 },
      [0x8009, 0],
      { irq: false, irqIn: -1 },
      [0xc123, 0x0e],
      [0xfd23, 0x03],
      {
        ppuReads: [
          [0x2123, 0],
          [0x23ca, 0xaa],
          [0x0000, 18],
          [0x2923, 0],
          [0x2bca, 0xff],
        ],
      },
      [0x800a, 0],
      { ppuReads: [[0x2123, 0]] },
    ],
  },
];

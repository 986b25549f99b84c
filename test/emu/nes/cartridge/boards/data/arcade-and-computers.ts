import { FIRST_UNNUMBERED } from "../../../../../../src/emu/nes/cartridge/descriptor.ts";
import { type BoardCase, chr8, HORIZONTAL, SINGLE_1, VERTICAL } from "../board-case.ts";
import { mmc1, mmc3 } from "./nintendo.ts";

const SUPER_GAME = { mapper: 124, prgKib: 3648, chrKib: 2048, chrRamKib: 8, ramKib: 8 };
const CHR_RAM = chr8(0, "r");

/** An arcade board, the FamicomBox, and computers with keyboards. */
export const ARCADE_AND_COMPUTERS: readonly BoardCase[] = [
  {
    name: "Super Game Mega: the menu, and its UNROM and AxROM games",
    cartridge: SUPER_GAME,
    steps: [
      { prg: "r0 452 453 454 455", chr: CHR_RAM, nt: VERTICAL },
      [0x0810, 0x12],
      {
        reads: [
          [0x1810, 0x12],
          [0x5000, 0x0a],
          [0x4f1f, 0],
        ],
      },
      [0x5001, 0x83],
      [0x8000, 5],
      { prg: "r0 58 59 62 63", chr: CHR_RAM },
      [0x5ffe, 0],
      [0x5001, 0x3f],
      { prg: "451 452 453 454 455", chr: CHR_RAM },
      [0x5000, 0x10],
      [0x5001, 0x82],
      [0x8000, 0x11],
      { prg: "r0 36 37 38 39", nt: SINGLE_1 },
    ],
  },
  {
    name: "Super Game Mega: MMC1 and MMC3 in blocks",
    cartridge: SUPER_GAME,
    steps: [
      [0x5000, 0x23],
      [0x5001, 0xc4],
      ...mmc1(0xe000, 2),
      ...mmc1(0x8000, 0x1e),
      ...mmc1(0xc000, 4),
      { prg: "r0 68 69 78 79", chr: "384 385 386 387 400 401 402 403", nt: VERTICAL },
      [0x5002, 0x34],
      ...mmc3(6, 0x15),
      ...mmc3(2, 0x85),
      [0xa000, 1],
      { prg: "r0 85 65 94 95", chr: "512 513 514 515 645 517 518 519", nt: HORIZONTAL },
      [0x5000, 0x75],
      [0x5001, 0xe5],
      { prg: "451 85 81 94 95", chr: "640 641 642 643 645 645 646 647" },
      [0xc000, 2],
      [0xc001, 0],
      [0xe001, 0],
      { a12: 2, irq: false },
      { a12: 1, irq: true },
      [0x5010, 0xff],
      { prg: "451 85 81 94 95" },
    ],
  },
  {
    name: "LittleCom PC-95: 256 KiB for each half",
    cartridge: { mapper: 531, prgKib: 2048, chrRamKib: 8, ramKib: 8 },
    steps: [
      {
        prg: "r0 224 225 254 255",
        reads: [
          [0x4906, 0xff],
          [0x4c03, 0],
          [0x4c02, 0xab],
        ],
      },
      [0x4c00, 0x2f],
      [0x4c01, 0x40],
      ...mmc3(6, 0x43),
      { prg: "r0 35 65 254 255" },
      [0x4904, 3],
      [0x8000, 0x40],
      { prg: "r0 62 65 227 255", reset: true },
    ],
  },
  {
    name: "Transformer: NROM, and no key",
    cartridge: { mapper: FIRST_UNNUMBERED + 4, ramKib: 8 },
    steps: [
      { prg: "r0 0 1 2 3", chr: chr8(0) },
      {
        reads: [
          [0x5000, 0],
          [0x5001, 0],
          [0x5002, 0xab],
          [0x5004, 0xab],
        ],
        idle: 5000,
        irq: false,
      },
    ],
  },
  {
    name: "FamicomBox: work RAM, slots and flags",
    cartridge: { mapper: FIRST_UNNUMBERED + 5 },
    steps: [
      { prg: "r0 0 1 2 3", chr: chr8(0) },
      [0x0800, 1],
      {
        reads: [
          [0x0800, 0],
          [0x5002, 0xc0],
          [0x5008 | 3, 4],
          [0x5004, 0],
          [0x5005, 0xab],
          [0x5007, 0xa2],
        ],
      },
      [0x5002, 0x20],
      [0x0800, 2],
      [0x1000, 3],
      {
        reads: [
          [0x0800, 2],
          [0x1000, 0],
        ],
      },
      [0x5ffa, 0x40],
      [0x1000, 4],
      [0x1fff, 5],
      {
        reads: [
          [0x1000, 4],
          [0x1fff, 5],
          [0x0fff, 0],
          [0x0000, 0],
        ],
      },
      [0x5005, 0x21],
      [0x5005, 0x20],
      { reads: [[0x5007, 2]] },
      [0x5004, 0x11],
      { prg: "r0 - - - -", chr: "- - - - - - - -" },
      [0x5004, 0x40],
      [0x5000, 0x20],
      { prg: "r0 0 1 2 3", reads: [[0x5002, 0xab]] },
      { reset: true, reads: [[0x5000, 0xff]] },
      [0x5000, 0x20],
      {
        reset: true,
        reads: [
          [0x5000, 0xdf],
          [0x5000, 0xff],
        ],
      },
    ],
  },
];

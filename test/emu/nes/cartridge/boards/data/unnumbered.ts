import { FIRST_UNNUMBERED } from "../../../../../../src/emu/nes/cartridge/descriptor.ts";
import { type BoardCase, chr8, HORIZONTAL, SINGLE_0, SINGLE_1, VERTICAL } from "../board-case.ts";
import { mmc3 } from "./nintendo.ts";

const KG256 = { mapper: FIRST_UNNUMBERED, prgKib: 256, chrKib: 128 };
const T_227_1 = { mapper: FIRST_UNNUMBERED + 1, prgKib: 1024, chrKib: 1024 };
const MULTICART_810131C = {
  mapper: FIRST_UNNUMBERED + 2,
  prgKib: 1024,
  chrKib: 1024,
  chrRamKib: 8,
  ramKib: 8,
};
const CC_21 = { mapper: FIRST_UNNUMBERED + 3, chrKib: 8 };

/** Boards that only UNIF files name. */
export const UNNUMBERED: readonly BoardCase[] = [
  {
    name: "KG256: NROM-256 with two CHR banks, NROM-128 with eight",
    cartridge: KG256,
    steps: [
      { prg: "- 0 1 2 3", chr: chr8(0), nt: VERTICAL },
      [0x7ffd, 0x26],
      [0xffff, 3],
      [0x6000, 0x15],
      { prg: "- 28 29 30 31", chr: chr8(72), nt: HORIZONTAL },
      [0x6002, 0],
      { chr: chr8(64) },
      [0x6001, 0x13],
      { prg: "- 6 7 6 7", chr: chr8(40) },
      { reset: true, prg: "- 0 1 2 3", chr: chr8(0), nt: VERTICAL },
    ],
  },
  {
    name: "T-227-1: blocks, NROM modes, the lock",
    cartridge: T_227_1,
    steps: [
      ...mmc3(6, 5),
      ...mmc3(7, 7),
      [0x6008, 0xff],
      { prg: "- 21 23 30 31" },
      [0x6030, 0],
      { prg: "- 101 103 126 127" },
      [0x6009, 0],
      { prg: "- 20 21 22 23" },
      [0x600b, 0],
      { prg: "- 20 21 22 23" },
      [0x600a, 0],
      { prg: "- 20 21 20 21" },
      [0x608e, 0],
      { prg: "- 22 23 22 23" },
      [0x6000, 0],
      { prg: "- 22 23 22 23" },
      { reset: true, prg: "- 5 7 14 15" },
    ],
  },
  {
    name: "81-01-31-C: the register needs RAM, and block 0",
    cartridge: MULTICART_810131C,
    steps: [
      ...mmc3(2, 0x85),
      [0xa001, 0xc0],
      [0x6001, 0],
      { prg: "r0ro 0 1 14 15", chr: "0 1 2 3 5 5 6 7", nt: VERTICAL },
      [0xa001, 0x80],
      [0x602a, 0],
      { prg: "r0ro 32 33 62 63", chr: "256 257 258 259 389 261 262 263" },
      [0x6001, 0],
      { prg: "r0ro 32 33 62 63" },
      { reset: true, prg: "r0ro 0 1 14 15" },
      [0x6013, 0],
      { prg: "r0ro 48 49 62 63", chr: "r0 r1 r2 r3 r5 r5 r6 r7" },
    ],
  },
  {
    name: "81-01-31-C: CHR A17 selects nametables",
    cartridge: MULTICART_810131C,
    steps: [
      ...mmc3(0, 0x82),
      ...mmc3(1, 4),
      { nt: VERTICAL },
      [0x600c, 0],
      { prg: "r0ro 64 65 94 95", chr: "514 515 516 517 516 517 518 519", nt: "n1 n1 n0 n0" },
    ],
  },
  {
    name: "CC-21: A0 of a write",
    cartridge: CC_21,
    steps: [
      { prg: "- 0 1 2 3", chr: "0 1 2 3 0 1 2 3", nt: SINGLE_0 },
      [0x8001, 0],
      { chr: "4 5 6 7 4 5 6 7", nt: SINGLE_1 },
      [0xfffe, 1],
      { chr: "0 1 2 3 0 1 2 3", nt: SINGLE_0 },
    ],
  },
];

import { type BoardCase, chr8, chrRuns, HORIZONTAL, VERTICAL, type Write } from "../board-case.ts";
import { mmc3 } from "./nintendo.ts";

/** R0 to R7: CHR 4, 6, 8, 9, 10, 11; PRG 2, 3. */
const BANKS: readonly Write[] = [4, 6, 8, 9, 10, 11, 2, 3].flatMap((value, register) =>
  mmc3(register, value),
);

const PLAIN_CHR = chr8(4);

function ramBanks(name: string, mapper: number, ramKib: number, first: number, chr: string): BoardCase {
  return {
    name,
    cartridge: { mapper, prgKib: 256, chrKib: 128, chrRamKib: ramKib },
    steps: [...mmc3(2, first), ...mmc3(3, first + 1), ...mmc3(4, 0x30), { chr }],
  };
}

/** Boards around an MMC3 or a clone. */
export const MMC3_VARIANTS: readonly BoardCase[] = [
  {
    name: "TxSROM's nametables follow its CHR banks",
    cartridge: { mapper: 118, prgKib: 128, chrKib: 128 },
    steps: [
      ...mmc3(0, 0x80),
      ...mmc3(1, 0x02),
      { nt: "n1 n1 n0 n0" },
      ...mmc3(2, 0x80),
      ...mmc3(3, 0x01),
      ...mmc3(4, 0x82),
      ...mmc3(5, 0x03),
      { nt: "n1 n1 n0 n0" },
      [0x8000, 0x80],
      { nt: "n1 n0 n1 n0" },
      [0xa000, 1],
      { nt: "n1 n0 n1 n0" },
    ],
  },
  ramBanks("TQROM: bit 6 is RAM", 119, 8, 0x43, "0 1 2 3 r3 r4 48 7"),
  ramBanks("74: banks 8 and 9 are RAM", 74, 2, 0x08, "0 1 2 3 r0 r1 48 7"),
  ramBanks("191: bit 7 is RAM", 191, 2, 0x81, "0 1 2 3 r1 r0 48 7"),
  ramBanks("192: banks 8 to 11 are RAM", 192, 4, 0x0a, "0 1 2 3 r2 r3 48 7"),
  ramBanks("194: banks 0 and 1 are RAM", 194, 2, 0x00, "r0 r1 2 3 r0 r1 48 7"),
  ramBanks("195: banks 0 to 3 are RAM", 195, 4, 0x02, "r0 r1 r2 r3 r2 r3 48 7"),
  {
    name: "SL-5020B has a CHR bit for each pattern table",
    cartridge: { mapper: 12, prgKib: 128, chrKib: 512 },
    steps: [
      ...BANKS,
      [0x4100, 0x01],
      { chr: "260 261 262 263 8 9 10 11" },
      [0x4100, 0x10],
      { chr: "4 5 6 7 264 265 266 267" },
    ],
  },
  {
    name: "Super Big 7-in-1's blocks are in $A001",
    cartridge: { mapper: 44, prgKib: 1024, chrKib: 1024 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 14 15", chr: PLAIN_CHR },
      [0xa001, 5],
      { prg: "- 82 83 94 95", chr: chr8(644) },
      [0xa001, 7],
      { prg: "- 98 99 126 127", chr: chr8(772) },
    ],
  },
  {
    name: "Super HIK 4-in-1",
    cartridge: { mapper: 49, prgKib: 512, chrKib: 512 },
    steps: [
      ...BANKS,
      { prg: "- 0 1 2 3" },
      [0x6000, 0x70],
      { prg: "- 28 29 30 31", chr: chr8(132) },
      [0x6000, 0x81],
      { prg: "- 34 35 46 47", chr: chr8(260) },
    ],
  },
  {
    name: "Mario Party 7-in-1 locks its block",
    cartridge: { mapper: 52, prgKib: 1024, chrKib: 1024 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 30 31", chr: PLAIN_CHR },
      [0x6000, 0x5b],
      { prg: "- 50 51 62 63", chr: chr8(132) },
      [0x6000, 0xa4],
      { prg: "- 66 67 94 95", chr: chr8(772) },
      [0x6000, 0x00],
      { prg: "- 66 67 94 95" },
      { reset: true, prg: "- 2 3 30 31" },
    ],
  },
  {
    name: "115: the override without scrambling",
    cartridge: { mapper: 115, prgKib: 256, chrKib: 512 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 30 31", chr: PLAIN_CHR },
      [0x6000, 0xa5],
      [0x6001, 1],
      { prg: "- 8 9 10 11", chr: chr8(260) },
    ],
  },
  {
    name: "PAL-ZZ's eight blocks",
    cartridge: { mapper: 37, prgKib: 256, chrKib: 256 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 6 7", chr: PLAIN_CHR },
      [0x6000, 3],
      { prg: "- 10 11 14 15", chr: PLAIN_CHR },
      [0x6000, 4],
      { prg: "- 18 19 30 31", chr: chr8(132) },
      [0x6000, 7],
      { prg: "- 26 27 30 31" },
      [0xa001, 0],
      [0x6000, 0],
      { prg: "- 26 27 30 31" },
      { reset: true, prg: "- 2 3 6 7" },
    ],
  },
  {
    name: "NES-QJ's two halves",
    cartridge: { mapper: 47, prgKib: 256, chrKib: 256 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 14 15", chr: PLAIN_CHR },
      [0x6000, 1],
      { prg: "- 18 19 30 31", chr: chr8(132) },
    ],
  },
  {
    name: "JC-016-2's four blocks",
    cartridge: { mapper: 205, prgKib: 512, chrKib: 512 },
    steps: [
      ...BANKS,
      { prg: "- 2 3 30 31", chr: PLAIN_CHR },
      [0x6000, 1],
      { prg: "- 18 19 30 31", chr: chr8(132) },
      [0x6000, 2],
      { prg: "- 34 35 46 47", chr: chr8(260) },
      [0x6000, 3],
      { prg: "- 50 51 62 63", chr: chr8(388) },
      { reset: true, prg: "- 2 3 30 31" },
    ],
  },
  {
    name: "TXC 189 switches all of PRG",
    cartridge: { mapper: 189, prgKib: 256, chrKib: 256 },
    steps: [
      ...BANKS,
      { prg: "- 0 1 2 3", chr: PLAIN_CHR },
      [0x4120, 0x03],
      { prg: "- 12 13 14 15" },
      [0x6000, 0x50],
      { prg: "- 20 21 22 23" },
    ],
  },
  {
    name: "114 scrambles registers and can override PRG",
    cartridge: { mapper: 114, prgKib: 256, chrKib: 512 },
    steps: [
      [0xa000, 4],
      [0xc000, 9],
      [0xa000, 5],
      [0xc000, 10],
      [0xa000, 0],
      [0xc000, 0x20],
      [0x8001, 1],
      { prg: "- 9 10 30 31", chr: "32 33 2 3 4 5 6 7", nt: HORIZONTAL },
      [0x6001, 1],
      { chr: "288 289 258 259 260 261 262 263" },
      [0x6000, 0x85],
      { prg: "- 10 11 10 11" },
      [0x6000, 0xa5],
      { prg: "- 8 9 10 11" },
      [0xa001, 2],
      [0xc001, 0],
      [0xe001, 0],
      { a12: 2, irq: false },
      { a12: 1, irq: true },
      [0xe000, 0],
      { irq: false },
    ],
  },
  {
    name: "182, the same board",
    cartridge: { mapper: 182, prgKib: 256, chrKib: 256 },
    steps: [[0xa000, 6], [0xc000, 0x40], { chr: "0 1 2 3 64 5 6 7", nt: VERTICAL }],
  },
  {
    name: "Boogerman's scrambling",
    cartridge: { mapper: 114, submapper: 1, prgKib: 256, chrKib: 256 },
    steps: [
      [0xa000, 4],
      [0x8001, 9],
      [0xa000, 1],
      [0x8001, 0x40],
      [0xc000, 1],
      { prg: "- 9 1 30 31", chr: "0 1 2 3 64 5 6 7", nt: HORIZONTAL },
    ],
  },
  {
    name: "Waixing 245 takes PRG A19 from R0",
    cartridge: { mapper: 245, prgKib: 1024, chrRamKib: 8, nvramKib: 8 },
    steps: [
      ...mmc3(6, 5),
      { prg: "r0 5 1 62 63", chr: chr8(0, "r") },
      ...mmc3(0, 2),
      { prg: "r0 69 65 126 127", chr: chr8(0, "r") },
    ],
  },
  {
    name: "Nitra's data are in the address",
    cartridge: { mapper: 250, prgKib: 128, chrKib: 128 },
    steps: [[0x8006, 0], [0x8405, 0], [0xa001, 0], { prg: "- 5 1 14 15", nt: HORIZONTAL }],
  },
  {
    name: "MC-ACC counts each eighth fall of A12",
    cartridge: { mapper: 4, submapper: 3, prgKib: 128, chrKib: 128 },
    steps: [
      [0xc000, 1],
      [0xc001, 0],
      [0xe001, 0],
      { fetches: [0x1000, 0x0000], irq: false },
      { fetches: Array.from({ length: 14 }, (_, i) => (i % 2) * 0x1000), irq: false },
      { fetches: [0x1000, 0x0000, 0x1000, 0x0000], irq: true },
    ],
  },
  {
    name: "Namcot 108",
    cartridge: { mapper: 206, prgKib: 128, chrKib: 64, mirroring: "horizontal" },
    steps: [
      ...BANKS,
      { prg: "- 2 3 14 15", chr: PLAIN_CHR, nt: HORIZONTAL },
      [0x8000, 0xc6],
      { prg: "- 2 3 14 15" },
      [0xa000, 0],
      { nt: HORIZONTAL },
    ],
  },
  {
    name: "Namcot 108 without PRG banks",
    cartridge: { mapper: 206, submapper: 1, prgKib: 32, chrKib: 64 },
    steps: [...BANKS, { prg: "- 0 1 2 3", chr: PLAIN_CHR }],
  },
  {
    name: "Namcot 3446: four CHR windows of 2 KiB",
    cartridge: { mapper: 76, prgKib: 128, chrKib: 128 },
    steps: [...BANKS, { prg: "- 2 3 14 15", chr: chr8(16) }],
  },
  {
    name: "Namcot 3433: each half of CHR has its own 64 KiB",
    cartridge: { mapper: 88, prgKib: 128, chrKib: 128 },
    steps: [...BANKS, { chr: chrRuns([4, 4], [72, 4]), nt: VERTICAL }],
  },
  {
    name: "Namcot 3453 chooses a screen",
    cartridge: { mapper: 154, prgKib: 128, chrKib: 128 },
    steps: [
      ...BANKS,
      { chr: chrRuns([4, 4], [72, 4]), nt: "n0 n0 n0 n0" },
      [0xc000, 0x40],
      { nt: "n1 n1 n1 n1" },
    ],
  },
  {
    name: "Namcot 3425 takes nametables from CHR A15",
    cartridge: { mapper: 95, prgKib: 128, chrKib: 32 },
    steps: [...mmc3(0, 0x24), ...mmc3(1, 0x06), { chr: "4 5 6 7 4 5 6 7", nt: "n1 n1 n0 n0" }],
  },
];

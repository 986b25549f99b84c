/**
 * MMC3 multicarts with a register at $6000–$7FFF that takes the address of a write. What has no page in the
 * wiki follows NintendulatorNRS and FCEUmm. Solder pads that change address lines are open, except on
 * mapper 503.
 */
import { KIB } from "../../../../units.ts";
import type { BoardClass } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { mortalKombatChrBank, wideChrBank } from "../mmc3-clones/scrambled.ts";
import { mmc3ChrBank, nromBank, type OuterMmc3, outerMmc3, windowBank, within } from "../parts/outer-mmc3.ts";

/** The register, which the board ignores while its bits under `lock` are set. */
function addressAt6000(lock = 0): OuterMmc3 {
  return {
    ram: "none",
    needsRam: "unprotected",
    write(outer, address) {
      if (address < 0x6000 || (outer[0] & lock) !== 0) return false;
      outer[0] = address & 0xff;
      return true;
    },
  };
}

/** The MMC3's banks of one window or, in turn, of the first two, with low bits of the CPU. */
function repeated(slot: number, cpuMask: number, windows: number, mmc3: Uint8Array): number {
  return (windowBank(slot & (windows - 1), mmc3) & ~cpuMask) | (slot & cpuMask);
}

/**
 * Mapper 430, 831031C and T-308: A0–A1 the block of 128 KiB; A2 CHR blocks of 128 KiB by A1–A2; A3 NROM-256.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_430
 */
const Multicart831031C = outerMmc3({
  ...addressAt6000(),
  prg: (bank, slot, { 0: outer }, mmc3) =>
    within((outer & 8) !== 0 ? repeated(slot, 3, 2, mmc3) : bank, 0x0f, (outer & 3) << 4),
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 4) !== 0 ? 0x7f : 0xff, (outer << 6) & 0x180),
});

/**
 * Mapper 480: A0 and up the block; A5 blocks of 256 KiB. Submapper 1: two blocks of 256 KiB, A5 CHR RAM.
 * Submapper 2: A4 the last CHR ROM in 2 KiB banks and A5 BNROM, after which writes select the inner bank.
 */
const Multicart480 = outerMmc3({
  ...addressAt6000(),
  initial: [0, 3],
  write(outer, address, value, { submapper }) {
    if (address < 0x6000) return false;
    if (submapper !== 2 || (outer[0] & 0x30) === 0) outer[0] = address & 0xff;
    else outer[1] = (address & 0x100) !== 0 ? (address >> 4) & 3 : ((value << 1) & 2) | ((value >> 4) & 1);
    return true;
  },
  prg(bank, slot, [outer, inner], _mmc3, { submapper }) {
    if (submapper === 2 && (outer & 0x20) !== 0) return (outer << 4) | (inner << 2) | slot;
    const isLarge =
      submapper === 0
        ? (outer & 0x20) !== 0
        : submapper === 1
          ? (outer & 0x1f) === 0x1f
          : (outer & 0x0e) === 0x0e;
    return within(bank, isLarge ? 0x1f : 0x0f, outer << 4);
  },
  chr(bank, slot, { 0: outer }, mmc3, { submapper }) {
    if (submapper === 2 && (outer & 0x10) !== 0) return 0x800 | mortalKombatChrBank(slot, mmc3);
    if (submapper === 1 && (outer & 0x20) !== 0) return slot;
    const isLarge =
      submapper === 0
        ? (outer & 0x20) !== 0
        : submapper === 1
          ? (outer & 0x1f) === 0x19
          : [3, 0x0f].includes(outer & 0x0f);
    return within(bank, isLarge ? 0xff : 0x7f, outer << 7);
  },
  isChrRam: (_bank, { 0: outer }, { submapper }) => submapper === 1 && (outer & 0x20) !== 0,
});

/** Mapper 490, K-3101: NROM by A0–A4, A5 NROM-256; A4 is CHR A18. */
const K3101 = outerMmc3({
  ...addressAt6000(),
  prg: (_bank, slot, { 0: outer }) => nromBank(outer, slot, (outer & 0x20) !== 0),
  chr: (bank, _slot, { 0: outer }) => within(bank, 0xff, (outer << 4) & 0x100),
});

/**
 * Mapper 503, ET-170: NROM by A0–A3, A4 NROM-256; CHR blocks of 128 KiB by A3 and up. A5 puts two solder
 * pads, which are 0, in the place of the lowest address lines.
 */
const Et170 = outerMmc3({
  ...addressAt6000(),
  padLines: (outer) => ((outer[0] & 0x20) !== 0 ? 3 : 0),
  prg: (_bank, slot, { 0: outer }) => nromBank(outer, slot, (outer & 0x10) !== 0),
  chr: (bank, _slot, { 0: outer }) => within(bank, 0x7f, outer << 4),
});

/** Mapper 504, K-3054: blocks of 256 KiB, or with A1 of 128 KiB; A0 and A1 without A3 are NROM-128. */
const K3054 = outerMmc3({
  ...addressAt6000(),
  prg(bank, slot, { 0: outer }, mmc3) {
    const inner = (outer & 0x0b) === 3 ? repeated(slot, 1, 2, mmc3) : bank;
    return within(inner, (outer & 2) !== 0 ? 0x0f : 0x1f, outer << 4);
  },
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 2) !== 0 ? 0x7f : 0xff, outer << 7),
});

/**
 * Mapper 505, 5426757A-Y2-230630: A2–A4 count inverted. A0 the MMC3 in 256 KiB by A5–A6, else 32 KiB by A2
 * and up. A7 and A9 the CHR block, A8 its size. Reads at $6000 give the solder pads, which are 0.
 */
const Multicart5426757A = outerMmc3({
  ...addressAt6000(),
  initial: [0xfe],
  write(outer, address) {
    if (address < 0x6000) return false;
    outer.set([(address & 0xff) ^ 0x1c, (address >> 8) & 0x0f]);
    return true;
  },
  read: (_outer, address, openBus) => ((address & 0xe000) === 0x6000 ? 0 : openBus),
  prg: (bank, slot, [low, high]) =>
    (low & 1) !== 0 ? within(bank, 0x1f, low & 0x60) : (high << 8) | (low & 0xfc) | slot,
  chr: (bank, _slot, [low, high]) =>
    (bank & ((high & 1) !== 0 ? 0x7f : 0xff)) | ((high << 7) & 0x100) | (low & 0x80),
});

/**
 * Mapper 506, GA-009: A0 and A1 select the MMC3's games, of 128 KiB but for the last PRG and the first CHR.
 */
const Ga009 = outerMmc3({
  ...addressAt6000(),
  prg: (bank, _slot, { 0: outer }) =>
    within(bank, (outer & 3) === 3 ? 0x1f : 0x0f, ((outer << 5) & 0x20) | ((outer << 3) & 0x10)),
  chr: (bank, _slot, { 0: outer }) =>
    within(bank, (outer & 3) === 0 ? 0xff : 0x7f, ((outer << 7) & 0x100) | ((~outer << 7) & 0x80)),
});

/** Mapper 509, K-3022: NROM by A0 and up until A5 selects the MMC3 and locks; A4 blocks of 256 KiB. */
const K3022 = outerMmc3({
  ...addressAt6000(0x20),
  ram: "under",
  prg: (bank, slot, { 0: outer }) =>
    (outer & 0x20) !== 0
      ? within(bank, (outer & 0x10) !== 0 ? 0x1f : 0x0f, outer << 1)
      : nromBank(outer, slot, (outer & 6) !== 0),
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 0x10) !== 0 ? 0xff : 0x7f, outer << 4),
});

/** Mapper 511, 1n4148: A0–A1 the block; A2 NROM-256, or with A1 NROM-128. */
const Multicart1n4148 = outerMmc3({
  ...addressAt6000(),
  prg(bank, slot, { 0: outer }, mmc3) {
    const inner = (outer & 4) !== 0 ? repeated(slot, (outer & 2) !== 0 ? 1 : 3, 2, mmc3) : bank;
    return within(inner, 0x0f, outer << 4);
  },
  chr: (bank, _slot, { 0: outer }) => within(bank, 0xff, outer << 7),
});

/**
 * Mapper 566, ET-149: blocks of 256 KiB, or with A2 (PRG) and A1 (CHR) of 128 KiB; A7 TxSROM's nametables.
 */
const Et149 = outerMmc3({
  ...addressAt6000(),
  prg(bank, _slot, { 0: outer }) {
    const block = ((outer << 4) & 0x10) | ((outer << 2) & 0x20) | ((outer << 1) & 0xc0);
    return within(bank, (outer & 4) !== 0 ? 0x0f : 0x1f, block);
  },
  chr: (bank, _slot, { 0: outer }) =>
    within(bank, (outer & 2) !== 0 ? 0x7f : 0xff, ((outer << 7) & 0x80) | ((outer << 4) & 0x700)),
  chrSelectsNametables: ([outer]) => (outer & 0x80) !== 0,
});

/** Mapper 567, Top Ten Variety: blocks of 128 KiB; 8 is NROM-256, 15 has 2 KiB CHR banks. */
const TopTenVariety = outerMmc3({
  ...addressAt6000(),
  needsRam: true,
  prg: (bank, slot, { 0: outer }, mmc3) =>
    within(outer === 8 ? repeated(slot, 3, 2, mmc3) : bank, 0x0f, outer << 4),
  chr: (bank, slot, { 0: outer }, mmc3) =>
    outer === 0x0f ? 0x400 | wideChrBank([0, 1, 4, 7], slot, mmc3) : within(bank, 0x7f, (outer << 7) & 0x380),
});

/** The PRG bank in the block of 128 KiB or, with A5, 256 KiB that A3 and up select. */
function blockOfT227(bank: number, outer: number): number {
  return within(bank, (outer & 0x20) !== 0 ? 0x1f : 0x0f, outer << 1);
}

const T227_CHR: OuterMmc3 = {
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 0x20) !== 0 ? 0xff : 0x7f, outer << 4),
};

/** Mapper 568, T-227: A3 and up the block, A5 of 256 KiB; A1 NROM-128, with A0 NROM-256. */
const T227 = outerMmc3({
  ...addressAt6000(),
  ...T227_CHR,
  prg: (bank, slot, { 0: outer }, mmc3) =>
    blockOfT227((outer & 2) !== 0 ? repeated(slot, (outer & 1) !== 0 ? 3 : 1, 1, mmc3) : bank, outer),
});

/**
 * T-227-1 with the label 820632, which has no mapper number: as T-227, but A0 alone is NROM-256 too, A2 is a
 * bit of the bank in the NROM-128 mode, and A7 locks. In the NROM modes FCEUmm, the only source, has R7
 * in the place of R6 if it was written last.
 */
export const T2271: BoardClass = outerMmc3({
  ...addressAt6000(0x80),
  ...T227_CHR,
  prg(bank, slot, { 0: outer }, mmc3) {
    const is128 = (outer & 3) === 2;
    const inner = (outer & 3) === 0 ? bank : repeated(slot, is128 ? 1 : 3, 1, mmc3);
    return blockOfT227(is128 ? within(inner, ~2, outer >> 1) : inner, outer);
  },
});

/** Mapper 569, 820315-C: A0–A1 the block; A1 CHR blocks of 256 KiB, A2 2 KiB CHR banks, A3 NROM-256. */
const Multicart820315C = outerMmc3({
  ...addressAt6000(),
  needsRam: true,
  prg: (bank, slot, { 0: outer }, mmc3) =>
    within((outer & 8) !== 0 ? repeated(slot, 3, 1, mmc3) : bank, 0x0f, outer << 4),
  chr(bank, slot, { 0: outer }, mmc3) {
    const mask = (outer & 2) !== 0 ? 0xff : 0x7f;
    if ((outer & 4) === 0) return within(bank, mask, outer << 7);
    return (within(mmc3ChrBank([0, 3, 4, 7][slot >> 1]!, mmc3), mask, outer << 7) << 1) | (slot & 1);
  },
});

/** Mapper 572, F-648: A0 and up the block of 256 KiB PRG and 128 KiB CHR; A3 locks. */
const F648 = outerMmc3({
  ...addressAt6000(8),
  prg: (bank, _slot, { 0: outer }) => within(bank, 0x1f, outer << 5),
  chr: (bank, _slot, { 0: outer }) => within(bank, 0x7f, outer << 7),
});

/** Mapper 597, GN-27: A0–A1 the block; A0 CHR blocks of 256 KiB, A2 NROM-256, with A4 NROM-128. */
const Gn27 = outerMmc3({
  ...addressAt6000(),
  needsRam: true,
  prg(bank, slot, { 0: outer }, mmc3) {
    const inner = (outer & 4) !== 0 ? repeated(slot, (outer & 0x10) !== 0 ? 1 : 3, 1, mmc3) : bank;
    return within(inner, 0x0f, outer << 4);
  },
  chr: (bank, _slot, { 0: outer }) =>
    within(bank, (outer & 1) !== 0 ? 0xff : 0x7f, (outer & 2) !== 0 ? 0x80 : (outer << 8) & 0x100),
});

/** Mapper 616, K-3044: A0–A1 the block of 128 KiB, A2 CHR RAM. */
const K3044 = outerMmc3({
  ...addressAt6000(),
  needsRam: true,
  prg: (bank, _slot, { 0: outer }) => within(bank, 0x0f, outer << 4),
  chr: (bank, slot, { 0: outer }) => ((outer & 4) !== 0 ? slot : within(bank, 0x7f, outer << 7)),
  isChrRam: (_bank, { 0: outer }) => (outer & 4) !== 0,
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 430, name: "831031C, T-308 (MMC3)", board: Multicart831031C, wiki: ["NES_2.0_Mapper_430"] },
  {
    mapper: 480,
    name: "Mapper 480 (MMC3)",
    board: Multicart480,
    knownSubmappers: [1, 2],
    ram: { besideRomBytes: 8 * KIB },
  },
  { mapper: 490, name: "K-3101 (MMC3)", board: K3101 },
  { mapper: 503, name: "ET-170 (MMC3)", board: Et170 },
  { mapper: 504, name: "K-3054 (MMC3)", board: K3054 },
  { mapper: 505, name: "5426757A-Y2-230630 (MMC3)", board: Multicart5426757A },
  { mapper: 506, name: "GA-009 (MMC3)", board: Ga009 },
  { mapper: 509, name: "K-3022 (MMC3)", board: K3022 },
  { mapper: 511, name: "1n4148 (MMC3)", board: Multicart1n4148 },
  { mapper: 566, name: "ET-149 (MMC3)", board: Et149 },
  { mapper: 567, name: "Top Ten Variety (MMC3)", board: TopTenVariety },
  { mapper: 568, name: "T-227 (MMC3)", board: T227 },
  { mapper: 569, name: "820315-C (MMC3)", board: Multicart820315C },
  { mapper: 572, name: "F-648 (MMC3)", board: F648 },
  { mapper: 597, name: "GN-27 (MMC3)", board: Gn27 },
  { mapper: 616, name: "K-3044 (MMC3)", board: K3044, ram: { besideRomBytes: 8 * KIB } },
];

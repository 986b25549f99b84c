import type { BoardDescriptor } from "../../descriptor.ts";
import { outerMmc3, SWALLOWED, within } from "../parts/outer-mmc3.ts";

/**
 * Mapper 259, F-15: a register at the addresses of RAM selects PRG banks of 16 or 32 KiB.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_259
 */
const F15 = outerMmc3({
  needsRam: true,
  ram: "none",
  write(outer, address, value) {
    if (address < 0x6000) return false;
    outer[0] = value & 0x0f;
    return true;
  },
  prg(_bank, slot, outer) {
    const is32 = (outer[0] & 8) !== 0;
    return is32 ? ((outer[0] & 0x0e) << 1) | slot : (outer[0] << 1) | (slot & 1);
  },
});

/** Three bits of a block of 128 KiB, from bits 5, 2 and 1. */
function block521(outer: Uint8Array): number {
  return ((outer[0] & 0x20) >> 2) | (outer[0] & 0x06);
}

/**
 * Mapper 267, JY-119: blocks of 256 KiB of PRG and 128 KiB of CHR.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_267
 */
const Jy119 = outerMmc3({
  ram: "none",
  write(outer, address, value) {
    if ((address & 0xf000) !== 0x6000) return false;
    outer[0] = value;
    return true;
  },
  prg: (bank, _slot, outer) => (block521(outer) << 4) | (bank & 0x1f),
  chr: (bank, _slot, outer) => (block521(outer) << 6) | (bank & 0x7f),
});

/**
 * Mapper 377, JY-111: mapper 267 with blocks of 128 KiB of PRG. Bit 7 locks, as in FCEUmm.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_377
 */
const Jy111 = outerMmc3({
  ram: "none",
  write(outer, address, value) {
    if (address < 0x6000 || (outer[0] & 0x80) !== 0) return false;
    outer[0] = value;
    return true;
  },
  prg: (bank, _slot, outer) => (block521(outer) << 3) | (bank & 0x0f),
  chr: (bank, _slot, outer) => (block521(outer) << 6) | (bank & 0x7f),
});

/**
 * Mapper 287, 411120-C: the register is the address; bit 3 is NROM.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_287
 */
const Multicart411120C = outerMmc3({
  ram: "none",
  write(outer, address) {
    if (address < 0x6000) return false;
    outer[0] = address & 0xff;
    return true;
  },
  prg(bank, slot, outer) {
    if ((outer[0] & 8) === 0) return ((outer[0] & 3) << 4) | (bank & 0x0f);
    return ((0x0c | ((outer[0] >> 4) & 3)) << 2) | slot;
  },
  chr: (bank, _slot, outer) => bank | ((outer[0] & 3) << 7),
});

/** Returns true if the game has 256 KiB of PRG ROM; in submapper 4 only the first game does. */
function hasLargePrg(submapper: number, game: number): boolean {
  return submapper === 1 || submapper === 3 || (submapper === 4 && game === 0);
}

/**
 * Mapper 313, RESET-TXROM: each press of the reset button selects the next game.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_313
 */
const ResetTxrom = outerMmc3({
  onReset(outer) {
    outer[0] = (outer[0] + 1) & 3;
  },
  prg: (bank, _slot, outer, _mmc3, { submapper }) =>
    hasLargePrg(submapper, outer[0]) ? (outer[0] << 5) | (bank & 0x1f) : (outer[0] << 4) | (bank & 0x0f),
  chr(bank, _slot, outer, _mmc3, { submapper }) {
    const isLarge = submapper === 2 || submapper === 3;
    return isLarge ? (outer[0] << 8) | bank : (outer[0] << 7) | (bank & 0x7f);
  },
});

/**
 * Mapper 333, NEWSTAR-GRM070-8IN1: writes with A12 set go to the outer register; with bit 4 the MMC3 maps
 * PRG. https://www.nesdev.org/wiki/NES_2.0_Mapper_333
 */
const NewstarGrm070 = outerMmc3({
  translate(address, value, outer) {
    if ((address & 0x1000) === 0) return address | (value << 16);
    outer[0] = value;
    return SWALLOWED;
  },
  prg(bank, slot, outer) {
    const isMmc3 = (outer[0] & 0x10) !== 0;
    return isMmc3 ? ((outer[0] & 0x0c) << 2) | (bank & 0x0f) : ((outer[0] & 0x0f) << 2) | slot;
  },
  chr: (bank, _slot, outer) => ((outer[0] & 0x0c) << 5) | (bank & 0x7f),
});

/**
 * Mapper 348, 830118C: blocks of 128 KiB. In the last block, the upper half of PRG is the lower one with A14
 * set. https://www.nesdev.org/wiki/NES_2.0_Mapper_348
 */
const Multicart830118C = outerMmc3({
  ram: "none",
  write(outer, address, value) {
    if ((address & 0xf800) !== 0x6800) return false;
    outer[0] = value;
    return true;
  },
  prg(bank, slot, outer, mmc3) {
    const block = (outer[0] & 0x0c) << 2;
    if (block !== 0x30 || slot < 2) return block | (bank & 0x0f);
    return 0x32 | (mmc3[6 + (slot & 1)] & 0x0f);
  },
  chr: (bank, _slot, outer) => ((outer[0] & 0x0c) << 5) | (bank & 0x7f),
});

/** Blocks of 128 KiB of PRG and CHR by bits 4 and up of one register. */
const BLOCKS_128 = {
  prg: (bank: number, _slot: number, outer: Uint8Array) => within(bank, 0x0f, outer[0]),
  chr: (bank: number, _slot: number, outer: Uint8Array) => within(bank, 0x7f, outer[0] << 3),
};

/** Mapper 361, OK-411: the register takes data. https://www.nesdev.org/wiki/NES_2.0_Mapper_361 */
const Ok411 = outerMmc3({
  ...BLOCKS_128,
  needsRam: true,
  ram: "none",
  write(outer, address, value) {
    if (address < 0x6000) return false;
    outer[0] = value;
    return true;
  },
});

/**
 * Mapper 366, GN-45: the register is the address; bit 7 locks it.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_366
 */
const Gn45 = outerMmc3({
  ...BLOCKS_128,
  needsRam: true,
  ram: "under",
  write(outer, address) {
    if (address < 0x6000 || (outer[0] & 0x80) !== 0) return false;
    outer[0] = address & 0xff;
    return true;
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 259,
    name: "F-15 150-in-1 (MMC3)",
    board: F15,
    wiki: ["NES_2.0_Mapper_259"],
    unif: [{ names: "F-15" }],
  },
  { mapper: 267, name: "JY-119 8-in-1 (MMC3)", board: Jy119, wiki: ["NES_2.0_Mapper_267"] },
  {
    mapper: 287,
    name: "411120-C, K-3088 (MMC3)",
    board: Multicart411120C,
    wiki: ["NES_2.0_Mapper_287"],
    unif: [{ names: "411120-C K-3088" }],
  },
  {
    mapper: 313,
    name: "RESET-TXROM (MMC3)",
    board: ResetTxrom,
    wiki: ["NES_2.0_Mapper_313"],
    unif: [{ names: "RESET-TXROM" }],
    knownSubmappers: [1, 2, 3, 4],
  },
  {
    mapper: 333,
    name: "NEWSTAR-GRM070-8IN1 (MMC3)",
    board: NewstarGrm070,
    wiki: ["NES_2.0_Mapper_333"],
    unif: [{ names: "8-IN-1 NEWSTAR-GRM070-8IN1" }],
  },
  {
    mapper: 348,
    name: "830118C (MMC3)",
    board: Multicart830118C,
    wiki: ["NES_2.0_Mapper_348"],
    unif: [{ names: "830118C" }],
  },
  { mapper: 361, name: "OK-411 (MMC3)", board: Ok411, wiki: ["NES_2.0_Mapper_361"] },
  { mapper: 366, name: "GN-45 (MMC3)", board: Gn45, wiki: ["NES_2.0_Mapper_366"] },
  { mapper: 377, name: "JY-111 8-in-1 (MMC3)", board: Jy111, wiki: ["NES_2.0_Mapper_377"] },
];

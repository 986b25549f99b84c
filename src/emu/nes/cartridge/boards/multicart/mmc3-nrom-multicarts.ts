import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { outerMmc3, within } from "../parts/outer-mmc3.ts";

const NEEDS_RAM = { needsRam: true, ram: "none" } as const;

/** A register at $6000–$7FFF that takes the data. */
function takeData(outer: Uint8Array, address: number, value: number): boolean {
  if (address < 0x6000) return false;
  outer[0] = value;
  return true;
}

/** A register at $6000–$7FFF that takes the address. */
function takeAddress(outer: Uint8Array, address: number): boolean {
  if (address < 0x6000) return false;
  outer[0] = address & 0xff;
  return true;
}

/** The MMC3's register for $8000 or $A000, in both halves. */
function sameInBothHalves(slot: number, mmc3: Uint8Array): number {
  return mmc3[6 + (slot & 1)];
}

/** 16 KiB in both halves, or 32 KiB, from A14–A16 of R6. */
function nromByR6(slot: number, mmc3: Uint8Array, is32: boolean): number {
  return is32 ? (mmc3[6] & 0x0c) | slot : (mmc3[6] & 0x0e) | (slot & 1);
}

/**
 * Mapper 315, 830134C: blocks of 128 KiB. In the last one, CPU A14 selects the half of 32 KiB.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_315
 */
const Multicart830134C = outerMmc3({
  ram: "none",
  write(outer, address, value) {
    if ((address & 0xf800) !== 0x6800) return false;
    outer[0] = value;
    return true;
  },
  prg(bank, slot, outer, mmc3) {
    const block = (outer[0] & 6) << 3;
    if (block !== 0x30) return block | (bank & 0x0f);
    return block | (sameInBothHalves(slot, mmc3) & 0x0d) | (slot & 2);
  },
  chr: (bank, _slot, { 0: outer }) => bank | ((outer & 1) << 8) | ((outer & 2) << 6) | ((outer & 8) << 3),
});

/** Mapper 321, 820310-C: like mapper 287. https://www.nesdev.org/wiki/NES_2.0_Mapper_321 */
const Multicart820310C = outerMmc3({
  ...NEEDS_RAM,
  write: takeAddress,
  prg(bank, slot, outer) {
    const block = (outer[0] & 4) << 2;
    return (outer[0] & 8) === 0 ? block | (bank & 0x0f) : block | ((outer[0] >> 2) & 0x0c) | slot;
  },
  chr: (bank, _slot, outer) => ((outer[0] & 4) << 5) | (bank & 0x7f),
});

/**
 * Mapper 327, 10-24-C-A1: the address selects a block, its sizes and CHR RAM. A block other than 0 locks it
 * until the power is switched off. https://www.nesdev.org/wiki/NES_2.0_Mapper_327
 */
const Multicart1024 = outerMmc3({
  needsRam: true,
  ram: "under",
  onReset() {},
  write: (outer, address) => (outer[0] & 7) === 0 && takeAddress(outer, address),
  prg: (bank, _slot, outer) => within(bank, (outer[0] & 8) !== 0 ? 0x1f : 0x0f, (outer[0] & 7) << 4),
  chr: (bank, _slot, outer) => within(bank, (outer[0] & 0x20) !== 0 ? 0xff : 0x7f, (outer[0] & 7) << 7),
  isChrRam: (_bank, outer) => (outer[0] & 0x10) !== 0,
});

/**
 * Mapper 334, a 20-in-1: an own register of 32 KiB PRG banks, and a jumper, which is 0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_334
 */
const Multicart334 = outerMmc3({
  ...NEEDS_RAM,
  write: (outer, address, value) => (address & 3) === 0 && takeData(outer, address, value),
  read: (_outer, address, openBus) => ((address & 0xe003) === 0x6002 ? openBus & 0xfe : openBus),
  prg: (_bank, slot, outer) => ((outer[0] & 6) << 1) | slot,
});

/** The address bits that select NROM-256 in mapper 339, by submapper; in submapper 0 both must be 1. */
const NROM256_BITS = [0x06, 0x04, 0x11, 0x18, 0x14];

/**
 * Mapper 339, K-3006: NROM games, then MMC3 games, which lock the register. A6 puts two solder pads, which
 * are 0, in the place of the lowest address lines.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_339
 */
const K3006 = outerMmc3({
  ...NEEDS_RAM,
  write: (outer, address) => (outer[0] & 0x20) === 0 && takeAddress(outer, address),
  padLines: (outer) => ((outer[0] & 0x40) !== 0 ? 3 : 0),
  prg(bank, slot, outer, _mmc3, { submapper }) {
    const block = (outer[0] & 0x18) << 1;
    if ((outer[0] & 0x20) !== 0) return block | (bank & 0x0f);
    const bits = outer[0] & (NROM256_BITS[submapper] ?? 6);
    const is32 = submapper === 0 ? bits === 6 : bits !== 0;
    return block | (is32 ? ((outer[0] & 6) << 1) | slot : ((outer[0] & 7) << 1) | (slot & 1));
  },
  chr: (bank, _slot, outer) => ((outer[0] & 0x18) << 4) | (bank & 0x7f),
});

/** Mapper 345, New Star 6-in-1: MMC3 and AxROM games. https://www.nesdev.org/wiki/NES_2.0_Mapper_345 */
const NewStar6 = outerMmc3({
  ...NEEDS_RAM,
  write: takeData,
  prg(bank, slot, outer) {
    const block = (outer[0] & 0xc0) >> 2;
    return block | ((outer[0] & 0x0c) === 0 ? ((outer[0] & 3) << 2) | slot : bank & 0x0f);
  },
  mirroring(outer) {
    if ((outer[0] & 0x20) === 0) return undefined;
    return (outer[0] & 0x10) !== 0 ? "single-1" : "single-0";
  },
});

/**
 * Mapper 391, BS-110: D0–D1 and D3 the PRG block and its size, D5 and D2 NROM; D4, D6 and A8 the CHR block.
 * Bit 7 locks the register. https://www.nesdev.org/wiki/NES_2.0_Mapper_391
 */
const Bs110 = outerMmc3({
  ...NEEDS_RAM,
  write(outer, address, value) {
    if ((outer[0] & 0x80) !== 0 || !takeData(outer, address, value)) return false;
    outer[1] = (address >> 8) & 1;
    return true;
  },
  prg(bank, slot, outer, mmc3) {
    const mode = outer[0];
    let inner = bank;
    if ((mode & 0x20) !== 0) {
      inner = sameInBothHalves(slot, mmc3);
      if ((mode & 4) !== 0) inner = (inner & ~2) | (slot & 2);
    }
    return within(inner, (mode & 8) !== 0 ? 0x0f : 0x1f, (mode & 3) << 4);
  },
  chr(bank, _slot, outer) {
    const isSmall = (outer[0] & 0x40) !== 0;
    return (outer[1] << 8) | within(bank, isSmall ? 0x7f : 0xff, isSmall ? (outer[0] & 0x10) << 3 : 0);
  },
});

const IN_GAME = 0x10;
/** 8 KiB bank of the menu in mapper 392, behind two chips of games. */
const MENU_BANK = 128;

/**
 * Mapper 392, 00202650: a menu in its own ROM with CHR RAM; bit 4 starts and locks one of eight games.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_392
 */
const Multicart00202650 = outerMmc3({
  ram: "none",
  write: (outer, address, value) => (outer[0] & IN_GAME) === 0 && takeData(outer, address, value),
  prg: (bank, slot, outer) =>
    (outer[0] & IN_GAME) === 0 ? MENU_BANK | slot : ((outer[0] & 7) << 4) | (bank & 0x0f),
  chr: (bank, slot, outer) => ((outer[0] & IN_GAME) === 0 ? slot : ((outer[0] & 7) << 7) | (bank & 0x7f)),
  isChrRam: (_bank, outer) => (outer[0] & IN_GAME) === 0,
});

/**
 * Mapper 393, 820720C: MMC3, BNROM or UNROM in blocks of 128 KiB, with CHR ROM or CHR RAM.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_393
 */
const Multicart820720C = outerMmc3({
  ...NEEDS_RAM,
  write: takeAddress,
  translate(address, value, outer) {
    outer[1] = value & 7;
    return address | (value << 16);
  },
  prg(bank, slot, outer, mmc3) {
    const block = (outer[0] & 7) << 4;
    const mode = (outer[0] >> 4) & 3;
    if (mode < 2) return block | (bank & 0x0f);
    if (mode === 2) return block | nromByR6(slot, mmc3, true);
    return block | ((slot < 2 ? outer[1] : 7) << 1) | (slot & 1);
  },
  chr: (bank, slot, outer) => ((outer[0] & 8) !== 0 ? slot : bank),
  isChrRam: (_bank, outer) => (outer[0] & 8) !== 0,
});

/** Mode in A2–A3 of mappers 443 and 444: MMC3, NROM-256, solder pads, NROM-128. */
function modeOf(outer: Uint8Array): number {
  return (outer[0] >> 2) & 3;
}

/** What mappers 443 and 444 have in common. The solder pads are 0. */
const NC_BOARD = {
  ...NEEDS_RAM,
  write: takeAddress,
  hidesRom: (outer: Uint8Array) => modeOf(outer) === 2,
  read: (_outer: Uint8Array, address: number, openBus: number) =>
    address >= 0x8000 ? openBus & 0xfc : openBus,
};

/** Mapper 443, NC3000M. https://www.nesdev.org/wiki/NES_2.0_Mapper_443 */
const Nc3000m = outerMmc3({
  ...NC_BOARD,
  prg(bank, slot, outer, mmc3) {
    const block = (outer[0] & 0x10) | ((outer[0] & 2) << 4);
    const mode = modeOf(outer);
    return block | ((mode & 1) !== 0 ? nromByR6(slot, mmc3, mode === 1) : bank & 0x0f);
  },
  chr: (bank, _slot, outer) => ((outer[0] & 1) << 8) | bank,
});

/**
 * Mapper 444, NC7000M: bits of the submapper are solder pads, for CHR A17 from the MMC3 (1) and CHR A18 from
 * A4 (2). Bit 4 is the NC8000M, on which A1 also enlarges the PRG block to 256 KiB, as in FCEUmm.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_444
 */
const Nc7000m = outerMmc3({
  ...NC_BOARD,
  prg(bank, slot, outer, mmc3, { submapper }) {
    const mode = modeOf(outer);
    const isLarge = (submapper & 4) !== 0 && (outer[0] & 2) !== 0;
    const inner = (mode & 1) !== 0 ? (mmc3[6] & 0x10) | nromByR6(slot, mmc3, mode === 1) : bank;
    return within(inner, isLarge ? 0x1f : 0x0f, (outer[0] & 3) << 4);
  },
  chr(bank, _slot, outer, _mmc3, { submapper }) {
    const a17 = (submapper & 1) !== 0 ? bank & 0x80 : (outer[0] & 1) << 7;
    const a18 = (submapper & 2) !== 0 ? (outer[0] & 0x10) << 4 : (outer[0] & 2) << 7;
    return a18 | a17 | (bank & 0x7f);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 315,
    name: "830134C (MMC3)",
    board: Multicart830134C,
    wiki: ["NES_2.0_Mapper_315"],
    unif: [{ names: "830134C" }],
  },
  {
    mapper: 321,
    name: "820310-C (MMC3)",
    board: Multicart820310C,
    wiki: ["NES_2.0_Mapper_321"],
    unif: [{ names: "820310-C" }],
  },
  {
    mapper: 327,
    name: "10-24-C-A1 (MMC3)",
    board: Multicart1024,
    wiki: ["NES_2.0_Mapper_327"],
    unif: [{ names: "10-24-C-A1" }],
    ram: { besideRomBytes: 8 * KIB },
  },
  { mapper: 334, name: "5/20-in-1 (MMC3)", board: Multicart334, wiki: ["NES_2.0_Mapper_334"] },
  {
    mapper: 339,
    name: "K-3006 (MMC3)",
    board: K3006,
    wiki: ["NES_2.0_Mapper_339"],
    unif: [{ names: "K-3006" }],
    knownSubmappers: [1, 2, 3, 4],
  },
  {
    mapper: 345,
    name: "New Star 6-in-1 (MMC3, AxROM)",
    board: NewStar6,
    wiki: ["NES_2.0_Mapper_345"],
    unif: [{ names: "L6IN1" }],
  },
  { mapper: 391, name: "BS-110 (MMC3)", board: Bs110, wiki: ["NES_2.0_Mapper_391"] },
  {
    mapper: 392,
    name: "00202650 8-in-1 (MMC3)",
    board: Multicart00202650,
    wiki: ["NES_2.0_Mapper_392"],
    ram: { besideRomBytes: 8 * KIB },
  },
  {
    mapper: 393,
    name: "820720C (MMC3)",
    board: Multicart820720C,
    wiki: ["NES_2.0_Mapper_393"],
    ram: { besideRomBytes: 8 * KIB },
  },
  { mapper: 443, name: "NC3000M (MMC3)", board: Nc3000m, wiki: ["NES_2.0_Mapper_443"] },
  {
    mapper: 444,
    name: "NC7000M, NC8000M (MMC3)",
    board: Nc7000m,
    wiki: ["NES_2.0_Mapper_444"],
    unif: [{ names: "BS-110" }],
    knownSubmappers: [1, 2, 3, 4, 5, 6, 7],
  },
];

/** MMC3 multicarts whose outer registers select blocks, their sizes, and NROM modes. */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { BANK_SELECT } from "../nintendo/mmc3.ts";
import { nromBank, type OuterMmc3, outerMmc3, within } from "../parts/outer-mmc3.ts";

/** Registers at $6000–$7FFF, by two address lines, until `isLocked`. */
function registersAt6000(
  index: (address: number) => number,
  isLocked: (outer: Uint8Array) => boolean = () => false,
): OuterMmc3 {
  return {
    ram: "none",
    write(outer, address, value) {
      if (address < 0x6000 || isLocked(outer)) return false;
      outer[index(address)] = value;
      return true;
    },
  };
}

/**
 * Mapper 291, Kasheng 2-in-1: D6 the half, D5 32 KiB banks by D1–D2 instead of the MMC3's.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_291
 */
const Kasheng2 = outerMmc3({
  ...registersAt6000(() => 0),
  prg(bank, slot, { 0: outer }) {
    if ((outer & 0x20) === 0) return ((outer >> 2) & 0x10) | (bank & 0x0f);
    return ((outer >> 2) & 0x10) | ((outer << 1) & 0x0c) | slot;
  },
  chr: (bank, _slot, outer) => ((outer[0] << 2) & 0x100) | bank,
});

/**
 * Mapper 376, YY841155C: blocks of 128 KiB by D6 and bit 0 of the second register, or NROM games by D0–D2.
 * The solder pads, read at $6000, are 0. https://www.nesdev.org/wiki/NES_2.0_Mapper_376
 */
const Yy841155c = outerMmc3({
  ...registersAt6000((address) => address & 1),
  read: (_outer, address, openBus) => ((address & 0xe000) === 0x6000 ? 0 : openBus),
  prg(bank, slot, outer) {
    const block = ((outer[0] >> 3) & 8) | ((outer[1] & 1) << 4);
    if ((outer[0] & 0x80) === 0) return ((block | (outer[0] & 7)) << 1) | (bank & 0x0f);
    return nromBank(block | (outer[0] & 7), slot, (outer[0] & 0x20) !== 0);
  },
  chr: (bank, _slot, outer) => ((outer[1] & 1) << 8) | ((outer[0] << 1) & 0x80) | (bank & 0x7f),
});

/**
 * Mapper 395, Realtec 8210: blocks and sizes of both ROMs in two registers, by A4; bit 7 of the second locks.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_395
 */
const Realtec8210 = outerMmc3({
  ...registersAt6000(
    (address) => (address >> 4) & 1,
    (outer) => (outer[1] & 0x80) !== 0,
  ),
  prg: (bank, _slot, outer) =>
    ((outer[0] << 1) & 0x60) |
    ((outer[0] << 4) & 0x80) |
    ((outer[1] << 4) & 0x10) |
    (bank & ((outer[1] & 8) !== 0 ? 0x0f : 0x1f)),
  chr: (bank, _slot, outer) =>
    ((outer[1] << 3) & 0x80) |
    ((outer[0] << 4) & 0x300) |
    ((outer[1] << 5) & 0x400) |
    (bank & ((outer[1] & 0x40) !== 0 ? 0x7f : 0xff)),
});

/**
 * Mapper 411, A88S-1: two registers at $5800–$5FFF (submapper 2: $5000–$5FFF) for blocks, their sizes and
 * NROM games. The reset button does not clear them. https://www.nesdev.org/wiki/NES_2.0_Mapper_411
 */
const A88s1 = outerMmc3({
  initial: [0, 3],
  onReset() {},
  write(outer, address, value, { submapper }) {
    if ((address & (submapper === 2 ? 0xf000 : 0xf800)) !== (submapper === 2 ? 0x5000 : 0x5800)) return false;
    outer[address & 1] = value;
    return true;
  },
  prg(bank, slot, outer, _mmc3, { submapper }) {
    const block = ((outer[1] << 1) & 0x10) | ((outer[1] >> 1) & 0x60);
    if ((outer[0] & 0x40) !== 0) {
      const inner = (outer[0] & 5) | ((outer[0] >> 2) & 2);
      return nromBank((block >> 1) | inner, slot, (outer[0] & 2) !== 0);
    }
    return within(bank, (outer[1] & (submapper === 2 ? 1 : 2)) !== 0 ? 0x1f : 0x0f, block);
  },
  chr(bank, _slot, outer, _mmc3, { submapper }) {
    const a18 = submapper === 1 ? (outer[1] << 2) & 0x100 : (outer[0] << 4) & 0x100;
    const a19 = submapper === 1 ? 0 : (outer[1] << 2) & 0x200;
    return within(bank, (outer[1] & 2) !== 0 ? 0xff : 0x7f, ((outer[1] << 5) & 0x80) | a18 | a19);
  },
});

/**
 * Mapper 436, ZLX-08: the register takes the address. A0 selects the MMC3 within a block, else 32 KiB by A4
 * and up. https://www.nesdev.org/wiki/NES_2.0_Mapper_436
 */
const Zlx08 = outerMmc3({
  ram: "none",
  write(outer, address) {
    if (address < 0x6000) return false;
    outer[0] = address & 0xff;
    return true;
  },
  prg: (bank, slot, { 0: outer }) =>
    (outer & 1) !== 0 ? ((outer >> 2) & 0x30) | (bank & 0x0f) : ((outer >> 2) & 0x3c) | slot,
  chr: (bank, _slot, outer) => within(bank, 0x7f, outer[0] << 1),
});

/**
 * Mapper 441, 850335C: mapper 391 without its CHR half; D7 locks.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_441
 */
const Multicart850335C = outerMmc3({
  ...registersAt6000(
    () => 0,
    (outer) => (outer[0] & 0x80) !== 0,
  ),
  ram: "under",
  prg(bank, slot, { 0: outer }, mmc3) {
    const inner = (outer & 4) === 0 ? bank : (mmc3[6 + (slot & 1)] & ~2) | (slot & 2);
    return within(inner, (outer & 8) !== 0 ? 0x0f : 0x1f, (outer << 4) & 0x30);
  },
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 0x40) !== 0 ? 0x7f : 0xff, (outer << 3) & 0x180),
});

/**
 * Mapper 456, K6C3001A: blocks of 128 KiB by a register at $4100–$5FFF with A8.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_456
 */
const K6c3001a = outerMmc3({
  write(outer, address, value) {
    if (address >= 0x6000 || (address & 0x100) === 0) return false;
    outer[0] = value;
    return true;
  },
  prg: (bank, _slot, outer) => (outer[0] << 4) | (bank & 0x0f),
  chr: (bank, _slot, outer) => (outer[0] << 7) | (bank & 0x7f),
});

/**
 * Mapper 457, 810431C: blocks of 128 KiB by D0–D2, or with D3 of 256 KiB.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_457
 */
const Multicart810431C = outerMmc3({
  ...registersAt6000(() => 0),
  needsRam: true,
  prg: (bank, _slot, { 0: outer }) => within(bank, (outer & 8) !== 0 ? 0x1f : 0x0f, (outer & 7) << 4),
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 8) !== 0 ? 0xff : 0x7f, outer << 7),
});

/**
 * Mapper 513, Sachen SA-9602B: bits 6 and 7 of CHR banks select one of four chips of 512 KiB for the two
 * switchable PRG banks. https://www.nesdev.org/wiki/NES_2.0_Mapper_513
 */
const Sa9602b = outerMmc3({
  translate(address, value, outer, mmc3) {
    if ((address & 0xe001) === 0x8001 && (mmc3[BANK_SELECT] & 7) < 6) outer[0] = value & 0xc0;
    return address | (value << 16);
  },
  prg: (bank, _slot, outer) => (bank < 0 ? 0x40 + bank : outer[0] | (bank & 0x3f)),
  chr: (bank) => bank & 0x3f,
});

/**
 * Mapper 364, JY830832C: D6 PRG A18, D4 CHR A18; D5 holds PRG and CHR A17 at 0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_364
 */
const Jy830832c = outerMmc3({
  ...registersAt6000(() => 0),
  prg: (bank, _slot, { 0: outer }) => (bank & ((outer & 0x20) !== 0 ? 0x0f : 0x1f)) | ((outer >> 1) & 0x20),
  chr: (bank, _slot, { 0: outer }) => (bank & ((outer & 0x20) !== 0 ? 0x7f : 0xff)) | ((outer << 4) & 0x100),
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 291, name: "Kasheng 2-in-1 (MMC3)", board: Kasheng2, wiki: ["NES_2.0_Mapper_291"] },
  { mapper: 376, name: "YY841155C (MMC3)", board: Yy841155c, wiki: ["NES_2.0_Mapper_376"] },
  { mapper: 395, name: "Realtec 8210 (MMC3)", board: Realtec8210, wiki: ["NES_2.0_Mapper_395"] },
  {
    mapper: 411,
    name: "A88S-1 (MMC3)",
    board: A88s1,
    wiki: ["NES_2.0_Mapper_411"],
    knownSubmappers: [1, 2],
  },
  { mapper: 436, name: "ZLX-08 (MMC3)", board: Zlx08, wiki: ["NES_2.0_Mapper_436"] },
  { mapper: 441, name: "850335C (MMC3)", board: Multicart850335C, wiki: ["NES_2.0_Mapper_441"] },
  { mapper: 456, name: "K6C3001A (MMC3)", board: K6c3001a, wiki: ["NES_2.0_Mapper_456"] },
  { mapper: 457, name: "810431C (MMC3)", board: Multicart810431C, wiki: ["NES_2.0_Mapper_457"] },
  {
    mapper: 513,
    name: "Sachen SA-9602B (MMC3)",
    board: Sa9602b,
    wiki: ["NES_2.0_Mapper_513"],
    unif: [{ names: "SA-9602B" }],
    ram: { insteadOfRomBytes: 32 * KIB },
  },
  { mapper: 364, name: "JY830832C (MMC3)", board: Jy830832c, wiki: ["NES_2.0_Mapper_364"] },
];

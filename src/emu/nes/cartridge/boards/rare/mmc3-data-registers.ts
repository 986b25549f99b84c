/**
 * MMC3 multicarts with registers that take the data of a write. What has no page in the wiki follows
 * NintendulatorNRS and FCEUmm. Solder pads, which some boards put on the bus, are 0.
 */
import type { BoardDescriptor } from "../../descriptor.ts";
import { wideChrBank } from "../mmc3-clones/scrambled.ts";
import { mmc3ChrBank, nromBank, type OuterMmc3, outerMmc3, SWALLOWED, within } from "../parts/outer-mmc3.ts";

/** Registers at $6000–$7FFF, by address lines, that the board ignores while bits of the first are set. */
function dataAt6000(lines = 0, lock = 0): OuterMmc3 {
  return {
    ram: "under",
    needsRam: "unprotected",
    write(outer, address, value) {
      if (address < 0x6000 || (outer[0] & lock) !== 0) return false;
      outer[address & lines] = value;
      return true;
    },
  };
}

/** Boards without RAM, whose solder pads read as 0. */
const PADS: OuterMmc3 = {
  ram: "none",
  read: (_outer, address, openBus) => ((address & 0xe000) === 0x6000 ? 0 : openBus),
};

/** A register that takes data at $4100–$5FFF where A8 is set. */
function setsA8Register(outer: Uint8Array, address: number, value: number): boolean {
  if ((address & 0xe100) !== 0x4100) return false;
  outer.set([value, address & 0xff]);
  return true;
}

/**
 * Mapper 420, Kasheng A971210: NROM-256 by bits 1–3 of the first register, or the MMC3 in 128, 256 or 512
 * KiB. https://www.nesdev.org/wiki/NES_2.0_Mapper_420
 */
const A971210 = outerMmc3({
  ...dataAt6000(3),
  prg(bank, slot, [first, , , last]) {
    if ((first & 0x80) !== 0) return (last & 0x20) | ((first << 1) & 0x1c) | slot;
    const mask = (first & 0x20) !== 0 ? 0x0f : (last & 0x20) !== 0 ? 0x1f : 0x3f;
    return (bank & mask) | ((last << 3) & 0x20);
  },
  chr: (bank, _slot, { 1: outer }) =>
    (bank & ((outer & 0x80) !== 0 ? 0x7f : 0xff)) | ((outer << 1) & 0x100) | ((outer << 5) & 0x80),
});

/**
 * Mapper 455, N625836: a register with A8 at $4100–$5FFF: D0 NROM, D1 NROM-256, D2 and up the bank; else A0
 * and up the CHR block, of 128 KiB with A1. https://www.nesdev.org/wiki/NES_2.0_Mapper_455
 */
const N625836 = outerMmc3({
  write: setsA8Register,
  prg: (bank, slot, { 0: data }) =>
    (data & 1) !== 0 ? nromBank(data >> 2, slot, (data & 2) !== 0) : within(bank, 0x1f, data >> 1),
  chr: (bank, _slot, [data, address]) =>
    (data & 1) !== 0 ? bank : within(bank, (address & 2) !== 0 ? 0x7f : 0xff, address << 6),
});

/**
 * Mapper 467, 47-2: a register at $9000–$9FFF and every other 4 KiB above. The MMC3's modes do not work, and
 * its CHR banks have 2 KiB, or without D6 8 KiB. https://www.nesdev.org/wiki/NES_2.0_Mapper_467
 */
const Pcb47x2 = outerMmc3({
  translate(address, value, outer) {
    if ((address & 0x1000) === 0)
      return address | (((address & 0xe001) === 0x8000 ? value & 0x3f : value) << 16);
    outer[0] = value;
    return SWALLOWED;
  },
  prg(bank, slot, { 0: outer }) {
    if ((outer & 0x20) === 0) return nromBank(outer & 0x1f, slot, false);
    return within(bank, (outer & 0x40) !== 0 ? 0x0f : 3, 0x40 | ((outer << 1) & 0x3c));
  },
  chr(_bank, slot, { 0: outer }, mmc3) {
    const bank = wideChrBank([0, 1, 4, 5], slot, mmc3);
    return (outer & 0x40) !== 0 ? 0x200 | bank : (bank & ~7) | slot;
  },
  mirroring: (outer) => ((outer[0] & 0x80) !== 0 ? "horizontal" : "vertical"),
});

/** Mapper 472, 830947: D4–D7 the block of 128 KiB, of 256 KiB of CHR without D5. */
const Multicart830947 = outerMmc3({
  ...dataAt6000(),
  ...PADS,
  prg: (bank, _slot, { 0: outer }) => within(bank, 0x0f, outer),
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 0x20) !== 0 ? 0x7f : 0xff, (outer << 3) & 0x780),
});

/**
 * Mapper 473, KJ01A-18: registers at $4800–$4FFF. D5 of the first enables the MMC3's PRG banks, in a size by
 * D0–D2, and the next two are the block; D7 enables its CHR banks instead of the fourth register; D6 disables
 * writes.
 */
const Kj01a18 = outerMmc3({
  write(outer, address, value) {
    if ((address & 0xf800) !== 0x4800) return false;
    outer[address & 3] = value;
    return true;
  },
  translate: (address, value, { 0: mode }) => ((mode & 0x40) !== 0 ? SWALLOWED : address | (value << 16)),
  prg: (bank, _slot, [mode, low, high]) =>
    (mode & 0x20) !== 0 ? within(bank, 0xff >> (7 - (mode & 7)), low | (high << 8)) : 0x3f,
  chr: (bank, slot, [mode, , , chr]) => ((mode & 0x80) !== 0 ? bank : (chr << 3) | slot),
});

/**
 * Mapper 474, NTDEC N625231: a register with A8 at $4100–$5FFF: D3–D7 and D0 the bank, D2 NROM-128, D1 CHR.
 */
const N625231 = outerMmc3({
  write: setsA8Register,
  prg: (_bank, slot, { 0: outer }) => nromBank((outer >> 3) | ((outer << 5) & 0x20), slot, (outer & 4) === 0),
  chr: (bank, _slot, { 0: outer }) => within(bank, 0xff, (outer << 7) & 0x100),
});

/**
 * Mapper 475, 820215-C-A2: each press of the reset button switches between NROM games of the last 128 KiB and
 * blocks of 128 KiB by the address of a write, of which the fourth has NROM-256 games.
 */
const Multicart820215C = outerMmc3({
  ram: "none",
  needsRam: "unprotected",
  onReset(outer) {
    outer.set([0, outer[1] ^ 1]);
  },
  write(outer, address, value) {
    if (address < 0x6000) return false;
    outer[0] = outer[1] !== 0 ? address & 0xff : value;
    return true;
  },
  prg(bank, slot, [outer, isSecond]) {
    if (isSecond === 0) return 0x40 | ((outer >> 2) & 0x0c) | slot;
    return (outer & 3) === 3 ? 0x30 | (outer & 0x0c) | slot : within(bank, 0x0f, (outer << 4) & 0xf0);
  },
  chr: (bank, _slot, [outer, isSecond]) => within(bank, 0x7f, isSecond === 0 ? 0x200 : (outer << 7) & 0x180),
});

/**
 * Mapper 478, WE7HGX: the address of a write to $6000–$7FFF is the block, of 32 KiB if A2 and A3 are set, and
 * its data the mode: D5 and D6 keep the register open, D7 the MMC3's; without it writes select a CHR bank of
 * 8 KiB. In submapper 1 blocks have 128 KiB, and only the register exists.
 */
const We7hgx = outerMmc3({
  ram: "none",
  needsRam: "unprotected",
  initial: [0, 0xf0],
  write(outer, address, value) {
    if (address < 0x6000 || (outer[1] & 0x60) === 0) return false;
    outer.set([address & 0xff, value]);
    return true;
  },
  translate(address, value, { 1: mode }, mmc3, { submapper }) {
    if (submapper === 1 || (mode & 0x80) !== 0) return address | (value << 16);
    for (let register = 0; register < 6; register++)
      mmc3[register] = within(mmc3[register], 0xe7, (value << 3) & 0x18);
    return SWALLOWED;
  },
  prg(bank, _slot, { 0: outer }, _mmc3, { submapper }) {
    if (submapper === 1) return within(bank, 0x0f, outer << 3);
    return within(bank, (outer & 0x0c) === 0x0c ? 3 : 0x0f, outer << 2);
  },
  chr(bank, _slot, { 0: outer }, _mmc3, { submapper }) {
    if (submapper === 1) return within(bank, 0x7f, outer << 6);
    return within(bank, (outer & 0x0c) === 0x0c ? 0x1f : 0x7f, outer << 5);
  },
});

/** Mapper 484, ESTIQUE: the block of 256 KiB of PRG at $5000–$5FFF. D7 locks; only power-off unlocks. */
const Estique = outerMmc3({
  onReset() {},
  write(outer, address, value) {
    if ((address & 0xf000) !== 0x5000 || (outer[0] & 0x80) !== 0) return false;
    outer[0] = value;
    return true;
  },
  prg: (bank, _slot, { 0: outer }) => within(bank, 0x1f, outer << 5),
});

/** Mapper 507, A-018: D4 and up the block of 256 KiB, or with D5 of 128 KiB. */
const A018 = outerMmc3({
  ...dataAt6000(),
  ...PADS,
  prg: (bank, _slot, { 0: outer }) => within(bank, (outer & 0x20) !== 0 ? 0x0f : 0x1f, outer),
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 0x20) !== 0 ? 0x7f : 0xff, outer << 3),
});

/** Mapper 508, JY-014: D7 the MMC3 in 256 KiB, else NROM by D0–D3 and D6, D5 NROM-256; CHR is not banked. */
const Jy014 = outerMmc3({
  ...dataAt6000(),
  ...PADS,
  initial: [0x0f],
  prg: (bank, slot, { 0: outer }) =>
    (outer & 0x80) !== 0
      ? within(bank, 0x1f, (outer >> 1) & 0x20)
      : nromBank((outer & 0x0f) | ((outer >> 2) & 0x10), slot, (outer & 0x20) !== 0),
  chr: (_bank, slot) => slot,
});

/**
 * Mapper 510, FC-53A: blocks of 256 KiB of PRG, or with D5 of 128 KiB, and of CHR with D0. The first write
 * locks.
 */
const Fc53a = outerMmc3({
  ...dataAt6000(),
  write(outer, address, value) {
    if (address < 0x6000 || (outer[0] & 0x80) !== 0) return false;
    outer[0] = value | 0x80;
    return true;
  },
  prg: (bank, _slot, { 0: outer }) =>
    within(bank, (outer & 0x20) !== 0 ? 0x0f : 0x1f, ((outer << 2) & 0x20) | ((outer >> 2) & 0x10)),
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 1) !== 0 ? 0xff : 0x7f, (outer << 6) & 0x180),
});

/** Mapper 536, N42S-2: D7 the MMC3 in 128 KiB, else NROM; D0–D4 and D6 the bank, D5 NROM-256. */
const N42s2 = outerMmc3({
  ...dataAt6000(1),
  ram: "none",
  initial: [0x60],
  prg(bank, slot, { 0: outer }) {
    const bank16 = (outer & 0x1f) | ((outer >> 1) & 0x20);
    if ((outer & 0x80) !== 0) return (bank & 0x0f) | (bank16 << 2);
    return nromBank(bank16, slot, (outer & 0x20) !== 0);
  },
  chr: (_bank, slot) => slot,
});

/** Mapper 537, JY4M4: D6 and D0 of the second register the block, D7 of 128 instead of 256 KiB. */
const Jy4m4 = outerMmc3({
  ...dataAt6000(1),
  ram: "none",
  prg: (bank, _slot, [first, second]) =>
    within(bank, (first & 0x80) !== 0 ? 0x0f : 0x1f, ((first >> 1) & 0x20) | ((second << 4) & 0x10)),
  chr: (bank, _slot, { 0: outer }) => within(bank, 0xff, (outer << 2) & 0x100),
});

/**
 * Mapper 545, ST-80: writes to $F000–$FFFF with A5 and A8 set the block of 128 KiB; with D3 banks below 16
 * come from the fifth block.
 */
const St80 = outerMmc3({
  translate(address, value, outer) {
    if (address < 0xf000 || (address & 0x120) !== 0x120) return address | (value << 16);
    outer[0] = value;
    return SWALLOWED;
  },
  prg: (bank, _slot, { 0: outer }) =>
    (bank & 0x0f) | ((outer & 8) !== 0 && (bank & 0x10) === 0 ? 0x40 : (outer << 4) & 0x30),
  chr: (bank, _slot, { 0: outer }) => (bank & 0x7f) | (outer << 7) | ((~outer << 4) & 0x40),
});

/** Mapper 578, 910610: writes with A1 set the block of 128 KiB, or with D1 and D2 of 256 KiB. */
const Multicart910610 = outerMmc3({
  translate(address, value, outer) {
    if ((address & 2) === 0) return address | (value << 16);
    outer[0] = value;
    return SWALLOWED;
  },
  prg: (bank, _slot, { 0: outer }) => within(bank, (outer & 6) === 6 ? 0x1f : 0x0f, outer << 4),
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 6) === 6 ? 0xff : 0x7f, outer << 7),
});

/** Mapper 596, FC-49: the block of 128 KiB, or with D2 of 256 KiB of PRG; D3 locks. */
const Fc49 = outerMmc3({
  ...dataAt6000(0, 8),
  prg: (bank, _slot, { 0: outer }) => within(bank, (outer & 4) !== 0 ? 0x1f : 0x0f, outer << 4),
  chr: (bank, _slot, { 0: outer }) => within(bank, 0x7f, outer << 7),
});

/** Mapper 618, FC 4-in-1 (NS32): D1 the MMC3 in 128 KiB by D2 and D6, else 32 KiB; D7 2 KiB CHR banks. */
const Ns32 = outerMmc3({
  ...dataAt6000(),
  ram: "none",
  needsRam: true,
  prg(bank, slot, { 0: outer }) {
    const block = ((outer >> 1) & 0x20) | ((outer << 2) & 0x10);
    return (outer & 2) !== 0
      ? within(bank, 0x0f, block)
      : block | ((outer >> 2) & 4) | ((outer << 3) & 8) | slot;
  },
  chr(bank, slot, { 0: outer }, mmc3) {
    if ((outer & 0x80) === 0) return within(bank, 0xff, (outer << 6) & 0x100);
    return 0x200 | (mmc3ChrBank((slot & 4) | ((slot >> 1) & 1), mmc3) << 1) | (slot & 1);
  },
});

/**
 * Mapper 516, Brilliant Com Cocoma Pack: the MMC3's own writes with A4 select the block by A0–A1 and A2–A3.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_516
 */
const Cocoma = outerMmc3({
  onReset() {},
  translate(address, value, outer) {
    if ((address & 0x10) !== 0) outer[0] = address;
    return address | (value << 16);
  },
  prg: (bank, _slot, { 0: outer }) => within(bank, 0x0f, (outer << 4) & 0x30),
  chr: (bank, _slot, { 0: outer }) => within(bank, 0x7f, (outer << 5) & 0x180),
});

/**
 * Mapper 620, 4782 and 820226: a register with A8 at $4100–$5FFF, or where RAM would be: D4–D6 32 KiB, with
 * D6 of 16 KiB by D7; D6 is CHR A17 too. At power-on it is $40.
 */
const Multicart4782 = outerMmc3({
  ram: "none",
  needsRam: "unprotected",
  initial: [0x40],
  write(outer, address, value) {
    if ((address & 0x100) === 0) return false;
    outer[0] = value;
    return true;
  },
  prg: (_bank, slot, { 0: outer }) =>
    (outer & 0x40) !== 0
      ? nromBank(((outer >> 3) & 0x0e) | (outer >> 7), slot, false)
      : nromBank((outer >> 3) & 0x0e, slot, true),
  chr: (bank, _slot, { 0: outer }) => within(bank, 0x7f, (outer << 1) & 0x80),
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 420, name: "Kasheng A971210 (MMC3)", board: A971210, wiki: ["NES_2.0_Mapper_420"] },
  { mapper: 455, name: "N625836 (MMC3)", board: N625836, wiki: ["NES_2.0_Mapper_455"] },
  { mapper: 467, name: "47-2 (MMC3)", board: Pcb47x2, wiki: ["NES_2.0_Mapper_467"] },
  { mapper: 472, name: "830947 (MMC3)", board: Multicart830947 },
  { mapper: 473, name: "KJ01A-18 (MMC3)", board: Kj01a18 },
  { mapper: 474, name: "NTDEC N625231 (MMC3)", board: N625231 },
  { mapper: 475, name: "820215-C-A2 (MMC3)", board: Multicart820215C },
  { mapper: 478, name: "WE7HGX (MMC3)", board: We7hgx, knownSubmappers: [1] },
  { mapper: 484, name: "ESTIQUE (MMC3)", board: Estique },
  { mapper: 507, name: "A-018 (MMC3)", board: A018 },
  { mapper: 508, name: "JY-014 (MMC3)", board: Jy014 },
  { mapper: 510, name: "FC-53A (MMC3)", board: Fc53a },
  { mapper: 516, name: "Cocoma Pack (MMC3)", board: Cocoma, wiki: ["NES_2.0_Mapper_516"] },
  { mapper: 536, name: "N42S-2 (MMC3)", board: N42s2 },
  { mapper: 537, name: "JY4M4 (MMC3)", board: Jy4m4, unif: [{ names: "JY4M4" }] },
  { mapper: 545, name: "ST-80 (MMC3)", board: St80 },
  { mapper: 578, name: "910610 (MMC3)", board: Multicart910610 },
  { mapper: 596, name: "FC-49 (MMC3)", board: Fc49 },
  { mapper: 618, name: "FC 4-in-1 NS32 (MMC3)", board: Ns32 },
  { mapper: 620, name: "4782, 820226 (MMC3)", board: Multicart4782 },
];

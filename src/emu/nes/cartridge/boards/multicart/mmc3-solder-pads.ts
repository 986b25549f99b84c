import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { mortalKombatChrBank } from "../mmc3-clones/scrambled.ts";
import { outerMmc3, within } from "../parts/outer-mmc3.ts";

/** The bank of an MMC3 whose input A14 is held low: R6 and R7 select both halves. */
function repeatedBank(slot: number, mmc3: Uint8Array): number {
  return mmc3[6 + (slot & 1)];
}

/**
 * Mapper 344, GN-26: blocks of 128 KiB. In NROM mode R6 selects 32 KiB of PRG, and CHR has all of its 256
 * KiB. Revisions of the wiki's page contradict each other on that pair; this is the latest, with which
 * NintendulatorNRS agrees. The solder pad that hides PRG ROM is open.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_344
 */
const Gn26 = outerMmc3({
  needsRam: true,
  ram: "none",
  write(outer, address) {
    if (address < 0x6000) return false;
    outer[0] = address & 0x0f;
    return true;
  },
  prg(bank, slot, outer, mmc3) {
    const inner = (outer[0] & 4) === 0 ? bank : (mmc3[6] & ~3) | slot;
    return within(inner, 0x0f, (outer[0] & 3) << 4);
  },
  chr: (bank, _slot, outer) => within(bank, (outer[0] & 4) === 0 ? 0x7f : 0xff, (outer[0] & 3) << 7),
});

/** True if a Realtec board is in NROM-256 mode. */
function isRealtecNrom256(outer: Uint8Array, submapper: number): boolean {
  if (submapper === 3) return false;
  return (outer[1] & (submapper === 2 ? 0x20 : 0x80)) !== 0;
}

/**
 * Mapper 432, Realtec 8043 to 8145. Emulators know only three bits of the outer bank register. This is the
 * latest revision of the wiki's page, which has all bits and three board variants: submapper 1 is 8023, 2 is
 * 8085 and 3 is 8145. The solder pads read as 0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_432
 */
function realtec(submapper: number) {
  const locks = submapper >= 2;
  return outerMmc3({
    needsRam: true,
    ram: "none",
    write(outer, address, value) {
      if (address < 0x6000) return false;
      if ((address & 1) === 0) outer[0] = value & 1;
      else if (!locks || (outer[1] & 0x80) === 0) outer[1] = value;
      return true;
    },
    hidesRom: (outer) => (outer[0] & 1) !== 0 || (submapper === 1 && (outer[1] & 0x20) !== 0),
    read: (_outer, address, openBus) => (address >= 0x8000 ? openBus & 0xfc : openBus),
    prg(bank, slot, outer, mmc3) {
      const mode = outer[1];
      let inner = bank;
      if (isRealtecNrom256(outer, submapper)) inner = (repeatedBank(slot, mmc3) & ~2) | (slot & 2);
      else if ((mode & 0x40) !== 0) inner = repeatedBank(slot, mmc3);
      const block = ((mode & 0x01) << 4) | ((mode & 0x10) << 1) | (submapper === 0 ? (mode & 0x20) << 1 : 0);
      return within(inner, (mode & 0x02) !== 0 ? 0x0f : 0x1f, block);
    },
    chr(bank, slot, outer, mmc3) {
      const mode = outer[1];
      if (submapper === 3 && (mode & 0x20) !== 0) return mortalKombatChrBank(slot, mmc3);
      const block = ((mode & 0x01) << 7) | ((mode & 0x08) << 5) | (submapper === 0 ? (mode & 0x20) << 4 : 0);
      return within(bank, (mode & 0x04) !== 0 ? 0x7f : 0xff, block);
    },
  });
}

/**
 * Mapper 460, FC-29-40 and K-3101: PRG blocks of 128 KiB with NROM modes, and CHR RAM, or CHR ROM in banks of
 * 2 KiB. NintendulatorNRS takes the second of these from $0400, the wiki's page refers to mapper 197
 * submapper 2, which takes it from $0C00; this follows the page. The solder pad that hides PRG ROM is open.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_460
 */
const Fc2940 = outerMmc3({
  needsRam: true,
  ram: "none",
  write(outer, address) {
    if (address < 0x6000 || (outer[0] & 0x20) !== 0) return false;
    outer[0] = address & 0xff;
    return true;
  },
  prg(bank, slot, outer, mmc3) {
    let inner = bank;
    if ((outer[0] & 0x08) !== 0) {
      inner = repeatedBank(slot, mmc3);
      if ((outer[0] & 0x10) !== 0) inner = (inner & ~2) | (slot & 2);
    }
    return within(inner, 0x0f, (outer[0] & 3) << 4);
  },
  chr: (_bank, slot, outer, mmc3) => ((outer[0] & 4) !== 0 ? mortalKombatChrBank(slot, mmc3) : slot),
  isChrRam: (_bank, outer) => (outer[0] & 4) === 0,
});

/** The block of mapper 322, from bits 6, 4 and 3. */
function k3033Block(outer: Uint8Array): number {
  return ((outer[0] & 0x40) >> 4) | ((outer[0] & 0x18) >> 3);
}

/**
 * Mapper 322, K-3033: NROM, or the MMC3 in blocks of 128 or 256 KiB, by the address of a write.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_322
 */
const K3033 = outerMmc3({
  needsRam: true,
  ram: "none",
  onReset() {},
  write(outer, address) {
    if (address < 0x6000) return false;
    outer[0] = address & 0xff;
    return true;
  },
  prg(bank, slot, outer) {
    const block = k3033Block(outer);
    if ((outer[0] & 0x20) !== 0)
      return (outer[0] & 0x80) !== 0 ? within(bank, 0x1f, block << 5) : within(bank, 0x0f, block << 4);
    const inner = (block << 3) | (outer[0] & 7);
    return (outer[0] & 3) !== 0 ? ((inner >> 1) << 2) | slot : (inner << 1) | (slot & 1);
  },
  chr(bank, _slot, outer) {
    if ((outer[0] & 0x20) === 0) return bank & 0x7f;
    const block = k3033Block(outer);
    return (outer[0] & 0x80) !== 0 ? within(bank, 0xff, block << 8) : within(bank, 0x7f, block << 7);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 322,
    name: "K-3033 (MMC3)",
    board: K3033,
    wiki: ["NES_2.0_Mapper_322"],
    unif: [{ names: "K-3033" }],
  },
  {
    mapper: 344,
    name: "GN-26 (MMC3)",
    board: Gn26,
    wiki: ["NES_2.0_Mapper_344"],
    unif: [{ names: "GN-26" }],
  },
  ...[0, 1, 2, 3].map(
    (submapper): BoardDescriptor => ({
      mapper: 432,
      name: "Realtec multicart (MMC3)",
      board: realtec(submapper),
      wiki: ["NES_2.0_Mapper_432"],
      ...(submapper === 0 ? {} : { submappers: [submapper] }),
    }),
  ),
  {
    mapper: 460,
    name: "FC-29-40, K-3101 (MMC3)",
    board: Fc2940,
    wiki: ["NES_2.0_Mapper_460"],
    ram: { besideRomBytes: 8 * KIB },
  },
];

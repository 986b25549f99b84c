/** MMC3 multicarts in which CHR A17 selects nametables for some of the games, as on TxSROM. */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { outerMmc3, SWALLOWED, within } from "../parts/outer-mmc3.ts";

/** A CHR bank number that stands for CHR RAM. */
const CHR_RAM = 0x1000;

/**
 * Mapper 353, 81-03-05-C: blocks of 256 KiB of PRG and 128 KiB of CHR, by A13 and A14 of writes with A7. In
 * block 0 CHR A17 selects nametables, in block 2 it is PRG A17 and selects CHR RAM, in block 3 it selects
 * between 256 KiB and halves of 128 KiB for $8000 and $C000. The windows of those halves are R6 and R7 twice,
 * as in FCEUmm and puNES; the wiki's page does not say so. https://www.nesdev.org/wiki/NES_2.0_Mapper_353
 */
const Multicart810305C = outerMmc3({
  translate(address, value, outer) {
    if ((address & 0x80) === 0) return address | (value << 16);
    outer[0] = (address >> 13) & 3;
    return SWALLOWED;
  },
  prg(bank, slot, { 0: block }, mmc3) {
    const a17 = mmc3[0] & 0x80;
    if (block === 2) return 0x40 | (a17 >> 3) | (bank & 0x0f);
    if (block < 3 || a17 !== 0) return within(bank, 0x1f, block << 5);
    return slot < 2 ? 0x60 | (bank & 0x0f) : 0x70 | (mmc3[6 + (slot & 1)] & 0x0f);
  },
  chr: (bank, slot, { 0: block }, mmc3) =>
    block === 2 && (mmc3[0] & 0x80) !== 0 ? CHR_RAM | slot : within(bank, 0x7f, block << 7),
  isChrRam: (bank) => bank >= CHR_RAM,
  chrSelectsNametables: ({ 0: block }) => block === 0,
});

/**
 * Mapper 370, F600: the register is the address. The sources differ on bit 5: it selects 128 KiB of PRG, as
 * in FCEUmm and puNES; in the wiki's drawing it is the other way round. The solder pad is 0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_370
 */
const F600 = outerMmc3({
  write(outer, address) {
    if ((address & 0xf000) !== 0x5000) return false;
    outer[0] = address & 0xff;
    return true;
  },
  read: (_outer, address, openBus) => ((address & 0xf000) === 0x5000 ? openBus & 0x7f : openBus),
  prg: (bank, _slot, { 0: outer }) => within(bank, (outer & 0x20) !== 0 ? 0x0f : 0x1f, (outer << 1) & 0x70),
  chr: (bank, _slot, { 0: outer }) => within(bank, (outer & 4) !== 0 ? 0xff : 0x7f, (outer & 7) << 7),
  chrSelectsNametables: ({ 0: outer }) => (outer & 7) === 1,
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 353,
    name: "81-03-05-C, 92 Super Mario Family (MMC3)",
    board: Multicart810305C,
    wiki: ["NES_2.0_Mapper_353"],
    ram: { besideRomBytes: 8 * KIB },
  },
  { mapper: 370, name: "F600 6-in-1 (MMC3)", board: F600, wiki: ["NES_2.0_Mapper_370"] },
];

import type { BoardDescriptor } from "../../descriptor.ts";
import { outerMmc3 } from "../parts/outer-mmc3.ts";

/** Bits of the mode register of mapper 412. */
const LOCK = 0x01;
const OWN_PRG_A18 = 0x02;
const OWN_PRG_A17 = 0x10;
const OWN_CHR_A17 = 0x20;
/** Bits of its PRG register. */
const NROM = 0x02;
const NROM_256 = 0x04;

/**
 * Mapper 412, Henggedianzi: $6000 CHR banks of NROM games, $6001 the block and its size, $6002 PRG banks of
 * NROM games. https://www.nesdev.org/wiki/NES_2.0_Mapper_412
 */
const Henggedianzi412 = outerMmc3({
  needsRam: true,
  ram: "none",
  write(outer, address, value) {
    const register = address & 3;
    if (address < 0x6000 || register === 3 || (register === 1 && (outer[1] & LOCK) !== 0)) return false;
    outer[register] = value;
    return true;
  },
  prg(bank, slot, outer) {
    const [, mode, nrom] = outer;
    if ((nrom & NROM) !== 0) {
      return (nrom & NROM_256) !== 0 ? ((nrom >> 4) << 2) | slot : ((nrom >> 3) << 1) | (slot & 1);
    }
    const a17 = (mode & OWN_PRG_A17) !== 0 ? (mode >> 2) & 0x10 : bank & 0x10;
    const a18 = (mode & OWN_PRG_A18) !== 0 ? (mode << 3) & 0x20 : bank & 0x20;
    return a18 | a17 | (bank & 0x0f);
  },
  chr(bank, slot, outer) {
    const [chr, mode, nrom] = outer;
    if ((nrom & NROM) !== 0) return ((chr >> 2) << 3) | slot;
    const a17 = (mode & OWN_CHR_A17) !== 0 ? mode & 0x80 : bank & 0x80;
    return ((mode & 8) << 5) | a17 | (bank & 0x7f);
  },
});

/**
 * Mapper 458, K-3102 and GN-23: the address selects PRG like NROM. Bit 4 or, in submapper 1, bit 3 is
 * NROM-256. The solder pads are not emulated. https://www.nesdev.org/wiki/NES_2.0_Mapper_458
 */
const K3102 = outerMmc3({
  needsRam: true,
  ram: "none",
  write(outer, address) {
    if (address < 0x6000) return false;
    outer[0] = address & 0xff;
    return true;
  },
  prg(_bank, slot, outer, _mmc3, { submapper }) {
    const is32 = (outer[0] & (submapper === 1 ? 8 : 0x10)) !== 0;
    return is32 ? ((outer[0] & 0x0e) << 1) | slot : ((outer[0] & 0x0f) << 1) | (slot & 1);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 412,
    name: "Intellivision 10-in-1, Henggedianzi (MMC3)",
    board: Henggedianzi412,
    wiki: ["NES_2.0_Mapper_412"],
  },
  {
    mapper: 458,
    name: "K-3102, GN-23 (MMC3)",
    board: K3102,
    wiki: ["NES_2.0_Mapper_458"],
    knownSubmappers: [1],
  },
];

import type { BoardDescriptor } from "../../descriptor.ts";
import { outerMmc3 } from "../parts/outer-mmc3.ts";

/** The bit of a pattern's byte that each bit of the stored byte is. */
const UNSCRAMBLED = [6, 4, 2, 0, 1, 3, 5, 7];

const PATTERNS = Uint8Array.from({ length: 256 }, (_, stored) =>
  UNSCRAMBLED.reduce((byte, bit, at) => byte | (((stored >> at) & 1) << bit), 0),
);

/**
 * Mapper 269, Games Xplosion 121-in-1: a GA23C with other registers, whose patterns are in PRG ROM with their
 * bits scrambled. The sources differ on bit 7 of the fourth register: in FCEUmm it locks, as on a GA23C; the
 * wiki has it as an address line. https://www.nesdev.org/wiki/NES_2.0_Mapper_269
 */
const GamesXplosion = outerMmc3({
  patterns: PATTERNS,
  initial: [0, 0, 0x0f, 0],
  write(outer, address, value) {
    if ((address & 0xf008) !== 0x5000) return false;
    if ((outer[3] & 0x80) !== 0) return false;
    outer[outer[4]] = value;
    outer[4] = (outer[4] + 1) & 3;
    return true;
  },
  prg: (bank, _slot, outer) => (bank & ~outer[3] & 0x3f) | outer[1] | ((outer[3] & 0x40) << 2),
  chr(bank, _slot, outer) {
    const inner = (outer[2] & 8) !== 0 ? bank & ((2 << (outer[2] & 7)) - 1) : bank;
    return inner | outer[0] | ((outer[2] & 0xf0) << 4);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 269,
    name: "Games Xplosion 121-in-1 (MMC3)",
    board: GamesXplosion,
    wiki: ["NES_2.0_Mapper_269"],
    ram: { insteadOfRomBytes: 0 },
  },
];

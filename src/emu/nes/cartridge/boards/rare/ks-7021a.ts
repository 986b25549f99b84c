import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { map16, mirrorBy, registerBoard } from "../parts/register-board.ts";

const PRG = 0;
const MIRRORING = 1;
const CHR = 8; // eight registers

/**
 * Mapper 525, Kaiser KS-7021A: VRC2 games changed for plain logic, with a whole byte for each CHR bank. PRG
 * banks have 16 KiB, as found on the circuit board; FCEUmm has the two 8 KiB banks of a VRC2.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_525
 */
const Ks7021A = registerBoard({
  write(registers, address, value) {
    switch (address & 0xf000) {
      case 0x8000:
        registers[PRG] = (value >> 1) & 7;
        return true;
      case 0x9000:
        registers[MIRRORING] = value & 1;
        return true;
      case 0xb000:
        registers[CHR + (address & 7)] = value;
        return true;
      default:
        return false;
    }
  },
  banks(memory, registers) {
    map16(memory, registers[PRG], -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    mirrorBy(memory, registers[MIRRORING]);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 525,
    name: "Kaiser KS-7021A",
    board: Ks7021A,
    wiki: ["NES_2.0_Mapper_525"],
    unif: [{ names: "KS7021A" }],
  },
];

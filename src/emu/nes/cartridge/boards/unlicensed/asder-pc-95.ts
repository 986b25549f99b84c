import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { registerBoard } from "../parts/register-board.ts";

const CHR = 4;

/**
 * Mapper 365, Asder PC-95: four PRG banks and eight banks of CHR RAM. No source says which register selects
 * the mirroring, so it is the header's. https://www.nesdev.org/wiki/NES_2.0_Mapper_365
 */
const AsderPc95 = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000 || address >= 0xc000) return false;
    if (address < 0xa000) registers[address & 3] = value;
    else registers[CHR + (address & 7)] = value;
    return true;
  },
  banks(memory, registers) {
    for (let slot = 0; slot < 4; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[slot] | (slot === 3 ? 1 : 0));
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 365,
    name: "Asder PC-95",
    board: AsderPc95,
    wiki: ["NES_2.0_Mapper_365"],
    lacks: ["the keyboard and the printer of this computer are missing"],
  },
];

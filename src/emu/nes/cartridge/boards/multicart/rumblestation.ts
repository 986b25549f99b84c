import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

const OUTER = 0; // CCCCPPPP
const INNER = 1; // .CCC...P

/**
 * Mapper 46, Rumblestation 15-in-1: an outer latch at $6000, an inner one at $8000.
 * https://www.nesdev.org/wiki/INES_Mapper_046
 */
class Rumblestation extends Board {
  override reset(): void {
    this.registers.fill(0, 0, 2);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x6000) return;
    this.registers[address < 0x8000 ? OUTER : INNER] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x8000, 32 * KIB, ((registers[OUTER] & 0x0f) << 1) | (registers[INNER] & 1));
    memory.mapChr(0x0000, 8 * KIB, ((registers[OUTER] >> 4) << 3) | ((registers[INNER] >> 4) & 7));
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 46,
    name: "Rumble Station 15-in-1",
    board: Rumblestation,
    wiki: ["INES_Mapper_046"],
  },
];

import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

/**
 * Mapper 34 submapper 1, NINA-001: registers at the last three bytes of PRG RAM; writes also reach the RAM.
 * https://www.nesdev.org/wiki/INES_Mapper_034
 */
class Nina001 extends Board {
  override writeRegister(address: number, value: number): void {
    const { memory } = this;
    if (address < 0x7800 || address > 0x7fff) return;
    if (memory.prgRam.bytes > 0)
      memory.bytes[memory.prgRam.offset + ((address - 0x6000) % memory.prgRam.bytes)] = value;
    if (address < 0x7ffd) return;
    this.registers[address - 0x7ffd] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrgRam(0x7800, 2 * KIB, 3, true, false); // the board performs writes here itself
    memory.mapPrg(0x8000, 32 * KIB, registers[0] & 1);
    memory.mapChr(0x0000, 4 * KIB, registers[1] & 0x0f);
    memory.mapChr(0x1000, 4 * KIB, registers[2] & 0x0f);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 34,
    submappers: [1],
    name: "NINA-001",
    board: Nina001,
    wiki: ["INES_Mapper_034"],
    unif: [{ names: "NINA-001 NINA-01", submapper: 1 }],
    claims: ({ submapper, chrRom }) => submapper === 0 && chrRom.length > 8 * KIB,
  },
];

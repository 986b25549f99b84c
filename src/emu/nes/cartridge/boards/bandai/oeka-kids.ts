import { KIB } from "../../../../units.ts";
import { Board, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

const LATCH = 0; // .....CPP
const INNER = 1;
const LAST_PAGE = 2; // A12–A13 of the last read: 2 for nametables

/**
 * Mapper 96, Oeka Kids: 32 KiB of CHR RAM. The 4 KiB at $0000 are selected by the quarter of the nametable
 * that the PPU reads, so that each of 960 tiles can be different. https://www.nesdev.org/wiki/INES_Mapper_096
 */
class OekaKids extends Board {
  override readonly hooks: number = HOOK_PPU_FETCH;

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers[LATCH] = this.busConflict(address, value);
    this.updateBanks();
  }

  /** The inner bank is latched when the address enters $2000–$2FFF. */
  override ppuFetch(address: number, value: number): number {
    const { registers } = this;
    const page = (address >> 12) & 3;
    if (page === 2 && registers[LAST_PAGE] !== 2 && registers[INNER] !== ((address >> 8) & 3)) {
      registers[INNER] = (address >> 8) & 3;
      this.#mapChr();
    }
    registers[LAST_PAGE] = page;
    return value;
  }

  override updateBanks(): void {
    this.memory.mapPrg(0x8000, 32 * KIB, this.registers[LATCH] & 3);
    this.#mapChr();
  }

  #mapChr(): void {
    const outer = this.registers[LATCH] & 4;
    this.memory.mapChr(0x0000, 4 * KIB, outer | this.registers[INNER]);
    this.memory.mapChr(0x1000, 4 * KIB, outer | 3);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 96,
    name: "Oeka Kids",
    board: OekaKids,
    wiki: ["INES_Mapper_096"],
    ram: { prgBytes: 0, insteadOfRomBytes: 32 * KIB },
  },
];

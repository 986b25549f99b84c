import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { map16 } from "../parts/register-board.ts";

const BANK = 0;

/**
 * Mapper 324, Farid's UNROM 8-in-1, with bus conflicts: bits 4–6 are the block, taken when bit 7 rises unless
 * bit 3 has locked them; reset clears bits 3–6. https://www.nesdev.org/wiki/NES_2.0_Mapper_324
 */
class FaridUnrom extends Board {
  override reset(): void {
    this.registers[BANK] &= 0x87;
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    const data = this.busConflict(address, value);
    const previous = this.registers[BANK];
    const takesBlock = (previous & 0x88) === 0 && (data & 0x80) !== 0;
    this.registers[BANK] = takesBlock ? data : (previous & 0x78) | (data & 0x87);
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory } = this;
    const block = (this.registers[BANK] >> 1) & 0x38;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    map16(memory, block | (this.registers[BANK] & 7), block | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

const GAME = 1;

/**
 * Mapper 381, KN-42: two UOROM games with bus conflicts, of which each reset selects the other one.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_381
 */
class Kn42 extends Board {
  override reset(): void {
    this.registers[GAME] ^= 0x10;
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers[BANK] = this.busConflict(address, value);
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const inner = ((registers[BANK] & 7) << 1) | ((registers[BANK] >> 4) & 1);
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    map16(memory, registers[GAME] | inner, registers[GAME] | 0x0f);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 324,
    name: "Farid UNROM 8-in-1",
    board: FaridUnrom,
    wiki: ["NES_2.0_Mapper_324"],
    unif: [{ names: "FARID_UNROM_8-IN-1" }],
  },
  { mapper: 381, name: "KN-42 2-in-1", board: Kn42, wiki: ["NES_2.0_Mapper_381"] },
];

import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";
import { mirrorOne } from "../parts/register-board.ts";

const BANK = 0;
const SCREEN = 1; // bit 0 is the screen; bit 1 is set after the program has selected one
const OUTER = 2;

/**
 * Mapper 71, Camerica BF9093, and BF9097 of Fire Hawk (submapper 1), whose $8000–$9FFF selects a single
 * screen. Old headers do not distinguish them, but only Fire Hawk writes to $9000.
 * https://www.nesdev.org/wiki/INES_Mapper_071
 */
class Bf909x extends Board {
  override writeRegister(address: number, value: number): void {
    if (address >= 0xc000) this.registers[BANK] = value & 0x0f;
    else if (this.#choosesScreen(address)) this.registers[SCREEN] = 2 | ((value >> 4) & 1);
    else return;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 16 * KIB, registers[BANK]);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if ((registers[SCREEN] & 2) === 0) memory.mirror(memory.mirroring);
    else mirrorOne(memory, registers[SCREEN] & 1);
  }

  #choosesScreen(address: number): boolean {
    if (this.image.submapper === 1) return (address & 0xe000) === 0x8000;
    return (address & 0xf000) === 0x9000;
  }
}

/**
 * Mapper 232, Camerica BF9096: Quattro games, in blocks of 64 KiB. The Aladdin Deck Enhancer (submapper 1)
 * swaps the two bits of the block. https://www.nesdev.org/wiki/INES_Mapper_232
 */
class Bf9096 extends Board {
  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    if (address >= 0xc000) this.registers[BANK] = value & 3;
    else this.registers[OUTER] = (value >> 3) & 3;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const block = registers[OUTER];
    const outer = (this.image.submapper === 1 ? ((block & 1) << 1) | (block >> 1) : block) << 2;
    memory.mapPrg(0x8000, 16 * KIB, outer | registers[BANK]);
    memory.mapPrg(0xc000, 16 * KIB, outer | 3);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 71,
    name: "Camerica, Codemasters",
    board: Bf909x,
    wiki: ["INES_Mapper_071"],
    unif: [{ names: "CAMERICA-BF9093 BF9093" }, { names: "CAMERICA-BF9097 BF9097", submapper: 1 }],
    knownSubmappers: [1],
  },
  {
    mapper: 232,
    name: "Camerica Quattro",
    board: Bf9096,
    wiki: ["INES_Mapper_232"],
    unif: [{ names: "CAMERICA-ALGQ BF9096" }],
    knownSubmappers: [1],
  },
];

/** Names of its registers. */
export const BF909X_REGISTERS: RegisterNames = {
  board: Bf909x,
  places: {
    prg: BANK,
    screen: [SCREEN, 2],
  },
};

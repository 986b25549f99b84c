import { Board } from "../board.ts";

const KIB = 1024;

/** Mapper 0, NROM: no registers. https://www.nesdev.org/wiki/NROM */
export class Nrom extends Board {
  override writeRegister(): void {}

  override updateBanks(): void {
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.memory.mapPrg(0x8000, 32 * KIB, 0);
    this.memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

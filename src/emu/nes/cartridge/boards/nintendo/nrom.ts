import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

/** Mapper 0, NROM: no registers. https://www.nesdev.org/wiki/NROM */
class Nrom extends Board {
  override writeRegister(): void {}

  override updateBanks(): void {
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.memory.mapPrg(0x8000, 32 * KIB, 0);
    this.memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 0,
    name: "NROM",
    board: Nrom,
    wiki: ["NROM"],
    unif: [{ names: "NROM NROM-128 NROM-256 RROM RROM-128 HROM FAMILYBASIC" }],
  },
];

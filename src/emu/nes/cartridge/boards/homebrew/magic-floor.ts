import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";

/** The PPU address line that drives CIRAM A10, by the header's mirroring. */
const CIRAM_LINE: Readonly<Record<Mirroring, number>> = {
  vertical: 10,
  horizontal: 11,
  "single-0": 12,
  "single-1": 13,
  "four-screen": 12,
};

/**
 * Mapper 218, Magic Floor: no CHR memory; CIRAM holds tiles and nametables.
 * https://www.nesdev.org/wiki/INES_Mapper_218
 */
class MagicFloor extends Board {
  override writeRegister(): void {}

  override updateBanks(): void {
    const { memory } = this;
    memory.mapPrg(0x8000, 32 * KIB, 0);
    const line = CIRAM_LINE[memory.mirroring];
    for (let address = 0; address < 0x3000; address += KIB)
      memory.mapPpu(address, KIB, memory.ciram, (address >> line) & 1);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 218,
    name: "Magic Floor (CHR in CIRAM)",
    board: MagicFloor,
    wiki: ["INES_Mapper_218"],
    // Tiles are in the console's own nametable RAM.
    ram: { prgBytes: 0, insteadOfRomBytes: 0 },
  },
];

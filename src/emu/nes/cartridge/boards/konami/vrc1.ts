import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";

const MODE = 1; // .....BAM: high bits of both CHR banks, mirroring

/** Mapper 75, VRC1, and 151, the same chip on a VS. System board. https://www.nesdev.org/wiki/VRC1 */
class Vrc1 extends Board {
  /** Each 4 KiB of $8000–$FFFF has one register. */
  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers[(address >> 12) & 7] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 8 * KIB, registers[0] & 0x0f);
    memory.mapPrg(0xa000, 8 * KIB, registers[2] & 0x0f);
    memory.mapPrg(0xc000, 8 * KIB, registers[4] & 0x0f);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    memory.mapChr(0x0000, 4 * KIB, (registers[6] & 0x0f) | ((registers[MODE] & 2) << 3));
    memory.mapChr(0x1000, 4 * KIB, (registers[7] & 0x0f) | ((registers[MODE] & 4) << 2));
    if (memory.mirroring !== "four-screen")
      memory.mirror((registers[MODE] & 1) === 0 ? "vertical" : "horizontal");
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 75,
    name: "Konami VRC1",
    board: Vrc1,
    wiki: ["VRC1"],
    unif: [{ names: "KONAMI-VRC1" }],
  },
  {
    mapper: 151,
    name: "Konami VRC1 on VS System",
    board: Vrc1,
    wiki: ["VRC1"],
  },
];

/** Names of its registers. */
export const VRC1_REGISTERS: RegisterNames = {
  board: Vrc1,
  places: {
    prg8000: [0, 4],
    prgA000: [2, 4],
    prgC000: [4, 4],
    mode: [MODE, 3],
    chr: [6, 4, 2],
  },
};

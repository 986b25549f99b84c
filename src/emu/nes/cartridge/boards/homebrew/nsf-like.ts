import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

/**
 * Mapper 31, for music in NSF style: eight windows of 4 KiB. Only the last window has a defined power-on
 * value, the last bank. https://www.nesdev.org/wiki/INES_Mapper_031
 */
class Nsf31 extends Board {
  override powerOn(): void {
    this.registers[7] = 0xff;
  }

  override writeRegister(address: number, value: number): void {
    if ((address & 0xf000) !== 0x5000) return;
    this.registers[address & 7] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    for (let window = 0; window < 8; window++)
      memory.mapPrg(0x8000 + window * 4 * KIB, 4 * KIB, registers[window]);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 31,
    name: "2A03 Puritans (NSF-like)",
    board: Nsf31,
    wiki: ["INES_Mapper_031"],
  },
];

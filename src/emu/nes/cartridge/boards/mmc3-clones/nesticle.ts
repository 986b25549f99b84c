import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { BANK_SELECT, FREE, Mmc3 } from "../nintendo/mmc3.ts";

const PRG = FREE;
const CHR = FREE + 3;

/**
 * Mapper 100, games changed for the emulator NESticle: an MMC3 whose bank register is mapped as it is
 * written, by the mode bits of that time, which do not move banks later.
 * https://www.nesdev.org/wiki/INES_Mapper_100
 */
class NesticleMmc3 extends Mmc3 {
  override powerOn(): void {
    super.powerOn();
    this.registers.set([0, 1, 0xfe, 0, 1, 2, 3, 4, 5, 6, 7], PRG);
  }

  protected override writeMmc3(address: number, value: number, cycle: number): void {
    const { registers } = this;
    const select = registers[BANK_SELECT];
    const register = select & 7;
    if ((address & 0xe001) === 0x8001) {
      const swap = select >= 0x80 ? 4 : 0;
      if (register === 7) registers[PRG + 1] = value;
      else if (register === 6) registers[PRG + ((select >> 5) & 2)] = value;
      else if (register >= 2) registers[CHR + ((register + 2) ^ swap)] = value;
      else {
        registers[CHR + ((2 * register) ^ swap)] = value & 0xfe;
        registers[CHR + ((2 * register + 1) ^ swap)] = value | 1;
      }
    }
    super.writeMmc3(address, value, cycle);
  }

  protected override mapPrgBanks(): void {
    for (let slot = 0; slot < 3; slot++)
      this.memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, this.registers[PRG + slot]);
    this.memory.mapPrg(0xe000, 8 * KIB, -1);
  }

  protected override mapChrBanks(): void {
    for (let slot = 0; slot < 8; slot++) this.memory.mapChr(slot * KIB, KIB, this.registers[CHR + slot]);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 100, name: "NESticle MMC3", board: NesticleMmc3, wiki: ["INES_Mapper_100"] },
];

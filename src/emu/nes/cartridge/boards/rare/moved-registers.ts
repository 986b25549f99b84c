/** An MMC2 and an MMC3 with registers at other addresses. They follow NintendulatorNRS and FCEUmm. */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { MMC2_CHR, MMC2_LATCH, Mmc2 } from "../nintendo/mmc2-mmc4.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";
import { mirrorAllButLast, mirrorBy } from "../parts/register-board.ts";

const N46_PRG = 8; // three banks

/**
 * Mapper 495, N-46: an MMC2 with three PRG registers at $8000–$DFFF and its CHR registers at $E000 by
 * A10–A11, whose bits 6 and 7 select the mirroring, in the left bank that is shown.
 */
class N46 extends Mmc2 {
  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    if (address < 0xe000) this.registers[N46_PRG + ((address >> 13) & 3)] = value;
    else this.registers[MMC2_CHR + (((address >> 10) & 3) ^ 1)] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    super.updateBanks();
    this.mapChr();
  }

  protected override mapPrg(): void {
    const { memory, registers } = this;
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[N46_PRG + slot]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
  }

  protected override mapChr(): void {
    super.mapChr();
    const mode = this.registers[MMC2_CHR + this.registers[MMC2_LATCH]] >> 6;
    if (mode === 0) mirrorAllButLast(this.memory);
    else if (mode === 3) this.memory.mirror("single-1");
    else mirrorBy(this.memory, mode & 1);
  }
}

/**
 * Mapper 593, PMMC3: an MMC3's counter with one register in each 4 KiB from $8000 on: two CHR banks of 4 KiB,
 * two PRG banks, and at $E000 the counter and $F000 mirroring.
 */
class Pmmc3 extends Mmc3 {
  override writeRegister(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const register = (address >> 12) & 7;
    this.registers[FREE + register] = value;
    if (register === 6) {
      this.writeMmc3(0xc000, (value - 1) & 0xff, cycle);
      this.writeMmc3(0xc001, 0, cycle);
      this.writeMmc3(0xe000, 0, cycle);
      if (value !== 0) this.writeMmc3(0xe001, 0, cycle);
    }
    this.updateBanks();
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapChr(0x0000, 4 * KIB, registers[FREE]);
    memory.mapChr(0x1000, 4 * KIB, registers[FREE + 1]);
    memory.mapPrg(0x8000, 8 * KIB, registers[FREE + 2]);
    memory.mapPrg(0xa000, 8 * KIB, registers[FREE + 3]);
    memory.mapPrg(0xc000, 16 * KIB, -1);
  }

  protected override mapNametables(): void {
    mirrorBy(this.memory, this.registers[FREE + 7] & 1);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 495, name: "N-46", board: N46 },
  { mapper: 593, name: "PMMC3", board: Pmmc3 },
];

/** Bootlegs of games by Konami, Technos and Namco, with a register for each CHR bank and each nametable. */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";

const CHR = 0;
const NAMETABLES = 8;
const PRG = 12;

/** Eight CHR banks, four nametables, and PRG banks of 8 KiB. */
abstract class BankPerPage extends CycleCounter {
  /** The bank at $E000. */
  protected get lastBank(): number {
    return -1;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot]);
    memory.mapPrg(0xe000, 8 * KIB, this.lastBank);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    for (let page = 0; page < 4; page++)
      memory.mapPpu(0x2000 + page * KIB, KIB, memory.ciram, registers[NAMETABLES + page] & 1);
  }
}

/**
 * Mapper 127, a bootleg of Double Dragon II. The wiki's page has only the name; this follows other emulators.
 * https://www.nesdev.org/wiki/INES_Mapper_127
 */
class DoubleDragon2 extends BankPerPage {
  protected override readonly limit: number = 256;

  override powerOn(): void {
    this.registers.fill(0x0f, PRG, PRG + 4);
  }

  protected override get lastBank(): number {
    return this.registers[PRG + 3] | 0x0c;
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address < 0x8000) return;
    const low = address & 3;
    switch (address & 0x70) {
      case 0x00:
        registers[PRG + low] = value & 0x0f;
        break;
      case 0x10:
      case 0x20:
        registers[CHR + (((address >> 3) & 4) | low)] = value & 0x7f;
        break;
      case 0x30:
        this.isCounting = true;
        break;
      case 0x40:
        this.isCounting = false;
        this.counter = 0;
        this.clearIrq(cycle);
        break;
      case 0x50:
        registers[NAMETABLES + low] = value;
    }
  }
}

/**
 * Mapper 326, a bootleg of Contra. The wiki's page has only the name; this follows FCEUmm.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_326
 */
class ContraBootleg extends BankPerPage {
  protected override writeBoard(address: number, value: number): void {
    if (address < 0x8000) return;
    if ((address & 0x10) !== 0) {
      if ((address & 0x0f) < 12) this.registers[address & 0x0f] = value;
    } else if (address < 0xe000) this.registers[PRG + ((address >> 13) & 3)] = value;
  }
}

/**
 * Mapper 330, a bootleg of Sangokushi II: registers of a Namco 163 with A10 clear, and a counter of 15 bits
 * with A10 set. The wiki's page has only the name; this follows FCEUmm.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_330
 */
class Sangokushi2 extends BankPerPage {
  protected override readonly limit: number = 0x8000;

  override powerOn(): void {
    for (let page = 0; page < 8; page++) this.registers[CHR + page] = page;
    this.registers.fill(1, NAMETABLES, NAMETABLES + 4);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    if ((address & 0x400) === 0) {
      const register = (address >> 11) & 0x0f;
      if (register < 15) this.registers[register] = value;
    } else if ((address & 0x4000) === 0) {
      const isHigh = (address & 0x2000) !== 0;
      this.setCounterByte(isHigh, isHigh ? value & 0x7f : value);
      if (!isHigh) return;
      this.isCounting = value >= 0x80;
      this.clearIrq(cycle);
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 127, name: "Double Dragon II bootleg", board: DoubleDragon2, wiki: ["INES_Mapper_127"] },
  { mapper: 326, name: "Contra bootleg", board: ContraBootleg, wiki: ["NES_2.0_Mapper_326"] },
  { mapper: 330, name: "Sangokushi II bootleg", board: Sangokushi2, wiki: ["NES_2.0_Mapper_330"] },
];

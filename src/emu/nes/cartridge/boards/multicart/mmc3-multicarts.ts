import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FREE, Mmc3, RAM_PROTECT } from "../nintendo/mmc3.ts";

/**
 * Mapper 12, SL-5020B: an additional CHR bank bit for each pattern table.
 * https://www.nesdev.org/wiki/INES_Mapper_012
 */
class Sl5020b extends Mmc3 {
  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) {
      this.writeMmc3(address, value, cycle);
    } else if (address >= 0x4020 && address < 0x6000) {
      this.registers[FREE] = value;
      this.updateBanks();
    }
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const outer = slot < 4 ? this.registers[FREE] & 1 : (this.registers[FREE] >> 4) & 1;
    super.mapChrBank(slot, bank | (outer << 8));
  }
}

/**
 * Mapper 44, Super Big 7-in-1: the low bits of $A001 select the block.
 * https://www.nesdev.org/wiki/INES_Mapper_044
 */
class SuperBig7In1 extends Mmc3 {
  protected override mapPrgBank(slot: number, bank: number): void {
    const block = this.#block;
    super.mapPrgBank(slot, (block << 4) | (bank & (block < 6 ? 0x0f : 0x1f)));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const block = this.#block;
    super.mapChrBank(slot, (block << 7) | (bank & (block < 6 ? 0x7f : 0xff)));
  }

  /** Block 7 is the same as 6: the last block is twice as large. */
  get #block(): number {
    return Math.min(6, this.registers[RAM_PROTECT] & 7);
  }
}

/** Multicarts with an outer register at the addresses of PRG RAM, writable while that RAM is enabled. */
abstract class RamSpaceOuter extends Mmc3 {
  protected override initialize(): void {
    this.registers[FREE] = this.initial;
  }

  /** The outer register at power-on and after a reset. */
  protected get initial(): number {
    return 0;
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) {
      this.writeMmc3(address, value, cycle);
    } else if (address >= 0x6000 && (this.registers[RAM_PROTECT] & 0xc0) === 0x80 && !this.isLocked) {
      this.registers[FREE] = value;
      this.updateBanks();
    }
  }

  protected get isLocked(): boolean {
    return false;
  }

  protected override mapRam(): void {
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }
}

/**
 * Mapper 49, Super HIK 4-in-1: bits 6–7 select the block. If bit 0 is set, the MMC3 maps PRG, else bits 4–5
 * select 32 KiB. Submapper 1 starts with $41. https://www.nesdev.org/wiki/INES_Mapper_049
 */
class SuperHik4In1 extends RamSpaceOuter {
  protected override get initial(): number {
    return this.image.submapper === 1 ? 0x41 : 0;
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    const outer = this.registers[FREE];
    const inner = (outer & 1) !== 0 ? bank & 0x0f : ((outer >> 2) & 0x0c) | slot;
    super.mapPrgBank(slot, ((outer >> 6) << 4) | inner);
  }

  protected override mapChrBank(slot: number, bank: number): void {
    super.mapChrBank(slot, ((this.registers[FREE] >> 6) << 7) | (bank & 0x7f));
  }
}

/**
 * Mapper 52, Mario Party 7-in-1: sizes and positions of both blocks; bit 7 locks the register.
 * https://www.nesdev.org/wiki/INES_Mapper_052
 */
class MarioParty7In1 extends RamSpaceOuter {
  protected override get isLocked(): boolean {
    return this.registers[FREE] >= 0x80;
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    const outer = this.registers[FREE];
    const is128 = (outer & 8) !== 0;
    const block = (outer & 6) | (is128 ? outer & 1 : 0);
    super.mapPrgBank(slot, (block << 4) | (bank & (is128 ? 0x0f : 0x1f)));
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const outer = this.registers[FREE];
    const is128 = (outer & 0x40) !== 0;
    const block = (outer & 4) | ((outer >> 4) & 2) | (is128 ? (outer >> 4) & 1 : 0);
    super.mapChrBank(slot, (block << 7) | (bank & (is128 ? 0x7f : 0xff)));
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 12,
    name: "MMC3 clone SL-5020B",
    board: Sl5020b,
    wiki: ["INES_Mapper_012"],
  },
  {
    mapper: 44,
    name: "Super HiK 7-in-1 (MMC3)",
    board: SuperBig7In1,
    wiki: ["INES_Mapper_044"],
  },
  {
    mapper: 49,
    name: "Super HiK 4-in-1 (MMC3)",
    board: SuperHik4In1,
    wiki: ["INES_Mapper_049"],
    unif: [{ names: "STREETFIGTER-GAME4IN1", submapper: 1 }],
    knownSubmappers: [1],
  },
  {
    mapper: 52,
    name: "Mario Party 7-in-1 (MMC3)",
    board: MarioParty7In1,
    wiki: ["INES_Mapper_052"],
    unif: [{ names: "MARIOPARTY7IN1" }],
  },
];

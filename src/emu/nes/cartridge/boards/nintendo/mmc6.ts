import { HOOK_A12, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { BANK_SELECT, Mmc3, RAM_PROTECT } from "./mmc3.ts";

/** The chip has 1 KiB, visible at $7000–$7FFF; each half has its own enables. */
const HALF_BYTES = 0x200;

/**
 * Mapper 4 submapper 1, MMC6 on HKROM: an MMC3 with 1 KiB of RAM inside. $A001 has a read and a write enable
 * for the upper and the lower 512 bytes; $8000 bit 5 enables the whole RAM. https://www.nesdev.org/wiki/MMC6
 */
class Mmc6 extends Mmc3 {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_READS;

  static override chips() {
    return { prgRamBytes: 0, prgNvramBytes: 2 * HALF_BYTES };
  }

  override powerOn(): void {
    super.powerOn();
    this.registers[RAM_PROTECT] = 0;
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) {
      this.writeMmc3(address, value, cycle);
      // While the RAM is off, its enables are held at 0.
      if ((this.registers[BANK_SELECT] & 0x20) === 0) this.registers[RAM_PROTECT] = 0;
      return;
    }
    const enables = this.#enables(address);
    if (address >= 0x7000 && (enables & 3) === 3) this.memory.bytes[this.#ramOffset(address)] = value;
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  /** If only one half is readable, the other reads as 0; if none is, reads are open bus. */
  override peekRegister(address: number, openBus: number): number {
    if (address < 0x7000 || address > 0x7fff) return openBus;
    if ((this.#enables(address) & 2) !== 0) return this.memory.bytes[this.#ramOffset(address)];
    return (this.#enables(address ^ HALF_BYTES) & 2) !== 0 ? 0 : openBus;
  }

  protected override mapRam(): void {
    this.memory.unmapCpu(0x6000, 0x2000);
  }

  /** The enable bits of the half that contains `address`: bit 1 readable, bit 0 writable. */
  #enables(address: number): number {
    return (address & HALF_BYTES) !== 0
      ? this.registers[RAM_PROTECT] >> 6
      : (this.registers[RAM_PROTECT] >> 4) & 3;
  }

  #ramOffset(address: number): number {
    return this.memory.prgRam.offset + (address & (2 * HALF_BYTES - 1));
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 4,
    submappers: [1],
    name: "MMC6 (HKROM)",
    board: Mmc6,
    wiki: ["MMC6"],
    unif: [{ names: "HKROM", submapper: 1 }],
  },
];

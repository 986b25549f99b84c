import { KIB } from "../../../../units.ts";
import { HOOK_A12, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { BANK_SELECT, FREE, Mmc3 } from "../nintendo/mmc3.ts";

const A15 = FREE; // 0 or 4
const A16 = FREE + 1; // 0 or 8
const BLOCK = FREE + 2; // PRG A17 and A18 in bits 4 and 5

/**
 * Mapper 383, YY840708C, Soccer 6-in-1: an MMC3 and a PAL with four signals, set by addresses of writes. In
 * block 0 a read at $8000–$BFFF sets PRG A16 to that of the MMC3's bank there; the pages are then not mapped,
 * so that the board sees these reads. In block 3 CPU A14 is inverted.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_383
 */
class Soccer6In1 extends Mmc3 {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_READS;

  protected override initialize(): void {
    this.registers.fill(0, A15, BLOCK + 1);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    if ((address & 0x100) !== 0) {
      this.registers[A15] = (address >> 11) & 4;
      this.registers[BLOCK] = address & 0x30;
    }
    this.writeMmc3(address, value, cycle);
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    if (address >= 0x8000 && address < 0xc000) {
      const a16 = this.#bank(address) & 8;
      if (a16 !== this.registers[A16]) {
        this.registers[A16] = a16;
        this.mapPrgBanks();
      }
    }
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if (address < 0x8000 || address >= 0xc000) return openBus;
    const { bytes, offset } = this.memory.prgRom;
    const at = (this.#inBlock0(this.#bank(address)) * 8 * KIB + (address & 0x1fff)) % bytes;
    return this.memory.bytes[offset + at];
  }

  /** The MMC3's bank at $8000 or at $A000. */
  #bank(address: number): number {
    const { registers } = this;
    if (address >= 0xa000) return registers[7];
    return (registers[BANK_SELECT] & 0x40) !== 0 ? 0xfe : registers[6];
  }

  #inBlock0(bank: number): number {
    const { registers } = this;
    return registers[A16] === 0 ? (bank & 3) | registers[A15] : (bank & 7) | 8;
  }

  protected override mapPrgBanks(): void {
    super.mapPrgBanks();
    if (this.registers[BLOCK] === 0) this.memory.unmapCpu(0x8000, 16 * KIB);
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    const block = this.registers[BLOCK];
    if (block === 0) super.mapPrgBank(slot, this.#inBlock0(bank));
    else if (block < 0x30) super.mapPrgBank(slot, (bank & 0x0f) | block);
    else {
      super.mapPrgBank(slot ^ 2, (bank & 0x0f) | block);
      if (slot === 3) this.memory.mapPrg(0x6000, 8 * KIB, (bank & 0x0b) | block);
    }
  }

  protected override mapChrBank(slot: number, bank: number): void {
    super.mapChrBank(slot, (bank & 0x7f) | (this.registers[BLOCK] << 3));
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 383, name: "YY840708C, Soccer 6-in-1 (MMC3)", board: Soccer6In1, wiki: ["NES_2.0_Mapper_383"] },
];

import { KIB } from "../../../../units.ts";
import { HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";

/** CPU bank $C000 by what is written at $4022. */
const BANKS = [4, 3, 5, 3, 6, 3, 7, 3];
const BANK = 0;
const LATCH = 1;

/** Bits of $4122 that can be read back. */
const LATCHED = 0x35;

/**
 * Mapper 368, YUNG-08: Super Mario Bros. 2 from disk, with a latch that a copy protection reads back.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_368
 */
class Yung08 extends CycleCounter {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;
  protected override readonly limit: number = 4096;

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const register = address & 0xf1ff;
    if (register === 0x4022) this.registers[BANK] = value & 7;
    else if (register === 0x4122) {
      this.registers[LATCH] = value & LATCHED;
      this.isCounting = (value & 1) !== 0;
      if (!this.isCounting) {
        this.counter = 0;
        this.clearIrq(cycle);
      }
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    return (address & 0xf1ff) === 0x4122 ? 0x8a | this.registers[LATCH] : openBus;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x6000, 8 * KIB, 2);
    memory.mapPrg(0x8000, 8 * KIB, 1);
    memory.mapPrg(0xa000, 8 * KIB, 0);
    memory.mapPrg(0xc000, 8 * KIB, BANKS[registers[BANK]]);
    memory.mapPrg(0xe000, 8 * KIB, 8);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 368, name: "YUNG-08", board: Yung08, wiki: ["NES_2.0_Mapper_368"] },
];

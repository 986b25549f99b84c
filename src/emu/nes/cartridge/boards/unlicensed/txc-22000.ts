import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

const ACCUMULATOR = 0;
const INVERT = 1;
const STAGING = 2;
const INCREMENT = 3;
const OUTPUT = 4;
const CHR = 5;

/** The four bits of the chip; three of them are PRG bank bits and increment with carry. */
const MASK = 7;

/**
 * Mapper 36, TXC 01-22000-400: a scrambling chip changes the PRG bank; CHR is a plain latch.
 * https://www.nesdev.org/wiki/INES_Mapper_036
 */
class Txc22000 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override writeRegister(address: number, value: number): void {
    const { registers } = this;
    if ((address & 0xf200) === 0x4200) registers[CHR] = value;
    if (address >= 0x8000) registers[OUTPUT] = registers[ACCUMULATOR];
    else if ((address & 0xe100) === 0x4100) this.#writeChip(address & 3, (value >> 4) & 3);
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xe103) !== 0x4100) return openBus;
    return (openBus & 0xcf) | ((this.registers[ACCUMULATOR] & 3) << 4);
  }

  override updateBanks(): void {
    this.memory.mapPrg(0x8000, 32 * KIB, this.registers[OUTPUT] & 3);
    this.memory.mapChr(0x0000, 8 * KIB, this.registers[CHR] & 0x0f);
  }

  #writeChip(register: number, value: number): void {
    const { registers } = this;
    if (register === 1) registers[INVERT] = value & 1;
    else if (register === 2) registers[STAGING] = value & MASK;
    else if (register === 3) registers[INCREMENT] = value & 1;
    else if (registers[INCREMENT] !== 0) registers[ACCUMULATOR] = (registers[ACCUMULATOR] + 1) & MASK;
    else registers[ACCUMULATOR] = (registers[STAGING] ^ (registers[INVERT] !== 0 ? MASK : 0)) & MASK;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 36,
    name: "TXC 01-22000-400",
    board: Txc22000,
    wiki: ["INES_Mapper_036"],
    unif: [{ names: "TXC-22000 01-22000-400" }],
  },
];

import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

/** Bits 0–7 and 8–14 of a linear feedback shift register, which starts with 1. */
const LOW = 0;
const HIGH = 1;

/** The bits that the weak cells of the ROM can have: 1111XX1X. */
const FIXED_BITS = 0xf2;

/**
 * Mapper 328, RT-01, a test cartridge: NROM-128 whose EPROM has weak bits, at $CE80–$CEFF and $FE80–$FEFF.
 * The program waits until their sum changes. Other emulators read random numbers there; here a shift register
 * steps with each read, so that runs are reproducible. A14 is not decoded.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_328
 */
class Rt01 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override powerOn(): void {
    this.registers[LOW] = 1;
  }

  override writeRegister(): void {}

  override readRegister(address: number, openBus: number): number {
    if (!isWeak(address)) return this.peekRegister(address, openBus);
    const { registers } = this;
    const bits = registers[LOW] | (registers[HIGH] << 8);
    const next = (bits >> 1) | (((bits ^ (bits >> 1)) & 1) << 14);
    registers[LOW] = next & 0xff;
    registers[HIGH] = next >> 8;
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if (address < 0x8000) return openBus;
    if (isWeak(address)) return FIXED_BITS | (this.registers[LOW] & ~FIXED_BITS);
    const { bytes, offset } = this.memory.prgRom;
    return this.memory.bytes[offset + ((address & 0x3fff) % bytes)];
  }

  /** The pages of weak bits are not mapped, so that the board sees these reads. */
  override updateBanks(): void {
    const { memory } = this;
    for (let address = 0x8000; address < 0x10000; address += 16 * KIB) memory.mapPrg(address, 16 * KIB, 0);
    for (let address = 0x8800; address < 0x10000; address += 16 * KIB) {
      memory.unmapCpu(address, 2 * KIB);
      memory.unmapCpu(address + 0x3000, 2 * KIB);
    }
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

/** $0E80–$0EFF and $3E80–$3EFF of both halves. */
function isWeak(address: number): boolean {
  return address >= 0x8000 && ((address & 0x3f80) === 0x0e80 || (address & 0x3f80) === 0x3e80);
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 328,
    name: "RT-01",
    board: Rt01,
    wiki: ["NES_2.0_Mapper_328"],
    unif: [{ names: "RT-01" }],
  },
];

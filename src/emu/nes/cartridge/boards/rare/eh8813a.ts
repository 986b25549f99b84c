import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { mapNrom, mirrorBy } from "../parts/register-board.ts";

const LOW_ADDRESS = 0; // pDPPPPPP: NROM-128, read the solder pads, PRG bank
const HIGH_ADDRESS = 1; // .......L: lock
const DATA = 2; // MCCCCCCC: mirroring, CHR bank
const SCRATCH = 4; // four registers of four bits

const NROM_128 = 0x80;
const READ_PADS = 0x40;

/**
 * Mapper 519, EH8813A: a write latches its address and its data. Once locked, only the two lowest bits of the
 * CHR bank can change. While the solder pads are read, they replace the lowest four bits of addresses; on
 * this board they are 0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_519
 */
class Eh8813a extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override reset(): void {
    this.registers.fill(0, LOW_ADDRESS, SCRATCH);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    const { registers } = this;
    if ((address & 0xf800) === 0x5800) registers[SCRATCH + (address & 3)] = value & 0x0f;
    if (address < 0x8000) return;
    if (registers[HIGH_ADDRESS] === 0) {
      registers[LOW_ADDRESS] = address & 0xff;
      registers[HIGH_ADDRESS] = (address >> 8) & 1;
      registers[DATA] = value;
    } else registers[DATA] = (registers[DATA] & 0xfc) | (value & 3);
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xf800) === 0x5800) return this.registers[SCRATCH + (address & 3)];
    if (address < 0x8000) return openBus;
    const { memory } = this;
    const bank = this.registers[LOW_ADDRESS] & 0x3f;
    const is128 = (this.registers[LOW_ADDRESS] & NROM_128) !== 0;
    const start = is128 ? bank * 16 * KIB + (address & 0x3ff0) : (bank >> 1) * 32 * KIB + (address & 0x7ff0);
    return memory.bytes[memory.prgRom.offset + (start % memory.prgRom.bytes)];
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    if ((registers[LOW_ADDRESS] & READ_PADS) !== 0) memory.unmapCpu(0x8000, 32 * KIB);
    else mapNrom(memory, registers[LOW_ADDRESS] & 0x3f, (registers[LOW_ADDRESS] & NROM_128) === 0);
    memory.mapChr(0x0000, 8 * KIB, registers[DATA] & 0x7f);
    mirrorBy(memory, registers[DATA] & 0x80);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 519,
    name: "EH8813A",
    board: Eh8813a,
    wiki: ["NES_2.0_Mapper_519"],
    unif: [{ names: "EH8813A" }],
  },
];

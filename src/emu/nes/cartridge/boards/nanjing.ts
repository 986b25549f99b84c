import { Board, HOOK_CPU_READS, HOOK_PPU_FETCH } from "../board.ts";

const KIB = 1024;

const MODE = 0; // S...PPPP
const CHALLENGE = 1;
const PRG_HIGH = 2;
const SWAP = 3;
const TRIGGER_VALUE = 4;
const TRIGGER = 5;
const CHR_HALF = 6;

/**
 * Mapper 163, Nanjing: 32 KiB PRG banks, a protection that reads back what was written, and CHR RAM whose
 * 4 KiB half follows PPU A9 of nametable reads, the upper half of the screen showing the first.
 * https://www.nesdev.org/wiki/INES_Mapper_163
 */
export class Nanjing extends Board {
  override readonly hooks: number = HOOK_CPU_READS | HOOK_PPU_FETCH;

  override powerOn(): void {
    this.registers[TRIGGER] = 1;
  }

  override writeRegister(address: number, value: number): void {
    if ((address & 0xf000) !== 0x5000) return;
    const { registers } = this;
    if (address === 0x5101) {
      if (registers[TRIGGER_VALUE] !== 0 && value === 0) registers[TRIGGER] ^= 1;
      registers[TRIGGER_VALUE] = value;
    } else {
      registers[(address >> 8) & 3] = value;
    }
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    const { registers } = this;
    if ((address & 0xf000) !== 0x5000) return openBus;
    switch (address & 0x7700) {
      case 0x5100:
        return registers[SWAP] | registers[CHALLENGE] | registers[MODE] | (registers[PRG_HIGH] ^ 0xff);
      case 0x5500:
        return registers[TRIGGER] !== 0 ? registers[SWAP] | registers[MODE] : 0;
      default:
        return 4;
    }
  }

  override ppuFetch(address: number, value: number): number {
    if (address >= 0x2000 && (address & 0x3ff) < 0x3c0) {
      const half = (address >> 9) & 1;
      if (this.registers[CHR_HALF] !== half) {
        this.registers[CHR_HALF] = half;
        this.#mapChr();
      }
    }
    return value;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    // A challenge of 6 shows bank 3, which holds the answers.
    const bank = (registers[MODE] & 0x0f) | ((registers[PRG_HIGH] & 0x0f) << 4);
    memory.mapPrg(0x8000, 32 * KIB, registers[CHALLENGE] === 6 ? 3 : bank);
    this.#mapChr();
  }

  #mapChr(): void {
    const { memory, registers } = this;
    if ((registers[MODE] & 0x80) === 0) {
      memory.mapChr(0x0000, 8 * KIB, 0);
      return;
    }
    memory.mapChr(0x0000, 4 * KIB, registers[CHR_HALF]);
    memory.mapChr(0x1000, 4 * KIB, registers[CHR_HALF]);
  }
}

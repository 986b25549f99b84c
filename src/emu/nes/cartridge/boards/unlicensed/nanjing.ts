import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

const LOW = 0; // C...PPPP: CHR switch, PRG bank
const FEEDBACK = 1; // .....F.E
const HIGH = 2; // ......PP
const MODE = 3; // .....A.B: use all bits of the PRG bank, swap D0 and D1
const CHR_HALF = 4;
const LAST_WAS_NAMETABLE = 5;

const FLIPS = 1;
const FEEDBACK_BIT = 4;

/**
 * Mapper 163, Nanjing FC-001: 32 KiB PRG banks, a bit that copy protections write and read back inverted, and
 * CHR RAM. PPU A9 selects the 4 KiB half of CHR RAM each time that reads enter a nametable, so the upper half
 * of the screen shows the first one. https://www.nesdev.org/wiki/INES_Mapper_163
 */
class Nanjing extends Board {
  override readonly hooks: number = HOOK_CPU_READS | HOOK_PPU_FETCH;

  override reset(): void {
    this.registers.fill(0, 0, MODE + 1);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if ((address & 0xf000) !== 0x5000) return;
    const { registers } = this;
    const register = (address >> 8) & 3;
    const swaps = register !== MODE && (registers[MODE] & 1) !== 0;
    const data = swaps ? (value & 0xfc) | ((value & 1) << 1) | ((value >> 1) & 1) : value;
    if (register !== FEEDBACK || (address & 1) === 0) registers[register] = data;
    else if ((data & FLIPS) !== 0) registers[FEEDBACK] ^= FEEDBACK_BIT;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xf300) !== 0x5100) return openBus;
    return (openBus & ~FEEDBACK_BIT) | (~this.registers[FEEDBACK] & FEEDBACK_BIT);
  }

  override ppuFetch(address: number, value: number): number {
    const { registers } = this;
    const isNametable = address >= 0x2000 ? 1 : 0;
    const half = (address >> 9) & 1;
    if (isNametable > registers[LAST_WAS_NAMETABLE] && registers[CHR_HALF] !== half) {
      registers[CHR_HALF] = half;
      this.#mapChr();
    }
    registers[LAST_WAS_NAMETABLE] = isNametable;
    return value;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    const bank = (registers[LOW] & 0x0f) | ((registers[HIGH] & 3) << 4);
    memory.mapPrg(0x8000, 32 * KIB, (registers[MODE] & 4) !== 0 ? bank : bank | 3);
    this.#mapChr();
  }

  #mapChr(): void {
    const { memory, registers } = this;
    const switches = (registers[LOW] & 0x80) !== 0;
    memory.mapChr(0x0000, 4 * KIB, switches ? registers[CHR_HALF] : 0);
    memory.mapChr(0x1000, 4 * KIB, switches ? registers[CHR_HALF] : 1);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 163,
    name: "Nanjing FC-001",
    board: Nanjing,
    wiki: ["INES_Mapper_163"],
  },
];

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
 * CHR RAM whose 4 KiB half follows PPU A9 when reads enter a nametable, so that the upper half of the screen
 * shows the first half of the RAM.
 */
export abstract class NanjingChr extends Board {
  override reset(): void {
    this.registers.fill(0, 0, MODE + 1);
    this.updateBanks();
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
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.memory.mapPrg(0x8000, 32 * KIB, this.prgBank());
    this.#mapChr();
  }

  /** The 32 KiB bank. */
  protected abstract prgBank(): number;

  #mapChr(): void {
    const { memory, registers } = this;
    const switches = (registers[LOW] & 0x80) !== 0;
    memory.mapChr(0x0000, 4 * KIB, switches ? registers[CHR_HALF] : 0);
    memory.mapChr(0x1000, 4 * KIB, switches ? registers[CHR_HALF] : 1);
  }
}

/**
 * Mapper 163, Nanjing FC-001: 32 KiB PRG banks, and a bit that copy protections read back inverted.
 * https://www.nesdev.org/wiki/INES_Mapper_163
 */
class Nanjing extends NanjingChr {
  override readonly hooks: number = HOOK_CPU_READS | HOOK_PPU_FETCH;

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

  protected override prgBank(): number {
    const { registers } = this;
    const bank = (registers[LOW] & 0x0f) | ((registers[HIGH] & 3) << 4);
    return (registers[MODE] & 4) !== 0 ? bank : bank | 3;
  }
}

/** Mapper 162, Waixing FS304: A15 and A16 by a mode. https://www.nesdev.org/wiki/INES_Mapper_162 */
class Fs304 extends NanjingChr {
  override readonly hooks: number = HOOK_PPU_FETCH;

  override writeRegister(address: number, value: number): void {
    if ((address & 0xf000) !== 0x5000) return;
    this.registers[(address >> 8) & 3] = value;
    this.updateBanks();
  }

  protected override prgBank(): number {
    const { registers } = this;
    const mode = registers[MODE];
    const a16 = (mode & 4) !== 0 ? registers[LOW] & 2 : 2;
    const fixed = (mode & 4) !== 0 ? registers[LOW] & 1 : 1;
    const a15 = (mode & 1) !== 0 ? fixed : (registers[FEEDBACK] >> 1) & 1;
    return ((registers[HIGH] & 3) << 4) | (registers[LOW] & 0x0c) | a16 | a15;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 162,
    name: "Waixing FS304",
    board: Fs304,
    wiki: ["INES_Mapper_162"],
    unif: [{ names: "FS304" }],
    ram: { prgBytes: 8 * KIB },
  },
  {
    mapper: 163,
    name: "Nanjing FC-001",
    board: Nanjing,
    wiki: ["INES_Mapper_163"],
  },
];

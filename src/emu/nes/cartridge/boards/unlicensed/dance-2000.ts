import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { mirrorBy } from "../parts/register-board.ts";

export const PRG = 0; // REPPPPPP: RAM, expansion cartridge, bank
export const MODE = 1; // .....SBM: 32 KiB, CHR switching, mirroring
const CHR_HALF = 2;

const HORIZONTAL = 1;
const CHR_SWITCH = 2;
export const PRG_32 = 4;
const PRG_RAM = 0x80;
const EXPANSION = 0x40;
/** ROM of the main cartridge; that of an expansion cartridge follows it in the image. */
const MAIN_ROM_BYTES = 1024 * KIB;

/**
 * Mapper 518, Subor's educational computers and Dance 2000: while the PPU reads from the second nametable,
 * the second half of CHR RAM replaces the first. Only reads are switched. The SB-97's floppy disk drive is
 * missing.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_518
 */
export class Dance2000 extends Board {
  override readonly hooks: number = HOOK_PPU_FETCH;

  override declareState(state: StateCheck): void {
    state.slots("board.chrHalf", this.registers, FLAG, CHR_HALF, 1);
  }

  override writeRegister(address: number, value: number): void {
    if (address === 0x5000) this.registers[PRG] = value;
    else if (address === 0x5200) this.registers[MODE] = value & 7;
    else return;
    this.updateBanks();
  }

  override ppuFetch(address: number, value: number): number {
    const { registers, memory } = this;
    if (address >= 0x2000) {
      const shift = (registers[MODE] & HORIZONTAL) !== 0 ? 11 : 10;
      registers[CHR_HALF] = (address >> shift) & 1;
      return value;
    }
    const isSwitched = (registers[MODE] & CHR_SWITCH) !== 0 && address < 0x1000 && registers[CHR_HALF] !== 0;
    if (!isSwitched || memory.chr.bytes < 8 * KIB) return value;
    return memory.bytes[memory.chr.offset + 4 * KIB + address];
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    const is32 = (registers[MODE] & PRG_32) !== 0;
    const size = is32 ? 32 * KIB : 16 * KIB;
    const bank = registers[PRG] & 0x7f;
    if (!is32) memory.mapPrg(0xc000, 16 * KIB, 0);
    if ((registers[PRG] & PRG_RAM) !== 0) this.#mapRam(size, bank);
    else if ((registers[PRG] & EXPANSION) === 0 || memory.prgRom.bytes > MAIN_ROM_BYTES)
      memory.mapPrg(0x8000, size, bank);
    else memory.unmapCpu(0x8000, size);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, registers[MODE] & HORIZONTAL);
  }

  /** Maps the SB-97's second PRG RAM, which follows the 8 KiB at $6000. */
  #mapRam(size: number, bank: number): void {
    const { memory } = this;
    if (memory.prgRam.bytes <= 8 * KIB) {
      memory.unmapCpu(0x8000, size);
      return;
    }
    const second = {
      ...memory.prgRam,
      offset: memory.prgRam.offset + 8 * KIB,
      bytes: memory.prgRam.bytes - 8 * KIB,
    };
    memory.mapCpu(0x8000, size, second, bank);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 518,
    name: "Subor SB-97, Dance 2000",
    board: Dance2000,
    wiki: ["NES_2.0_Mapper_518"],
    unif: [{ names: "DANCE2000" }],
  },
];

/** Boards that select patterns by the tile of the background. */
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board, type BoardParts, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import { type BoardChips, PPU_PAGE_BYTES } from "../../memory.ts";

const PRG = 0;
const TILE = 1; // the byte that belongs to the last tile read

/**
 * Mapper 560, C/E BASIC: 1 KiB of RAM takes the PPU writes to $2400–$27FF too, and selects the patterns of
 * each tile. Any write to ROM switches the 32 KiB bank, and with it patterns of one bit per pixel. Submapper
 * 1, Subor, has a bit for each bit plane. This follows NintendulatorNRS.
 */
class CeBasic extends Board {
  override readonly hooks: number = HOOK_PPU_FETCH;

  static override chips(_image: CartridgeImage): BoardChips {
    return { extraRamBytes: PPU_PAGE_BYTES };
  }

  constructor(parts: BoardParts) {
    super(parts);
    this.memory.onUnmappedPpuWrite = (address, value) => {
      if ((address & 0x2c00) !== 0x2400) return;
      const { memory } = this;
      const at = address & (PPU_PAGE_BYTES - 1);
      memory.bytes[memory.extraRam.offset + at] = value;
      memory.bytes[memory.ppuReadPages[address >> 10] + at] = value;
      memory.nametableVersion = (memory.nametableVersion + 1) | 0;
    };
  }

  override powerOn(): void {
    this.registers[PRG] = 1;
  }

  override reset(): void {
    this.registers[PRG] = 1;
    this.updateBanks();
  }

  override declareState(state: StateCheck): void {
    state.slots("board.prg", this.registers, FLAG, PRG, 1);
  }

  override writeRegister(address: number): void {
    if (address < 0x8000) return;
    this.registers[PRG] ^= 1;
    this.updateBanks();
  }

  override ppuFetch(address: number, value: number): number {
    const { registers, memory } = this;
    const at = address & 0x3ff;
    if (address >= 0x2000) {
      if (at < 0x3c0) registers[TILE] = memory.bytes[memory.extraRam.offset + at];
      return value;
    }
    return this.image.submapper === 1 ? this.#subor(address, value) : this.#hongDa(address, value);
  }

  override updateBanks(): void {
    const { memory } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 32 * KIB, this.registers[PRG]);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror(memory.mirroring);
    for (const page of [9, 13]) memory.ppuWritePages[page] = -1;
  }

  #hongDa(address: number, value: number): number {
    const tile = this.registers[TILE];
    const row = ((address >> 1) & 0x1f8) | (address & 7);
    const bank = address >> 10;
    const at =
      this.registers[PRG] === 0
        ? ((address << 13) & 0x10000) | (bank << 9) | row
        : ((tile << 11) & 0x1f800) | ((bank << 9) & 0x600) | row;
    return this.#patternByte(at, value);
  }

  #subor(address: number, value: number): number {
    const tile = this.registers[TILE];
    if (this.registers[PRG] === 0 || (tile & 0xc0) === 0) return value;
    if ((tile & ((address & 8) !== 0 ? 0x40 : 0x80)) === 0) return 0;
    const at = ((tile << 12) & 0x1f000) | (address & 0xff0) | ((tile >> 2) & 8) | (address & 7);
    return this.#patternByte(at, value);
  }

  #patternByte(at: number, value: number): number {
    const { bytes, chrRom } = this.memory;
    return chrRom.bytes === 0 ? value : bytes[chrRom.offset + (at % chrRom.bytes)];
  }
}

const LATCH = 0; // ......BS: a bitmap at $1000, without its last quarter
const QUARTER = 1; // of the screen

/**
 * Mapper 497, Subor LOGO: 32 KiB of CHR RAM. For a bitmap, each quarter of the screen has its own 4 KiB at
 * $1000. The quarter is that of the last tile that the PPU read. This follows NintendulatorNRS, in which only
 * the tiles at the start of a quarter select it.
 */
class SuborLogo extends Board {
  override readonly hooks: number = HOOK_PPU_FETCH;

  override reset(): void {
    this.registers.fill(0);
    this.updateBanks();
  }

  override declareState(state: StateCheck): void {
    state.slots("board.quarter", this.registers, range(0, 3), QUARTER, 1);
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers[LATCH] = value;
    this.updateBanks();
  }

  override ppuFetch(address: number, value: number): number {
    const { registers } = this;
    const at = address & 0x3ff;
    if (address < 0x2000 || at >= 0x3c0 || registers[QUARTER] === at >> 8) return value;
    registers[QUARTER] = at >> 8;
    this.#mapChr();
    return value;
  }

  override updateBanks(): void {
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    this.memory.mapPrg(0x8000, 32 * KIB, 0);
    this.memory.mapChr(0x0000, 4 * KIB, 0);
    this.#mapChr();
  }

  #mapChr(): void {
    const { memory, registers } = this;
    const isBitmap = (registers[LATCH] & 2) !== 0 && ((registers[LATCH] & 1) === 0 || registers[QUARTER] < 3);
    memory.mapChr(0x1000, 4 * KIB, isBitmap ? 2 + registers[QUARTER] : 1);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 497, name: "Subor LOGO", board: SuborLogo, ram: { insteadOfRomBytes: 32 * KIB } },
  { mapper: 560, name: "C/E BASIC", board: CeBasic, knownSubmappers: [1] },
];

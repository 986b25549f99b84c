/** Rainbow's banks. `registers` are those from $4100 on. */
import { KIB } from "../../../../units.ts";
import type { CartridgeMemory, Chip } from "../../memory.ts";
import { CHR_CONTROL, CHR_LOWER, CHR_UPPER, NAMETABLE_CONTROL } from "./rainbow-fetches.ts";

const PRG_MODE = 0x00; // A....OOO: two windows below $8000, mode above
const PRG_UPPER = 0x00; // + 6 to 15 for $6000, $7000, $8000 … $F000
const PRG_LOWER = 0x10;
const FPGA_BANK = 0x15;
const NAMETABLE_BANK = 0x26;

/** The sizes of the windows from $8000 on, in 4 KiB, by mode. */
const WINDOWS: readonly (readonly number[])[] = [[8], [4, 4], [4, 2, 2], [2, 2, 2, 2]];
const SMALL_WINDOWS: readonly number[] = [1, 1, 1, 1, 1, 1, 1, 1];

/** Maps $4800–$FFFF. */
export function mapPrg(memory: CartridgeMemory, registers: Uint8Array): void {
  memory.mapCpu(0x4800, 2 * KIB, memory.extraRam, 3);
  memory.mapCpu(0x5000, 4 * KIB, memory.extraRam, registers[FPGA_BANK] & 1);
  const isSplit = registers[PRG_MODE] >= 0x80;
  mapWindow(memory, registers, 6, isSplit ? 1 : 2);
  if (isSplit) mapWindow(memory, registers, 7, 1);
  let window = 8;
  for (const size of WINDOWS[registers[PRG_MODE] & 7] ?? SMALL_WINDOWS) {
    mapWindow(memory, registers, window, size);
    window += size;
  }
}

/**
 * Maps the window at `window` × $1000; banks count in windows. The two highest bits of a bank select the chip
 * below $8000, its highest bit does above.
 */
function mapWindow(memory: CartridgeMemory, registers: Uint8Array, window: number, size: number): void {
  const upper = registers[PRG_UPPER + window];
  const isFpga = window < 8 && upper >= 0xc0;
  const chip = upper < 0x80 ? memory.prgRom : isFpga ? memory.extraRam : memory.prgRam;
  const bank = ((upper & (window < 8 && upper >= 0x80 ? 0x3f : 0x7f)) << 8) | registers[PRG_LOWER + window];
  memory.mapCpu(window << 12, size * 4 * KIB, chip, bank);
}

/** Maps the pattern tables and the nametables. */
export function mapChr(memory: CartridgeMemory, registers: Uint8Array): void {
  mapPatterns(memory, registers);
  for (let nametable = 0; nametable < 4; nametable++) {
    const chip = chipOf(memory, registers[NAMETABLE_CONTROL + nametable] >> 6);
    const mask = chip === memory.ciram ? 1 : chip === memory.extraRam ? 3 : 0xff;
    memory.mapPpu(0x2000 + nametable * KIB, KIB, chip, registers[NAMETABLE_BANK + nametable] & mask);
  }
}

function mapPatterns(memory: CartridgeMemory, registers: Uint8Array): void {
  const control = registers[CHR_CONTROL];
  if (control >= 0x80) {
    memory.mapPpu(0x0000, 4 * KIB, memory.extraRam, 0);
    memory.mapPpu(0x1000, 4 * KIB, memory.extraRam, 0);
    return;
  }
  const chip = control < 0x40 ? memory.chrRom : memory.chrRam;
  // A page of two windows of 512 bytes has the first one's bank for writes.
  const isSmall = (control & 4) !== 0;
  const size = isSmall ? KIB : (8 * KIB) >> (control & 3);
  for (let window = 0; window * size < 8 * KIB; window++) {
    const register = isSmall ? window * 2 : window;
    const bank = (registers[CHR_UPPER + register] << 8) | registers[CHR_LOWER + register];
    memory.mapPpu(window * size, size, chip, isSmall ? bank >> 1 : bank);
  }
}

function chipOf(memory: CartridgeMemory, selector: number): Chip {
  return [memory.ciram, memory.chrRam, memory.extraRam, memory.chrRom][selector];
}

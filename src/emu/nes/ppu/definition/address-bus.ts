/**
 * The PPU's side of the cartridge: fourteen address pins. The low eight also carry data, so an external
 * latch, open while ALE is high, holds the low address byte during the read that follows. The byte that was
 * read stays on the pins. https://www.nesdev.org/wiki/PPU_pinout
 */
import type { PpuState } from "../state.ts";

/** The CPU samples IRQ 7 master clocks into a cycle, in half master clocks. */
const IRQ_SAMPLE_UNITS = 14;
/**
 * From a rise of A12 to the board's IRQ pin: nearly a dot, as blargg's mmc3_test_2/4-scanline_timing
 * measures.
 */
const BOARD_DELAY_UNITS = 7;
/** MMC3-like boards see A12 rise only after it was low for three falling edges of M2. */
export const A12_FILTER_CYCLES = 3;
export const PALETTE_START = 0x3f00;

/** Reads a byte. The high part of the address comes from the pins, the low part from the latch. */
export function fetchVideo(ppu: PpuState): number {
  const address = (ppu.addressBus & 0x3f00) | ppu.octalLatch;
  const page = ppu.readPages[address >> 10];
  let value = page < 0 ? ppu.addressBus & 0xff : ppu.bytes[page + (address & 0x3ff)];
  if (ppu.watchesFetches) value = ppu.board.ppuFetch(address, value, cpuCycle(ppu));
  ppu.addressBus = (ppu.addressBus & 0xff00) | value;
  return value;
}

/** Writes a byte for $2007. Palette RAM is inside the PPU, so the cartridge does not see writes to it. */
export function storeVideo(ppu: PpuState, value: number): void {
  if ((ppu.addressBus & PALETTE_START) === PALETTE_START) {
    ppu.palette[paletteIndex(ppu.addressBus)] = value & 0x3f;
    return;
  }
  ppu.memory.writePpu((ppu.addressBus & 0x3f00) | ppu.octalLatch, value);
}

/**
 * Index in palette RAM of an address in $3F00–$3FFF. Entry 0 of each sprite palette mirrors the background's.
 */
export function paletteIndex(address: number): number {
  return (address & 3) === 0 ? address & 0x0f : address & 0x1f;
}

/** The first CPU cycle whose IRQ sample sees a change that happens now. */
export function cpuCycle(ppu: PpuState): number {
  return (Math.floor((ppu.timeUnits - IRQ_SAMPLE_UNITS) / ppu.cpuUnits) | 0) + 1;
}

/**
 * A12 has had `level` since `units`. Tells the board of a rise if its filter passes it.
 * https://www.nesdev.org/wiki/MMC3#IRQ_Specifics
 */
export function noteA12(ppu: PpuState, level: number, units: number): void {
  if (level === ppu.a12) return;
  ppu.a12 = level;
  if (level === 0) {
    ppu.a12FellUnits = units;
    return;
  }
  // Most rises come two fetches after the fall, which is too soon wherever the edges of M2 are.
  if (units - ppu.a12FellUnits < (A12_FILTER_CYCLES - 1) * ppu.cpuUnits) return;
  const lowCycles = Math.floor(units / ppu.cpuUnits) - Math.floor(ppu.a12FellUnits / ppu.cpuUnits);
  if (lowCycles < A12_FILTER_CYCLES) return;
  ppu.board.ppuA12Rise((Math.floor((units + BOARD_DELAY_UNITS - IRQ_SAMPLE_UNITS) / ppu.cpuUnits) | 0) + 1);
}

/** $2004. https://www.nesdev.org/wiki/PPU_registers#OAMDATA */
import { MASK_RENDERING, type PpuState } from "../state.ts";
import { blanking } from "./rendering.ts";

/** Attribute bits 2–4 do not exist in OAM. */
export const OAM_ATTRIBUTE_BITS = 0xe3;
/** The 2C07 refreshes OAM from 24 lines after the start of vertical blank. */
const PAL_REFRESH_LINE = 265;

/** Reads $2004: while rendering, the byte that evaluation holds, and otherwise the byte at OAMADDR. */
export function readOam(ppu: PpuState): number {
  const rendering = (ppu.mask & MASK_RENDERING) !== 0 && ppu.line < 240;
  return rendering ? ppu.oamLatch : ppu.oam[ppu.oamAddress];
}

/** Writes $2004. While rendering, a write only moves OAMADDR, by a whole sprite. */
export function writeOam(ppu: PpuState, value: number): void {
  if (blanking(ppu) === 0 || refreshesOam(ppu)) {
    ppu.oamAddress = (ppu.oamAddress + 4) & 0xfc;
    return;
  }
  ppu.oam[ppu.oamAddress] = (ppu.oamAddress & 3) === 2 ? value & OAM_ATTRIBUTE_BITS : value;
  ppu.oamAddress = (ppu.oamAddress + 1) & 0xff;
}

/**
 * Returns true while the 2C07 steps through OAM, so that its bits do not decay in the long vertical blank.
 * Writes are lost then. https://www.nesdev.org/wiki/PPU_OAM#Dynamic_RAM_decay
 */
function refreshesOam(ppu: PpuState): boolean {
  return ppu.line >= firstRefreshLine(ppu);
}

/** The line from which on the chip refreshes OAM; Infinity if it does not. */
export function firstRefreshLine(ppu: PpuState): number {
  return ppu.region.name === "pal" && (ppu.mask & MASK_RENDERING) !== 0 ? PAL_REFRESH_LINE : Infinity;
}

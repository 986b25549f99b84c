/** Dots 337–340 of a line, and the change to the next one, while rendering goes on. */
import { noteA12 } from "../definition/address-bus.ts";
import { nametableAddress } from "../definition/fetches.ts";
import { incrementSecondaryAddress, resetSecondaryAddress } from "../definition/secondary-oam.ts";
import { CTRL_BACKGROUND_TABLE, type PpuState, SCREEN_HEIGHT } from "../state.ts";
import { cellByte } from "./cells.ts";
import { CELLS_END, TAIL_DOTS } from "./timing.ts";
import { isUndisturbed } from "./undisturbed.ts";

/** Returns true if the PPU is just before dots 337–340 of a line, and no dot is skipped after them. */
export function canRunTail(ppu: PpuState): boolean {
  return ppu.dot === CELLS_END && !skipsDot(ppu) && isUndisturbed(ppu);
}

/** Returns true if dot 0 of the next line will be skipped, as in odd frames. */
export function skipsDot(ppu: PpuState): boolean {
  return ppu.line === ppu.preRenderLine && ppu.region.skipsOddDot && ppu.oddFrame === 1;
}

/** Dots 337–340 and dot 0 of the next line: two reads of the same nametable byte, and an unused address. */
export function runTail(ppu: PpuState): void {
  const startUnits = ppu.timeUnits;
  const { dotUnits } = ppu;
  const tile = lastReads(ppu);
  ppu.patternAddress = ((ppu.control & CTRL_BACKGROUND_TABLE) << 8) | (tile << 4) | (ppu.v >> 12);
  ppu.addressBus = ppu.patternAddress;
  if (ppu.watchesA12) noteA12(ppu, ppu.patternAddress >> 12, startUnits + 4 * dotUnits);
  ppu.timeUnits = startUnits + TAIL_DOTS * dotUnits;
  ppu.line = ppu.line === ppu.preRenderLine ? 0 : ppu.line + 1;
  ppu.dot = 0;
  if (ppu.line === SCREEN_HEIGHT) {
    // Line 240 outputs the address but reads nothing.
    ppu.readEnable = 0;
    ppu.octalLatch = nametableAddress(ppu) & 0xff;
    return;
  }
  ppu.octalLatch = ppu.fetched;
  incrementSecondaryAddress(ppu);
}

/** Dots 337–340. Returns the tile that the first read finds. */
export function lastReads(ppu: PpuState): number {
  const startUnits = ppu.timeUnits;
  const address = nametableAddress(ppu);
  const tile = cellByte(ppu, address, startUnits, 2);
  ppu.fetched = cellByte(ppu, address, startUnits, 4);
  if (ppu.watchesA12) noteA12(ppu, 0, startUnits);
  ppu.oamBufferNext = ppu.secondaryOam[ppu.secondaryAddress];
  ppu.oamBuffer = ppu.oamBufferNext;
  ppu.oamLatch = ppu.oamBufferNext;
  resetSecondaryAddress(ppu);
  ppu.overflowDelayed = ppu.overflow;
  ppu.renderingDots = 5;
  ppu.readEnable = 1;
  ppu.addressLatchEnable = 0;
  return tile;
}

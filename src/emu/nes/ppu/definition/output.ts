/** From palette RAM to the picture: the colour while nothing renders, greyscale and emphasis. */
import { MASK_EMPHASIS, MASK_GREYSCALE, type PpuState } from "../state.ts";
import { paletteIndex } from "./address-bus.ts";

const MASK_RED = 0x20;
const MASK_GREEN = 0x40;
export const MASK_RED_GREEN = MASK_RED | MASK_GREEN;

/** While nothing renders, the entry at v reaches the picture two dots later. */
export function moveIdleColour(ppu: PpuState): void {
  ppu.idleColour = ppu.idleColourNext;
  ppu.idleColourNext = ppu.palette[idlePaletteIndex(ppu)] & 0x3f;
}

/** The entry that is shown while nothing renders: the one that v points at, or else the backdrop. */
export function idlePaletteIndex(ppu: PpuState): number {
  return (ppu.v & 0x3f00) === 0x3f00 ? paletteIndex(ppu.v) : 0;
}

/** The colour that the picture shows while rendering is off. */
export function backdrop(ppu: PpuState): number {
  return ppu.palette[idlePaletteIndex(ppu)] & 0x3f;
}

/** A colour as it leaves the chip, after greyscale and emphasis: bits 0–5 its index, bits 6–8 emphasis. */
export function outputColour(ppu: PpuState, colour: number): number {
  const index = (ppu.outputMask & MASK_GREYSCALE) === 0 ? colour : colour & 0x30;
  return index | ((ppu.outputMask & MASK_EMPHASIS) << 1);
}

/**
 * Swaps red and green in PPUMASK for the PPUs of 50 Hz consoles.
 * https://www.nesdev.org/wiki/PPU_registers#PPUMASK
 */
export function outputBits(ppu: PpuState, mask: number): number {
  if (ppu.region.name === "ntsc") return mask;
  return (mask & ~MASK_RED_GREEN) | ((mask & MASK_RED) << 1) | ((mask & MASK_GREEN) >> 1);
}

/** The PPU's address space for debuggers. Nothing else in the chip changes. */
import type { PpuState } from "../state.ts";
import { PALETTE_START, paletteIndex } from "./address-bus.ts";

/** Reads a byte of the PPU's address space. */
export function peekVideo(ppu: PpuState, address: number): number {
  const at = address & 0x3fff;
  if (at >= PALETTE_START) return ppu.palette[paletteIndex(at)];
  const page = ppu.readPages[at >> 10];
  return page < 0 ? at & 0xff : ppu.bytes[page + (at & 0x3ff)];
}

/** Writes a byte of video RAM or of the palette. ROM is not changed. */
export function pokeVideo(ppu: PpuState, address: number, value: number): void {
  const at = address & 0x3fff;
  if (at >= PALETTE_START) {
    ppu.palette[paletteIndex(at)] = value & 0x3f;
    return;
  }
  ppu.memory.writePpu(at, value);
}

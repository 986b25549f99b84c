import type { PpuState } from "../state.ts";

/** Reads a byte without changing the address pins. Callers set the pins as the last fetch leaves them. */
export function videoByte(ppu: PpuState, address: number): number {
  const page = ppu.readPages[address >> 10];
  return page < 0 ? address & 0xff : ppu.bytes[page + (address & 0x3ff)];
}

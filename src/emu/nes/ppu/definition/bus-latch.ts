/**
 * The latch of the CPU's data bus inside the PPU. Write-only registers read as what it holds, and its bits
 * decay. https://www.nesdev.org/wiki/Open_bus_behavior#PPU_open_bus
 */
import type { PpuState } from "../state.ts";

/** A bit decays to 0 after about a third of a second. */
const BUS_DECAY_DOTS = 1_786_830;
/** The bits that $2002 does not drive. */
export const BUS_LOW_BITS = 0x1f;

/** Sets all bits of the latch to `value` and restarts their decay. */
export function driveBusLatch(ppu: PpuState, value: number, cycle: number): number {
  ppu.lowDecayUnits = cycle * ppu.cpuUnits + BUS_DECAY_DOTS * ppu.dotUnits;
  ppu.highDecayUnits = ppu.lowDecayUnits;
  ppu.busLatch = value;
  return value;
}

/** $2002 drives only bits 5–7. */
export function driveStatusBits(ppu: PpuState, status: number, cycle: number): number {
  ppu.busLatch = status | (decayedBusLatch(ppu, cycle) & BUS_LOW_BITS);
  ppu.highDecayUnits = cycle * ppu.cpuUnits + BUS_DECAY_DOTS * ppu.dotUnits;
  return ppu.busLatch;
}

/** Returns the bits that the latch still holds in CPU cycle `cycle`. */
export function decayedBusLatch(ppu: PpuState, cycle: number): number {
  const nowUnits = cycle * ppu.cpuUnits;
  if (nowUnits >= ppu.lowDecayUnits) ppu.busLatch &= ~BUS_LOW_BITS;
  if (nowUnits >= ppu.highDecayUnits) ppu.busLatch &= BUS_LOW_BITS;
  return ppu.busLatch;
}

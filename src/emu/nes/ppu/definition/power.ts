/** Power-on, reset, and the count of time. https://www.nesdev.org/wiki/PPU_power_up_state */
import { PPU_FIELDS, type PpuState, WARMS_UP_TO_LINE_END, WARMS_UP_TO_PRE_RENDER } from "../state.ts";
import { A12_FILTER_CYCLES } from "./address-bus.ts";
import { backdrop } from "./output.ts";

/**
 * Power-on. Palette RAM has been filled, and all other arrays are zero. The PPU starts at the top of the
 * picture, `lagClocks` master clocks after the CPU's first cycle, or before it if that is negative. Its
 * registers work at once if `early` is set, and otherwise after its first line. See docs/power-on.md.
 */
export function powerOnPpu(ppu: PpuState, early: boolean, lagClocks: number): void {
  for (const field of PPU_FIELDS.names) ppu[field] = 0;
  ppu.timeUnits = lagClocks * 2;
  ppu.oddFrame = 1;
  ppu.warmingUp = early ? 0 : WARMS_UP_TO_LINE_END;
  ppu.vblankSetLatch1 = 1;
  ppu.read1 = 1;
  ppu.read3 = 1;
  ppu.write1 = 1;
  ppu.write3 = 1;
  ppu.blankingLatch = 1;
  ppu.canHitSprite0 = 1;
  ppu.a12FellUnits = ppu.timeUnits - ppu.cpuUnits * A12_FILTER_CYCLES;
  ppu.colour = backdrop(ppu);
  ppu.colour1 = ppu.colour;
  ppu.colour2 = ppu.colour;
  ppu.colour3 = ppu.colour;
  ppu.idleColour = ppu.colour;
  ppu.idleColourNext = ppu.colour;
}

/** The reset button clears what the reset pin of the 2C02 reaches, including its position in the frame. */
export function reset(ppu: PpuState): void {
  ppu.line = 0;
  ppu.dot = 0;
  ppu.oddFrame = 1;
  resetRegisters(ppu);
}

/** The part of a reset that leaves the position in the frame. */
export function resetRegisters(ppu: PpuState): void {
  ppu.control = 0;
  ppu.mask = 0;
  ppu.maskWritten = 0;
  ppu.outputMask = 0;
  ppu.toggle = 0;
  ppu.t = 0;
  ppu.fineX = 0;
  ppu.readBuffer = 0;
  ppu.warmingUp = WARMS_UP_TO_PRE_RENDER;
}

/** Subtracts `cycles` from the count of CPU cycles. */
export function rebase(ppu: PpuState, cycles: number): void {
  const units = cycles * ppu.cpuUnits;
  ppu.timeUnits -= units;
  ppu.a12FellUnits = Math.max(ppu.a12FellUnits - units, -units);
  ppu.lowDecayUnits = Math.max(ppu.lowDecayUnits - units, -units);
  ppu.highDecayUnits = Math.max(ppu.highDecayUnits - units, -units);
}

/** The CPU's first cycle, at time 0, is next. */
export function startAtZero(ppu: PpuState): void {
  ppu.a12FellUnits = Math.max(ppu.a12FellUnits, -ppu.cpuUnits * A12_FILTER_CYCLES);
}

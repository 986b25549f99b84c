/** Vertical blank, NMI, and what else happens at fixed lines. https://www.nesdev.org/wiki/PPU_frame_timing */
import { CTRL_NMI, type PpuState } from "../state.ts";

/** The CPU samples NMI 4 master clocks into a cycle. */
export const NMI_SAMPLE_UNITS = 8;

/** Runs what happens at dots 0–2 of certain lines: flags are set and cleared, odd frames skip a dot. */
export function lineEvents(ppu: PpuState, startUnits: number): void {
  if (ppu.line === ppu.region.vblankLine) {
    if (ppu.dot === 0) {
      ppu.frameDone = 1;
      ppu.vblankPending = 1;
      ppu.busy = 1;
    }
  } else if (ppu.line === ppu.preRenderLine && ppu.dot === 1) {
    ppu.warmingUp = 0;
    ppu.vblank = 0;
    ppu.canHitSprite0 = 1;
    ppu.sprite0Hit = 0;
    ppu.overflow = 0;
    nmiLevelChanged(ppu, startUnits);
  } else if (ppu.line === 0) {
    if (ppu.dot === 2) ppu.skippedDot = 0;
    // The decision depends on PPUMASK one dot earlier.
    const skips = ppu.region.skipsOddDot && ppu.oddFrame === 1 && ppu.renderingDelayed === 1;
    if (ppu.dot === 0 && skips) {
      ppu.dot = 1;
      ppu.skippedDot = 1;
    }
  }
}

/**
 * The vertical blank flag is set by the edge of a delayed signal. A read of $2002 in the same dot clears it.
 */
export function clockVblank(ppu: PpuState, startUnits: number): void {
  ppu.vblankSetLatch1 = ppu.vblankSet ^ 1;
  if (ppu.vblankSet === 1 && ppu.vblankSetLatch2 === 0) ppu.vblank = 1;
  if (ppu.statusRead === 1) {
    ppu.statusRead = 0;
    ppu.vblank = 0;
  }
  nmiLevelChanged(ppu, startUnits);
}

/** Sets the NMI line from vertical blank and its enable bit. The CPU samples it once per cycle. */
export function nmiLevelChanged(ppu: PpuState, timeUnits: number): void {
  const sampleCycle = (Math.floor((timeUnits - NMI_SAMPLE_UNITS) / ppu.cpuUnits) | 0) + 1;
  if (vblankLevel(ppu) === 1) ppu.lines.nmiFall(sampleCycle);
  else ppu.lines.nmiRise(sampleCycle);
}

function vblankLevel(ppu: PpuState): number {
  return ppu.vblank === 1 && (ppu.control & CTRL_NMI) !== 0 ? 1 : 0;
}

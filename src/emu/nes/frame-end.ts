import { NEVER } from "./interrupts.ts";
import type { Ppu } from "./ppu/ppu.ts";
import type { RegionTiming } from "./region.ts";

/** More CPU cycles than any region's vertical blank has, and fewer than its frames. */
const LONGEST_VBLANK_CYCLES = 10_000;

/** Returns true if a frame in which the CPU is at `cycle` and the PPU in `line` has ended for the PPU. */
export function isPastEnd(line: number, region: RegionTiming, cycle: number): boolean {
  return line === region.vblankLine && cycle > LONGEST_VBLANK_CYCLES;
}

/**
 * Keeps the end of a frame for the next instruction. The PPU can reach the end in the last cycle of an
 * instruction, and the frame then ends with the next one. If a peek, a poke or a save lets the PPU catch up
 * between the two, the frame must still end there.
 */
export class FrameEnd {
  /** The cycle up to which the PPU had caught up when it reached the end; NEVER if it has not. */
  #foundCycle = NEVER;
  readonly #ppu: Ppu;

  constructor(ppu: Ppu) {
    this.#ppu = ppu;
  }

  /** True if the next instruction ends the frame. */
  get isDue(): boolean {
    return this.#foundCycle !== NEVER;
  }

  /** Lets the PPU catch up with the CPU, which is in `cycle`. */
  catchUp(cycle: number, midFrame: boolean): void {
    const ppu = this.#ppu;
    ppu.catchUp(cycle);
    if (!midFrame || ppu.frameDone === 0) return;
    ppu.state.frameDone = 0;
    this.#foundCycle = cycle;
  }

  /** Call it after each instruction. `cycle` is the last cycle of the instruction. */
  instructionEnded(cycle: number): void {
    if (cycle > this.#foundCycle) this.#ppu.state.frameDone = 1;
  }

  /** Forgets the end: the frame has ended, or the machine was reset. */
  forget(): void {
    this.#foundCycle = NEVER;
  }

  /** Call it after loading a state in which the CPU is at `cycle` of a frame. */
  stateLoaded(cycle: number, midFrame: boolean): void {
    const { state } = this.#ppu;
    const { line, region } = state;
    state.frameDone = 0;
    this.#foundCycle = midFrame && isPastEnd(line, region, cycle) ? cycle : NEVER;
  }
}

import type { Nes } from "../../emu/nes/nes.ts";
import type { Timeline } from "./timeline.ts";

/** Thrown by the bus between two cycles of an instruction. */
const BETWEEN_CYCLES = Symbol("between two cycles");

/**
 * Shows the machine between two cycles of an instruction. The instruction is run again and abandoned after
 * some of its bus accesses, so everything that can be read is as it was then. Nothing can go on from there:
 * before the program moves or anything is changed, `leave` makes the machine stand before the instruction.
 */
export class InstructionView {
  readonly #nes: Nes;
  readonly #timeline: Timeline;
  readonly #pixels: Uint16Array;
  /** The machine at the start of the instruction. */
  readonly #state: Uint8Array;
  #cycles = 0;
  #pc = 0;

  constructor(nes: Nes, timeline: Timeline, pixels: Uint16Array) {
    this.#nes = nes;
    this.#timeline = timeline;
    this.#pixels = pixels;
    this.#state = new Uint8Array(nes.stateBytes);
  }

  /** The number of cycles of the instruction that have passed; 0 if the machine is not inside of one. */
  get cycles(): number {
    return this.#cycles;
  }

  /** The address of the instruction; undefined if the machine is not inside of one. */
  get pc(): number | undefined {
    return this.#cycles === 0 ? undefined : this.#pc;
  }

  /**
   * Shows the machine after `cycles` cycles of the instruction at a position of the history. If the
   * instruction and the interrupt after it take no more than that, goes to the position after it.
   */
  enter(position: number, cycles: number): void {
    const nes = this.#nes;
    this.leave();
    this.#timeline.seek(position);
    if (cycles <= 0) return;
    const { pc } = nes.cpu;
    nes.save(this.#state);
    if (this.#runUntil(nes.cpu.cycle + cycles)) {
      this.#cycles = cycles;
      this.#pc = pc;
    } else {
      nes.restore(this.#state, true);
      this.#timeline.advance();
    }
  }

  /** Goes to a CPU cycle inside of the instruction that is next, or of the one before it. */
  enterAt(cycle: number): void {
    const nes = this.#nes;
    const timeline = this.#timeline;
    if (nes.totalCycles > cycle) timeline.seek(timeline.position - 1);
    this.enter(timeline.position, cycle - nes.totalCycles);
  }

  /** Calls `action` with the machine at the start of the instruction, and goes back into it. */
  outside(action: () => void): void {
    const cycles = this.#cycles;
    if (!this.leave()) {
      action();
      return;
    }
    try {
      action();
    } finally {
      this.enter(this.#timeline.position, cycles);
    }
  }

  /** Goes back to the start of the instruction. Returns true if the machine was inside of one. */
  leave(): boolean {
    if (this.#cycles === 0) return false;
    this.#nes.restore(this.#state, true);
    this.#cycles = 0;
    return true;
  }

  /**
   * Runs the instruction up to the end of a cycle. Every access past it asks the DMA unit first. Returns
   * false if the instruction has ended before.
   */
  #runUntil(last: number): boolean {
    const nes = this.#nes;
    const { cpu, dma } = nes;
    cpu.connectDma({
      get haltCycle() {
        if (cpu.cycle > last) throw BETWEEN_CYCLES;
        return Math.min(dma.haltCycle, last + 1);
      },
      startOam: (page, cycle) => dma.startOam(page, cycle),
      halt: (address) => dma.halt(address),
    });
    cpu.stateLoaded();
    try {
      nes.stepInstruction(this.#pixels);
      return false;
    } catch (error) {
      if (error !== BETWEEN_CYCLES) throw error;
      // The next access has been counted, but not made.
      cpu.cycle--;
      return true;
    } finally {
      cpu.connectDma(dma);
      cpu.stateLoaded();
    }
  }
}

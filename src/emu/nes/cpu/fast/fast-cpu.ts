import type { Cpu } from "../cpu.ts";
import { step } from "../step.ts";
import { Stretches } from "./stretches.ts";
import { UNKNOWN, WaitingLoops } from "./waiting-loops.ts";

/**
 * Runs a CPU faster than one step after the other, with the same result. It runs instructions in a row where
 * no event is near, skips iterations of waiting loops, and leaves everything else to `step`.
 */
export class FastCpu {
  readonly stretches: Stretches;
  readonly #cpu: Cpu;
  readonly #loops: WaitingLoops;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#loops = new WaitingLoops(cpu);
    this.stretches = new Stretches(cpu, this.#loops);
  }

  /** Runs to the end of the PPU's frame. */
  runFrame(): void {
    const { stretches } = this;
    const { ppu } = this.#cpu;
    while (ppu.frameDone === 0) {
      if (!stretches.run() && ppu.frameDone === 0) this.step();
    }
  }

  /** Runs one instruction, and then skips the iterations of a waiting loop if it has completed one. */
  step(): void {
    const cpu = this.#cpu;
    const { pc } = cpu;
    step(cpu);
    if (cpu.pc <= pc) this.#loops.notice(UNKNOWN);
  }

  /** Must be called if anything but `runFrame` has changed the machine or its count of cycles. */
  forget(): void {
    this.#loops.forget();
  }
}

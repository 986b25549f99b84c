import { NEVER } from "../../interrupts.ts";
import type { Cpu } from "../cpu.ts";

/** A loop is no longer checked after this many iterations with different registers: it counts. */
export const MAX_MISSES = 4;

/**
 * Skips iterations of waiting loops. Programs wait in short loops for an interrupt to change a byte, or for a
 * flag of $2002. If one iteration changes nothing, every further one up to the next event does the same, so
 * their time passes at once. An iteration that changes nothing may only read memory, and read $2002 while its
 * flags do not change.
 */
export class WaitingLoops {
  readonly #cpu: Cpu;
  /** Target and cycle of the last backward jump, and the bus's `effects` at that time. */
  pc = -1;
  #cycle = 0;
  effects = 0;
  /** Iterations so far that changed a register. */
  misses = 0;
  #a = 0;
  #x = 0;
  #y = 0;
  #s = 0;
  #flags = 0;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
  }

  /** Notes a first jump back to `pc`, in `cycle`, with the bus's `effects`. */
  begin(pc: number, cycle: number, effects: number): void {
    this.pc = pc;
    this.effects = effects;
    this.#cycle = cycle;
    this.misses = 0;
  }

  /** The last instruction has jumped back: `pc` may be the start of a waiting loop. May move the time on. */
  notice(): void {
    const cpu = this.#cpu;
    const { pc } = cpu;
    if (pc !== this.pc || cpu.effects !== this.effects) {
      this.begin(pc, cpu.cycle, cpu.effects);
      return;
    }
    if (this.misses === MAX_MISSES) return;
    if (this.misses !== 0 && this.#hasSameRegisters()) this.#skipIterations(cpu.cycle - this.#cycle);
    else this.#keepRegisters();
    this.#cycle = cpu.cycle;
  }

  /** The next jump back counts as the first one. */
  forget(): void {
    this.pc = -1;
  }

  #keepRegisters(): void {
    const { a, x, y, s } = this.#cpu;
    this.misses++;
    this.#a = a;
    this.#x = x;
    this.#y = y;
    this.#s = s;
    this.#flags = this.#cpu.status();
  }

  #hasSameRegisters(): boolean {
    const { a, x, y, s } = this.#cpu;
    return (
      a === this.#a && x === this.#x && y === this.#y && s === this.#s && this.#cpu.status() === this.#flags
    );
  }

  /** Skips the iterations of `period` cycles that end before anything but the CPU acts. */
  #skipIterations(period: number): void {
    const cpu = this.#cpu;
    const { lines } = cpu;
    if (lines.nmiFrom !== NEVER || cpu.ppu.frameDone === 1) return;
    const sawIrq = lines.irqLowFrom !== NEVER && lines.irqLowUntil >= this.#cycle - 2;
    if (sawIrq && cpu.interruptDisable === 0) return;
    const polls = cpu.pollCycle > this.#cycle;
    let last = cpu.horizon;
    if (polls) last = Math.min(last, cpu.ppu.lastSteadyCycle());
    const iterations = ((last - cpu.cycle) / period) | 0;
    if (iterations <= 0) return;
    const skipped = iterations * period;
    if (cpu.lateBranchCycle > this.#cycle) cpu.lateBranchCycle += skipped;
    if (cpu.flagChangeCycle > this.#cycle) cpu.flagChangeCycle += skipped;
    if (polls) {
      cpu.ppu.repeatPolls(skipped);
      cpu.pollCycle += skipped;
    }
    cpu.cycle += skipped;
  }
}

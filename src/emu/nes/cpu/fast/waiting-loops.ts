import { NEVER } from "../../interrupts.ts";
import type { Cpu } from "../cpu.ts";
import { counterOfLoop, DEX, DEY, INX } from "./counting-loops.ts";

/** A loop is no longer checked after this many iterations with different registers: it counts. */
export const MAX_MISSES = 4;
export const UNKNOWN = -1;
/** N and Z in the status register. */
const RESULT_FLAGS = 0x82;

/**
 * Skips iterations of waiting loops. Programs wait in short loops for an interrupt to change a byte, or for a
 * flag of $2002. If one iteration changes nothing, every further one up to the next event does the same, so
 * their time passes at once. An iteration that changes nothing may only read memory, and read $2002 while its
 * flags do not change. If only a counter changes, the same is true up to the end of the count.
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

  /**
   * The last instruction has jumped back: `cpu.pc` may be the start of a waiting loop. May move the time on.
   * `lastRead` is the place in memory of the byte that this instruction has read last, or UNKNOWN. Returns
   * the number of iterations that were skipped.
   */
  notice(lastRead: number): number {
    const cpu = this.#cpu;
    const { pc } = cpu;
    if (pc !== this.pc || cpu.effects !== this.effects) {
      this.begin(pc, cpu.cycle, cpu.effects);
      return 0;
    }
    if (this.misses === MAX_MISSES) return 0;
    const period = cpu.cycle - this.#cycle;
    let skipped = 0;
    if (this.misses === 0) this.#keepRegisters();
    else if (this.#hasSameRegisters()) skipped = this.#skipIterations(period, NEVER);
    else {
      const counter = this.#counter(lastRead, period);
      if (counter === 0) this.#keepRegisters();
      else skipped = this.#skipCount(counter, period);
    }
    this.#cycle = cpu.cycle;
    return skipped;
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

  /** Returns the opcode that has counted X or Y by one if nothing else has changed; otherwise 0. */
  #counter(lastRead: number, period: number): number {
    const { a, x, y, s } = this.#cpu;
    if (a !== this.#a || s !== this.#s || (x === this.#x) === (y === this.#y)) return 0;
    if (((this.#cpu.status() ^ this.#flags) & ~RESULT_FLAGS) !== 0) return 0;
    const counter = counterOfLoop(this.#cpu, this.pc, lastRead, period);
    const changed = counter === DEX || counter === INX ? x - this.#x : y - this.#y;
    const counted = counter === DEX || counter === DEY ? -1 : 1;
    return changed === counted ? counter : 0;
  }

  /** Skips iterations, but not the last one, in which the counter becomes 0. Returns their number. */
  #skipCount(counter: number, period: number): number {
    const cpu = this.#cpu;
    const countsX = counter === DEX || counter === INX;
    const isDown = counter === DEX || counter === DEY;
    const count = countsX ? cpu.x : cpu.y;
    const skipped = this.#skipIterations(period, isDown ? count - 1 : 0xff - count);
    const left = isDown ? count - skipped : count + skipped;
    if (countsX) cpu.x = left;
    else cpu.y = left;
    cpu.negativeFrom = left;
    cpu.zeroFrom = left;
    this.#x = cpu.x;
    this.#y = cpu.y;
    return skipped;
  }

  /**
   * Skips the iterations of `period` cycles that end before anything but the CPU acts, `most` at the most.
   * Returns their number.
   */
  #skipIterations(period: number, most: number): number {
    const cpu = this.#cpu;
    const { lines } = cpu;
    if (lines.nmiFrom !== NEVER || cpu.ppu.frameDone === 1) return 0;
    const sawIrq = lines.irqLowFrom !== NEVER && lines.irqLowUntil >= this.#cycle - 2;
    if (sawIrq && cpu.interruptDisable === 0) return 0;
    const polls = cpu.pollCycle > this.#cycle;
    let last = cpu.horizon;
    if (polls) last = Math.min(last, cpu.ppu.lastSteadyCycle());
    const inTime = ((last - cpu.cycle) / period) | 0;
    const iterations = inTime < most ? inTime : most;
    if (iterations <= 0) return 0;
    const skipped = iterations * period;
    if (polls) {
      cpu.ppu.repeatPolls(skipped);
      cpu.pollCycle += skipped;
    }
    cpu.cycle += skipped;
    return iterations;
  }
}

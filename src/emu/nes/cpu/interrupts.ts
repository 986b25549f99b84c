/**
 * How the CPU polls its interrupt lines, and the sequence of NMI, IRQ, BRK and reset.
 * https://www.nesdev.org/wiki/CPU_interrupts
 */

import type { Cpu, FLAG_B } from "./cpu.ts";
import { push, STACK_PAGE } from "./stack.ts";

const VECTOR_NMI = 0xfffa;
const VECTOR_RESET = 0xfffc;
const VECTOR_IRQ = 0xfffe;

/** Polls after an instruction, and runs the interrupt sequence if an interrupt is found. */
export function pollInterrupts(cpu: Cpu): void {
  const { lines } = cpu;
  const { cycle } = cpu;
  if (lines.nmiFrom < cycle) poll(cpu);
  else if (lines.irqLowFrom < cycle && lines.irqLowUntil >= cycle - 2) pollIrq(cpu);
}

/** IRQ is low. Usually the I flag is set while it stays low, so no interrupt follows. */
function pollIrq(cpu: Cpu): void {
  if (cpu.interruptDisable === 0 || cpu.flagChangeCycle === cpu.cycle) poll(cpu);
}

/**
 * Acts on the lines as they were at the end of the last cycle but one. A taken branch within a page polled
 * one cycle earlier; CLI, SEI and PLP polled before they changed I.
 * https://www.nesdev.org/wiki/CPU_interrupts#Branch_instructions_and_interrupts
 */
function poll(cpu: Cpu): void {
  const { cycle } = cpu;
  if (cpu.unpolledCycle === cycle || cpu.holdsInterrupts === 1) return;
  const sample = cpu.lateBranchCycle === cycle ? cycle - 2 : cycle - 1;
  const disabled = cpu.flagChangeCycle === cycle ? cpu.flagBeforeChange : cpu.interruptDisable;
  const isNmi = cpu.lines.nmiFrom <= sample;
  const isIrq = cpu.earlyIrqCycle === cycle || (disabled === 0 && cpu.lines.irqAt(sample));
  if (!isNmi && !isIrq) return;
  cpu.opcodeCycle = cycle + 1;
  cpu.read(cpu.pc);
  cpu.read(cpu.pc);
  interruptSequence(cpu, 0);
}

/**
 * Pushes PC and P and jumps through a vector. An NMI edge latched before the cycle that pushes P takes the
 * vector over, from BRK as well as from IRQ. No poll follows: the handler's first instruction runs first.
 * https://www.nesdev.org/wiki/CPU_interrupts#Interrupt_hijacking
 */
export function interruptSequence(cpu: Cpu, flagB: 0 | typeof FLAG_B): void {
  push(cpu, cpu.pc >> 8);
  push(cpu, cpu.pc & 0xff);
  push(cpu, cpu.status() | flagB);
  const isNmi = cpu.lines.nmiFrom < cpu.cycle;
  if (isNmi) cpu.lines.nmiTaken();
  cpu.interruptDisable = 1;
  jumpThrough(cpu, isNmi ? VECTOR_NMI : VECTOR_IRQ);
  if (isNmi) cpu.nmiVectorRead();
}

/**
 * The seven cycles of a reset: an interrupt sequence whose pushes are reads, so that S drops by three and
 * nothing is written. https://www.nesdev.org/wiki/CPU_power_up_state
 */
export function resetCpu(cpu: Cpu): void {
  cpu.jammed = 0;
  cpu.lines.nmiTaken();
  cpu.read(cpu.pc);
  cpu.read(cpu.pc);
  for (let i = 0; i < 3; i++) {
    cpu.read(STACK_PAGE | cpu.s);
    cpu.s = (cpu.s - 1) & 0xff;
  }
  cpu.interruptDisable = 1;
  jumpThrough(cpu, VECTOR_RESET);
  cpu.forgetPolls();
}

function jumpThrough(cpu: Cpu, vector: number): void {
  const low = cpu.read(vector);
  cpu.pc = low | (cpu.read(vector + 1) << 8);
}

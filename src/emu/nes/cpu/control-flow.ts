/**
 * Jumps, branches, subroutines, stack instructions and those that change the I flag.
 * https://www.nesdev.org/6502_cpu.txt
 */
import { absolute, fetch, implied } from "./addressing.ts";
import { type Cpu, FLAG_B } from "./cpu.ts";
import { interruptSequence } from "./interrupts.ts";
import { lda } from "./operations.ts";
import { pull, push, readBeforePull } from "./stack.ts";

/** All branches. A taken one takes one cycle more, and two more to another page. */
export function branch(cpu: Cpu, taken: boolean): void {
  const { lines } = cpu;
  const offset = fetch(cpu);
  if (!taken) return;
  const firstPoll = cpu.cycle - 1;
  const from = cpu.pc;
  const target = (from + (offset < 0x80 ? offset : offset - 0x100)) & 0xffff;
  cpu.read(from);
  if (((from ^ target) & 0xff00) === 0) {
    cpu.lateBranchCycle = cpu.cycle;
  } else {
    cpu.read((from & 0xff00) | (target & 0xff));
    if (cpu.interruptDisable === 0 && lines.irqAt(firstPoll)) cpu.earlyIrqCycle = cpu.cycle;
  }
  cpu.pc = target;
}

export function jump(cpu: Cpu): void {
  cpu.pc = absolute(cpu);
}

/** The pointer's high byte does not carry: JMP ($10FF) takes its high byte from $1000. */
export function jumpIndirect(cpu: Cpu): void {
  const at = absolute(cpu);
  const low = cpu.read(at);
  cpu.pc = low | (cpu.read((at & 0xff00) | ((at + 1) & 0xff)) << 8);
}

/** The high address byte is fetched last, after the pushes. Code in the stack page can change it. */
export function jsr(cpu: Cpu): void {
  const low = fetch(cpu);
  readBeforePull(cpu);
  push(cpu, cpu.pc >> 8);
  push(cpu, cpu.pc & 0xff);
  cpu.pc = low | (cpu.read(cpu.pc) << 8);
}

export function rts(cpu: Cpu): void {
  implied(cpu);
  readBeforePull(cpu);
  const low = pull(cpu);
  cpu.pc = low | (pull(cpu) << 8);
  fetch(cpu);
}

export function rti(cpu: Cpu): void {
  implied(cpu);
  readBeforePull(cpu);
  cpu.setStatus(pull(cpu));
  const low = pull(cpu);
  cpu.pc = low | (pull(cpu) << 8);
}

export function brk(cpu: Cpu): void {
  fetch(cpu);
  interruptSequence(cpu, FLAG_B);
  cpu.unpolledCycle = cpu.cycle;
}

export function php(cpu: Cpu): void {
  implied(cpu);
  push(cpu, cpu.status() | FLAG_B);
}

export function pha(cpu: Cpu): void {
  implied(cpu);
  push(cpu, cpu.a);
}

export function plp(cpu: Cpu): void {
  implied(cpu);
  readBeforePull(cpu);
  const before = cpu.interruptDisable;
  cpu.setStatus(pull(cpu));
  flagChanged(cpu, before);
}

export function pla(cpu: Cpu): void {
  implied(cpu);
  readBeforePull(cpu);
  lda(cpu, pull(cpu));
}

/** CLI and SEI. */
export function setInterruptDisable(cpu: Cpu, value: 0 | 1): void {
  implied(cpu);
  const before = cpu.interruptDisable;
  cpu.interruptDisable = value;
  flagChanged(cpu, before);
}

function flagChanged(cpu: Cpu, before: number): void {
  cpu.flagBeforeChange = before;
  cpu.flagChangeCycle = cpu.cycle;
}

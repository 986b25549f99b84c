import type { Cpu } from "./cpu.ts";

/** The stack page, $0100–$01FF. S is the low byte of the next free address. */
export const STACK_PAGE = 0x100;

/** Writes a byte to the stack and decrements S. */
export function push(cpu: Cpu, value: number): void {
  cpu.write(STACK_PAGE | cpu.s, value);
  cpu.s = (cpu.s - 1) & 0xff;
}

/** Increments S and reads a byte from the stack. */
export function pull(cpu: Cpu): number {
  cpu.s = (cpu.s + 1) & 0xff;
  return cpu.read(STACK_PAGE | cpu.s);
}

/** The cycle before the first pull, in which S is incremented: the byte at the old S is read and dropped. */
export function readBeforePull(cpu: Cpu): void {
  cpu.read(STACK_PAGE | cpu.s);
}

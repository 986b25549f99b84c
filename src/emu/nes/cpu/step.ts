import { fetch } from "./addressing.ts";
import type { Cpu } from "./cpu.ts";
import { execute } from "./execute.ts";
import { pollInterrupts } from "./interrupts.ts";

/**
 * Runs one instruction, and the interrupt sequence that follows if its poll finds an interrupt. This defines
 * the CPU. `fast/` runs many instructions at once and must leave the same fields.
 */
export function step(cpu: Cpu): void {
  if (cpu.jammed === 1) {
    cpu.read(0xffff);
    return;
  }
  cpu.opcodeCycle = cpu.cycle + 1;
  execute(cpu, fetch(cpu));
  pollInterrupts(cpu);
}

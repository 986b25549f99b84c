/**
 * Addressing modes: each function makes the bus accesses of its mode, one per cycle, and returns the
 * operand's address. Indexed modes have two forms. Reads skip the access to the address without carry if no
 * page is crossed; writes and read-modify-writes (`…Store`) always make it.
 * Source: 64doc.txt by John West and Marko Mäkelä.
 */
import type { Cpu } from "./cpu.ts";

/** Reads the byte at PC and increments PC. */
export function fetch(cpu: Cpu): number {
  const address = cpu.pc;
  cpu.pc = (address + 1) & 0xffff;
  return cpu.read(address);
}

/** The second cycle of one-byte instructions: reads the next opcode and drops it. */
export function implied(cpu: Cpu): void {
  cpu.read(cpu.pc);
}

export function zeroPage(cpu: Cpu): number {
  return fetch(cpu);
}

export function zeroPageX(cpu: Cpu): number {
  const base = fetch(cpu);
  cpu.read(base);
  return (base + cpu.x) & 0xff;
}

export function zeroPageY(cpu: Cpu): number {
  const base = fetch(cpu);
  cpu.read(base);
  return (base + cpu.y) & 0xff;
}

export function absolute(cpu: Cpu): number {
  const low = fetch(cpu);
  return low | (fetch(cpu) << 8);
}

export function absoluteX(cpu: Cpu): number {
  return carried(cpu, absolute(cpu), cpu.x);
}

export function absoluteY(cpu: Cpu): number {
  return carried(cpu, absolute(cpu), cpu.y);
}

export function absoluteXStore(cpu: Cpu): number {
  return alwaysCarried(cpu, absolute(cpu), cpu.x);
}

export function absoluteYStore(cpu: Cpu): number {
  return alwaysCarried(cpu, absolute(cpu), cpu.y);
}

export function indirectX(cpu: Cpu): number {
  const base = fetch(cpu);
  cpu.read(base);
  return pointer(cpu, (base + cpu.x) & 0xff);
}

export function indirectY(cpu: Cpu): number {
  return carried(cpu, pointer(cpu, fetch(cpu)), cpu.y);
}

export function indirectYStore(cpu: Cpu): number {
  return alwaysCarried(cpu, pointer(cpu, fetch(cpu)), cpu.y);
}

/** Reads the address stored at `at` in the zero page. The second byte wraps within the zero page. */
export function pointer(cpu: Cpu, at: number): number {
  const low = cpu.read(at);
  return low | (cpu.read((at + 1) & 0xff) << 8);
}

function carried(cpu: Cpu, base: number, index: number): number {
  const address = (base + index) & 0xffff;
  if ((base ^ address) > 0xff) cpu.read((base & 0xff00) | (address & 0xff));
  return address;
}

function alwaysCarried(cpu: Cpu, base: number, index: number): number {
  const address = (base + index) & 0xffff;
  cpu.read((base & 0xff00) | (address & 0xff));
  return address;
}

/**
 * The undocumented instructions, as functions of the operand's value or address.
 * https://www.nesdev.org/wiki/CPU_unofficial_opcodes
 */
import { implied } from "./addressing.ts";
import type { Cpu } from "./cpu.ts";
import {
  adc,
  and,
  compare,
  eor,
  lda,
  ldx,
  ora,
  readBeforeWrite,
  rotateLeft,
  rotateRight,
  sbc,
  setNz,
  shiftLeft,
  shiftRight,
} from "./operations.ts";

/** ASL, then ORA. */
export function slo(cpu: Cpu, address: number): void {
  const result = shiftLeft(cpu, readBeforeWrite(cpu, address));
  cpu.write(address, result);
  ora(cpu, result);
}

/** ROL, then AND. */
export function rla(cpu: Cpu, address: number): void {
  const result = rotateLeft(cpu, readBeforeWrite(cpu, address));
  cpu.write(address, result);
  and(cpu, result);
}

/** LSR, then EOR. */
export function sre(cpu: Cpu, address: number): void {
  const result = shiftRight(cpu, readBeforeWrite(cpu, address));
  cpu.write(address, result);
  eor(cpu, result);
}

/** ROR, then ADC. */
export function rra(cpu: Cpu, address: number): void {
  const result = rotateRight(cpu, readBeforeWrite(cpu, address));
  cpu.write(address, result);
  adc(cpu, result);
}

/** DEC, then CMP. */
export function dcp(cpu: Cpu, address: number): void {
  const result = (readBeforeWrite(cpu, address) - 1) & 0xff;
  cpu.write(address, result);
  compare(cpu, cpu.a, result);
}

/** INC, then SBC. */
export function isc(cpu: Cpu, address: number): void {
  const result = (readBeforeWrite(cpu, address) + 1) & 0xff;
  cpu.write(address, result);
  sbc(cpu, result);
}

export function lax(cpu: Cpu, value: number): void {
  cpu.a = value;
  ldx(cpu, value);
}

export function anc(cpu: Cpu, value: number): void {
  and(cpu, value | cpu.busConflicts.immediateAnd);
  cpu.carry = cpu.a >> 7;
}

export function alr(cpu: Cpu, value: number): void {
  const carry = cpu.a & value & 1;
  cpu.a = shiftRight(cpu, cpu.a & (value | cpu.busConflicts.immediateAnd));
  cpu.carry = carry;
}

/** AND and ROR. C and V come from the adder's bits 6 and 5. */
export function arr(cpu: Cpu, value: number): void {
  lda(cpu, ((cpu.a & (value | cpu.busConflicts.immediateAnd)) >> 1) | (cpu.carry << 7));
  cpu.carry = (cpu.a >> 6) & 1;
  cpu.overflow = ((cpu.a >> 6) ^ (cpu.a >> 5)) & 1;
}

export function ane(cpu: Cpu, value: number): void {
  lda(cpu, (cpu.a | cpu.busConflicts.aneLxa) & cpu.x & value);
}

export function lxa(cpu: Cpu, value: number): void {
  lax(cpu, (cpu.a | cpu.busConflicts.aneLxa) & value);
}

export function sbx(cpu: Cpu, value: number): void {
  const difference = (cpu.a & cpu.x) - value;
  cpu.carry = difference >= 0 ? 1 : 0;
  ldx(cpu, difference & 0xff);
}

export function las(cpu: Cpu, value: number): void {
  setNz(cpu, cpu.s & value);
  cpu.a = cpu.s & (value | cpu.busConflicts.las);
  if (cpu.busConflicts.lasLoadsStack) cpu.s = cpu.a;
  cpu.x = cpu.s;
}

/**
 * SHX and SHY, and with A AND X as the register SHA and SHS. The register and the incremented high byte of
 * the address drive the same internal bus, so they AND. If a page is crossed, that value is the high byte of
 * the address as well. If RDY halts the CPU before the store, the high byte has left the bus and takes no
 * part. `highRegister` is the register that takes part in the address.
 */
export function storeHigh(
  cpu: Cpu,
  register: number,
  base: number,
  index: number,
  highRegister = register,
): void {
  const carried = (base + index) & 0xffff;
  const before = cpu.cycle;
  cpu.read((base & 0xff00) | (carried & 0xff));
  const halted = cpu.cycle - before > 1;
  const high = ((base >> 8) + 1) & 0xff;
  const value = halted ? register : register & high;
  const crossed = (base ^ carried) > 0xff;
  cpu.write(crossed ? ((highRegister & high) << 8) | (carried & 0xff) : carried, value);
}

/** SHA and SHS store A AND X. Late chips put X alone into the address. */
export function storeHighAndX(cpu: Cpu, base: number): void {
  const register = cpu.a & cpu.x;
  storeHigh(cpu, register, base, cpu.y, cpu.traits.storesHighByA ? register : cpu.x);
}

/**
 * The opcode stays on the internal data bus. The address bus walks to $FFFF and stays there until a reset.
 */
export function jam(cpu: Cpu): void {
  cpu.jammed = 1;
  implied(cpu);
  cpu.read(0xffff);
  cpu.read(0xfffe);
  cpu.read(0xfffe);
  cpu.read(0xffff);
  cpu.unpolledCycle = cpu.cycle;
}

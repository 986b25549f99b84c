/**
 * The documented instructions that move and change data, as functions of the operand's value or address.
 * https://www.nesdev.org/wiki/Instruction_reference
 */
import type { Cpu } from "./cpu.ts";

export function setNz(cpu: Cpu, value: number): void {
  cpu.negativeFrom = value;
  cpu.zeroFrom = value;
}

export function lda(cpu: Cpu, value: number): void {
  cpu.a = value;
  setNz(cpu, value);
}

export function ldx(cpu: Cpu, value: number): void {
  cpu.x = value;
  setNz(cpu, value);
}

export function ldy(cpu: Cpu, value: number): void {
  cpu.y = value;
  setNz(cpu, value);
}

export function ora(cpu: Cpu, value: number): void {
  lda(cpu, cpu.a | value);
}

export function and(cpu: Cpu, value: number): void {
  lda(cpu, cpu.a & value);
}

export function eor(cpu: Cpu, value: number): void {
  lda(cpu, cpu.a ^ value);
}

/** The 2A03 has no decimal mode, so D has no effect. */
export function adc(cpu: Cpu, value: number): void {
  const sum = cpu.a + value + cpu.carry;
  cpu.overflow = ((cpu.a ^ sum) & (value ^ sum) & 0x80) >> 7;
  cpu.carry = sum >> 8;
  lda(cpu, sum & 0xff);
}

export function sbc(cpu: Cpu, value: number): void {
  adc(cpu, value ^ 0xff);
}

/** CMP, CPX and CPY. */
export function compare(cpu: Cpu, register: number, value: number): void {
  const difference = register - value;
  cpu.carry = difference >= 0 ? 1 : 0;
  setNz(cpu, difference & 0xff);
}

export function bit(cpu: Cpu, value: number): void {
  cpu.negativeFrom = value;
  cpu.overflow = (value >> 6) & 1;
  cpu.zeroFrom = cpu.a & value;
}

export function shiftLeft(cpu: Cpu, value: number): number {
  cpu.carry = value >> 7;
  const result = (value << 1) & 0xff;
  setNz(cpu, result);
  return result;
}

export function shiftRight(cpu: Cpu, value: number): number {
  cpu.carry = value & 1;
  const result = value >> 1;
  setNz(cpu, result);
  return result;
}

export function rotateLeft(cpu: Cpu, value: number): number {
  const result = ((value << 1) | cpu.carry) & 0xff;
  cpu.carry = value >> 7;
  setNz(cpu, result);
  return result;
}

export function rotateRight(cpu: Cpu, value: number): number {
  const result = (value >> 1) | (cpu.carry << 7);
  cpu.carry = value & 1;
  setNz(cpu, result);
  return result;
}

/** Reads the operand of a read-modify-write, which writes the old value back before the new one. */
export function readBeforeWrite(cpu: Cpu, address: number): number {
  const value = cpu.read(address);
  cpu.write(address, value);
  return value;
}

export function asl(cpu: Cpu, address: number): void {
  cpu.write(address, shiftLeft(cpu, readBeforeWrite(cpu, address)));
}

export function lsr(cpu: Cpu, address: number): void {
  cpu.write(address, shiftRight(cpu, readBeforeWrite(cpu, address)));
}

export function rol(cpu: Cpu, address: number): void {
  cpu.write(address, rotateLeft(cpu, readBeforeWrite(cpu, address)));
}

export function ror(cpu: Cpu, address: number): void {
  cpu.write(address, rotateRight(cpu, readBeforeWrite(cpu, address)));
}

export function inc(cpu: Cpu, address: number): void {
  const result = (readBeforeWrite(cpu, address) + 1) & 0xff;
  setNz(cpu, result);
  cpu.write(address, result);
}

export function dec(cpu: Cpu, address: number): void {
  const result = (readBeforeWrite(cpu, address) - 1) & 0xff;
  setNz(cpu, result);
  cpu.write(address, result);
}

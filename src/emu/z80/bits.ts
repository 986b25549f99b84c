/** The opcodes after CB, after DD CB and after FD CB: shifts, BIT, RES and SET. */
import { parityFlags, shift } from "./arithmetic.ts";
import type { Z80Core } from "./core.ts";
import { BITS_3_5, CARRY, F, HALF_CARRY, HL, WZ } from "./registers.ts";

/** Runs the instruction after CB. */
export function executeBits(cpu: Z80Core): void {
  const opcode = cpu.fetchOpcode();
  const z = opcode & 7;
  if (z === 6) {
    executeAt(cpu, opcode, cpu.pair(HL), -1);
    return;
  }
  const value = cpu.byte(z);
  if (opcode >> 6 === 1) testBit(cpu, opcode, value, value);
  else cpu.setByte(z, changed(cpu, opcode, value));
}

/**
 * Runs the instruction after DD CB or FD CB. The displacement comes before the opcode, which is read as data:
 * R does not count it. Shifts, RES and SET also write the result to the register of z, except to (HL).
 * Sean Young, "The Undocumented Z80 Documented" 0.91, section 3.3.
 */
export function executeIndexedBits(cpu: Z80Core, index: number): void {
  const address = cpu.displaced(index, cpu.fetchByte());
  const opcode = cpu.fetchByte();
  const z = opcode & 7;
  cpu.idle(2);
  executeAt(cpu, opcode, address, z === 6 ? -1 : z);
}

/** The instruction on memory; `copy` is the register that gets the result too, or -1. */
function executeAt(cpu: Z80Core, opcode: number, address: number, copy: number): void {
  const value = cpu.read(address);
  cpu.idle(1);
  // Bits 3 and 5 are those of the high byte of WZ, which is the address only after DD CB and FD CB.
  if (opcode >> 6 === 1) {
    testBit(cpu, opcode, value, cpu.byte(WZ));
    return;
  }
  const result = changed(cpu, opcode, value);
  cpu.write(address, result);
  if (copy >= 0) cpu.setByte(copy, result);
}

/** The result of a shift, RES or SET. */
function changed(cpu: Z80Core, opcode: number, value: number): number {
  const y = (opcode >> 3) & 7;
  if (opcode < 0x40) return shift(cpu, y, value);
  return opcode < 0xc0 ? value & ~(1 << y) : value | (1 << y);
}

/** BIT. S is set only by bit 7, and P/V is Z. */
function testBit(cpu: Z80Core, opcode: number, value: number, undocumented: number): void {
  const bit = value & (1 << ((opcode >> 3) & 7));
  const flags = parityFlags(bit) & ~BITS_3_5;
  cpu.setFlags(flags | (undocumented & BITS_3_5) | HALF_CARRY | (cpu.byte(F) & CARRY));
}

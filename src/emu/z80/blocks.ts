/**
 * The block instructions: LDI, CPI, INI, OUTI, their descending forms and their repeating forms.
 *
 * Flags of one round: Sean Young, "The Undocumented Z80 Documented" 0.91, sections 4.2 and 4.3. Flags after a
 * round that repeats: David Banks, github.com/hoglet67/Z80Decoder, wiki "Undocumented Flags".
 */
import { parityFlags, resultFlags } from "./arithmetic.ts";
import type { Z80Core } from "./core.ts";
import { A, B, BC, C, CARRY, DE, F, HALF_CARRY, HL, PARITY, SIGN, SUBTRACT, WZ, ZERO } from "./registers.ts";

/** Runs the instruction with the fields y (4 to 7) and z (0 to 3) after ED. */
export function executeBlock(cpu: Z80Core, y: number, z: number): void {
  const step = (y & 1) === 0 ? 1 : -1;
  const isRepeated = y >= 6;
  if (z === 0) copyByte(cpu, step, isRepeated);
  else if (z === 1) compareByte(cpu, step, isRepeated);
  else if (z === 2) inputByte(cpu, step, isRepeated);
  else outputByte(cpu, step, isRepeated);
}

function advance(cpu: Z80Core, pair: number, step: number): number {
  cpu.setPair(pair, cpu.pair(pair) + step);
  return cpu.pair(pair);
}

/** Bits 3 and 5 of LDI and CPI: bit 3 of a sum and its bit 1. */
function bits3And1(sum: number): number {
  return (sum & 0x08) | ((sum & 0x02) << 4);
}

/** LDI, LDD, LDIR and LDDR. */
function copyByte(cpu: Z80Core, step: number, isRepeated: boolean): void {
  const value = cpu.read(cpu.pair(HL));
  cpu.write(cpu.pair(DE), value);
  cpu.idle(2);
  advance(cpu, HL, step);
  advance(cpu, DE, step);
  const isMore = advance(cpu, BC, -1) !== 0;
  const kept = cpu.byte(F) & (SIGN | ZERO | CARRY);
  cpu.setFlags(kept | bits3And1(value + cpu.byte(A)) | (isMore ? PARITY : 0));
  if (isRepeated && isMore) cpu.repeat();
}

/** CPI, CPD, CPIR and CPDR. */
function compareByte(cpu: Z80Core, step: number, isRepeated: boolean): void {
  const a = cpu.byte(A);
  const value = cpu.read(cpu.pair(HL));
  const difference = (a - value) & 0xff;
  const halfCarry = (a ^ value ^ difference) & HALF_CARRY;
  cpu.idle(5);
  advance(cpu, HL, step);
  advance(cpu, WZ, step);
  const isMore = advance(cpu, BC, -1) !== 0;
  const results = resultFlags(difference) & (SIGN | ZERO);
  const undocumented = bits3And1(difference - (halfCarry === 0 ? 0 : 1));
  const kept = cpu.byte(F) & CARRY;
  cpu.setFlags(results | undocumented | halfCarry | (isMore ? PARITY : 0) | SUBTRACT | kept);
  if (isRepeated && isMore && difference !== 0) cpu.repeat();
}

/** INI, IND, INIR and INDR. */
function inputByte(cpu: Z80Core, step: number, isRepeated: boolean): void {
  const port = cpu.pair(BC);
  cpu.idle(1);
  const value = cpu.readPort(port);
  cpu.setPair(WZ, port + step);
  cpu.write(cpu.pair(HL), value);
  cpu.setByte(B, cpu.byte(B) - 1);
  advance(cpu, HL, step);
  finishTransfer(cpu, value, (cpu.byte(C) + step) & 0xff, isRepeated);
}

/** OUTI, OUTD, OTIR and OTDR. B counts before it is put on the address bus. */
function outputByte(cpu: Z80Core, step: number, isRepeated: boolean): void {
  cpu.idle(1);
  const value = cpu.read(cpu.pair(HL));
  cpu.setByte(B, cpu.byte(B) - 1);
  const port = cpu.pair(BC);
  cpu.writePort(port, value);
  cpu.setPair(WZ, port + step);
  advance(cpu, HL, step);
  finishTransfer(cpu, value, cpu.byte(HL + 1), isRepeated);
}

/** Sets the flags of a transfer from or to a port, and repeats it. The sum with `addend` has no other use. */
function finishTransfer(cpu: Z80Core, value: number, addend: number, isRepeated: boolean): void {
  const b = cpu.byte(B);
  const sum = value + addend;
  const carries = sum > 0xff ? HALF_CARRY | CARRY : 0;
  const parity = parityFlags((sum & 7) ^ b) & PARITY;
  cpu.setFlags(resultFlags(b) | carries | parity | ((value & 0x80) >> 6));
  if (!isRepeated || b === 0) return;
  cpu.repeat();
  cpu.setFlags(repeatedFlags(cpu.byte(F), value, b));
}

/**
 * F after a transfer that repeats. While PC returns, the ALU counts B up or down if there was a carry (down
 * if the byte is negative): H is the carry between its digits, and P/V changes with the parity of three bits.
 */
function repeatedFlags(flags: number, value: number, b: number): number {
  let counted = b;
  let halfCarry = flags & HALF_CARRY;
  if ((flags & CARRY) !== 0) {
    const isDown = (value & 0x80) !== 0;
    counted = isDown ? b - 1 : b + 1;
    halfCarry = (b & 0x0f) === (isDown ? 0 : 0x0f) ? HALF_CARRY : 0;
  }
  const parity = (parityFlags(counted & 7) ^ PARITY) & PARITY;
  return ((flags & ~HALF_CARRY) | halfCarry) ^ parity;
}

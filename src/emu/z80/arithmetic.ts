/**
 * Results and flags of arithmetic, logical operations and shifts.
 *
 * Zilog, Z80 CPU User Manual (UM0080); bits 3 and 5 of F: Sean Young, "The Undocumented Z80 Documented" 0.91.
 */
import type { Z80Core } from "./core.ts";
import { A, BITS_3_5, CARRY, F, HALF_CARRY, PARITY, Q, SIGN, SUBTRACT, WZ, ZERO } from "./registers.ts";

/** S, Z and bits 3 and 5 of each result. */
const RESULT_FLAGS = Uint8Array.from(
  { length: 256 },
  (_, value) => (value & (SIGN | BITS_3_5)) | (value === 0 ? ZERO : 0),
);

/** The same with P, which is set for an even number of ones. */
const PARITY_FLAGS = RESULT_FLAGS.map((flags, value) => {
  let ones = 0;
  for (let bit = 0; bit < 8; bit++) ones += (value >> bit) & 1;
  return (ones & 1) === 0 ? flags | PARITY : flags;
});

/** S, Z and bits 3 and 5 of a result of eight bits. */
export function resultFlags(value: number): number {
  return RESULT_FLAGS[value]!;
}

/** The same with parity. */
export function parityFlags(value: number): number {
  return PARITY_FLAGS[value]!;
}

/** `carry` is 0 or 1. */
function add(cpu: Z80Core, value: number, carry: number): void {
  const a = cpu.byte(A);
  const sum = a + value + carry;
  const overflow = ((a ^ sum) & (value ^ sum) & 0x80) >> 5;
  cpu.setByte(A, sum);
  cpu.setFlags(resultFlags(sum & 0xff) | (sum >> 8) | ((a ^ value ^ sum) & HALF_CARRY) | overflow);
}

/** Sets the flags of A - value - carry and returns the difference. */
function subtract(cpu: Z80Core, value: number, carry: number): number {
  const a = cpu.byte(A);
  const difference = a - value - carry;
  const overflow = ((a ^ value) & (a ^ difference) & 0x80) >> 5;
  const halfCarry = (a ^ value ^ difference) & HALF_CARRY;
  const borrow = (difference >> 8) & CARRY;
  cpu.setFlags(resultFlags(difference & 0xff) | borrow | halfCarry | overflow | SUBTRACT);
  return difference & 0xff;
}

function setLogical(cpu: Z80Core, value: number, halfCarry: number): void {
  cpu.setByte(A, value);
  cpu.setFlags(parityFlags(value) | halfCarry);
}

/** Bits 3 and 5 are those of the operand, not of the difference. */
function compare(cpu: Z80Core, value: number): void {
  subtract(cpu, value, 0);
  cpu.setFlags((cpu.byte(F) & ~BITS_3_5) | (value & BITS_3_5));
}

/** ADD, ADC, SUB, SBC, AND, XOR, OR and CP in the order of their codes. */
export function accumulate(cpu: Z80Core, operation: number, value: number): void {
  switch (operation) {
    case 0:
      add(cpu, value, 0);
      break;
    case 1:
      add(cpu, value, cpu.byte(F) & CARRY);
      break;
    case 2:
      cpu.setByte(A, subtract(cpu, value, 0));
      break;
    case 3:
      cpu.setByte(A, subtract(cpu, value, cpu.byte(F) & CARRY));
      break;
    case 4:
      setLogical(cpu, cpu.byte(A) & value, HALF_CARRY);
      break;
    case 5:
      setLogical(cpu, cpu.byte(A) ^ value, 0);
      break;
    case 6:
      setLogical(cpu, cpu.byte(A) | value, 0);
      break;
    default:
      compare(cpu, value);
  }
}

export function negate(cpu: Z80Core): void {
  const value = cpu.byte(A);
  cpu.setByte(A, 0);
  cpu.setByte(A, subtract(cpu, value, 0));
}

export function increment(cpu: Z80Core, value: number): number {
  const result = (value + 1) & 0xff;
  const halfCarry = (result & 0x0f) === 0 ? HALF_CARRY : 0;
  cpu.setFlags((cpu.byte(F) & CARRY) | resultFlags(result) | halfCarry | (result === 0x80 ? PARITY : 0));
  return result;
}

export function decrement(cpu: Z80Core, value: number): number {
  const result = (value - 1) & 0xff;
  const halfCarry = (value & 0x0f) === 0 ? HALF_CARRY : 0;
  const overflow = value === 0x80 ? PARITY : 0;
  cpu.setFlags((cpu.byte(F) & CARRY) | resultFlags(result) | halfCarry | overflow | SUBTRACT);
  return result;
}

/** ADD HL,rr, ADD IX,rr and ADD IY,rr: S, Z and P/V stay. The other flags are those of the high bytes. */
export function addPairs(cpu: Z80Core, target: number, value: number): void {
  const before = cpu.pair(target);
  const sum = before + value;
  const high = sum >> 8;
  cpu.setPair(WZ, before + 1);
  cpu.setPair(target, sum);
  cpu.idle(7);
  const halfCarry = ((before ^ value ^ sum) >> 8) & HALF_CARRY;
  cpu.setFlags((cpu.byte(F) & (SIGN | ZERO | PARITY)) | (high & BITS_3_5) | halfCarry | (high >> 8));
}

/** ADC HL,rr, or SBC HL,rr if `isSubtraction`. */
export function addPairsWithCarry(cpu: Z80Core, target: number, value: number, isSubtraction: boolean): void {
  const before = cpu.pair(target);
  const carry = cpu.byte(F) & CARRY;
  const result = isSubtraction ? before - value - carry : before + value + carry;
  const opposite = isSubtraction ? before ^ value : ~(before ^ value);
  const high = (result >> 8) & 0xff;
  cpu.setPair(WZ, before + 1);
  cpu.setPair(target, result);
  cpu.idle(7);
  cpu.setFlags(
    (high & (SIGN | BITS_3_5)) |
      ((result & 0xffff) === 0 ? ZERO : 0) |
      (((before ^ value ^ result) >> 8) & HALF_CARRY) |
      ((opposite & (before ^ result) & 0x8000) >> 13) |
      (isSubtraction ? SUBTRACT : 0) |
      ((result >> 16) & CARRY),
  );
}

/** RLC, RRC, RL, RR, SLA, SRA, SLL and SRL in the order of their codes. SLL shifts a 1 in. */
export function shift(cpu: Z80Core, operation: number, value: number): number {
  const isLeft = (operation & 1) === 0;
  const out = isLeft ? value >> 7 : value & 1;
  const bitIn = shiftedIn(cpu, operation, value, out);
  const result = isLeft ? ((value << 1) & 0xff) | bitIn : (value >> 1) | (bitIn << 7);
  cpu.setFlags(parityFlags(result) | out);
  return result;
}

/** The bit that a shift moves in, if `out` is the one that it moves out. */
function shiftedIn(cpu: Z80Core, operation: number, value: number, out: number): number {
  switch (operation) {
    case 0:
    case 1:
      return out;
    case 2:
    case 3:
      return cpu.byte(F) & CARRY;
    case 5:
      return value >> 7;
    case 6:
      return 1;
    default:
      return 0;
  }
}

/** RLCA, RRCA, RLA and RRA: as `shift`, but S, Z and P/V stay. */
export function rotateAccumulator(cpu: Z80Core, operation: number): void {
  const kept = cpu.byte(F) & (SIGN | ZERO | PARITY);
  const result = shift(cpu, operation, cpu.byte(A));
  cpu.setByte(A, result);
  cpu.setFlags(kept | (cpu.byte(F) & (BITS_3_5 | CARRY)));
}

/** DAA: adds or subtracts 6 in each digit that has left the decimal range. */
export function decimalAdjust(cpu: Z80Core): void {
  const a = cpu.byte(A);
  const flags = cpu.byte(F);
  const carry = a > 0x99 ? CARRY : flags & CARRY;
  const low = (flags & HALF_CARRY) !== 0 || (a & 0x0f) > 9 ? 6 : 0;
  const correction = low + (carry === 0 ? 0 : 0x60);
  const result = ((flags & SUBTRACT) === 0 ? a + correction : a - correction) & 0xff;
  cpu.setByte(A, result);
  cpu.setFlags(parityFlags(result) | ((a ^ result) & HALF_CARRY) | (flags & SUBTRACT) | carry);
}

/** CPL. */
export function complement(cpu: Z80Core): void {
  const result = cpu.byte(A) ^ 0xff;
  cpu.setByte(A, result);
  const kept = cpu.byte(F) & (SIGN | ZERO | PARITY | CARRY);
  cpu.setFlags(kept | HALF_CARRY | SUBTRACT | (result & BITS_3_5));
}

/**
 * SCF, or CCF if `isComplement`. Bits 3 and 5 are those of A, or'ed with those of F if the instruction before
 * has not set flags. Patrik Rak, "Zilog Z80 flags: the Q register", worldofspectrum.org, 2012.
 */
export function changeCarry(cpu: Z80Core, isComplement: boolean): void {
  const flags = cpu.byte(F);
  const carry = flags & CARRY;
  const undocumented = ((cpu.byte(Q) ^ flags) | cpu.byte(A)) & BITS_3_5;
  const changed = isComplement ? (carry === 0 ? CARRY : HALF_CARRY) : CARRY;
  cpu.setFlags((flags & (SIGN | ZERO | PARITY)) | undocumented | changed);
}

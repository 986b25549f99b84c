/**
 * The opcodes without prefix, and those after DD and FD, in which IX or IY takes the place of HL. An opcode's
 * fields are x (bits 7 and 6), y (5 to 3) and z (2 to 0); y is p (5 and 4) and q (3).
 * http://www.z80.info/decoding.htm
 */
import {
  accumulate,
  addPairs,
  changeCarry,
  complement,
  decimalAdjust,
  decrement,
  increment,
  rotateAccumulator,
} from "./arithmetic.ts";
import { executeBits, executeIndexedBits } from "./bits.ts";
import { registerWithCode, type Z80Core } from "./core.ts";
import {
  A,
  AFTER_EI,
  B,
  BC,
  CARRY,
  DE,
  F,
  HALTED,
  HL,
  IFF1,
  IFF2,
  L,
  PARITY,
  PC,
  SHADOW,
  SIGN,
  SP,
  WZ,
  ZERO,
} from "./registers.ts";

/** Runs the opcode. `index` is `HL`, `IX` or `IY`. */
export function executeMain(cpu: Z80Core, opcode: number, index: number): void {
  const y = (opcode >> 3) & 7;
  const z = opcode & 7;
  switch (opcode >> 6) {
    case 0:
      executeFirstQuarter(cpu, y, z, index);
      break;
    case 1:
      opcode === 0x76 ? cpu.setByte(HALTED, 1) : load(cpu, y, z, index);
      break;
    case 2:
      accumulate(cpu, y, operand(cpu, z, index));
      break;
    default:
      executeLastQuarter(cpu, y, z, index);
  }
}

/** The operand with code z: a register, or (HL), which is code 6. */
function operand(cpu: Z80Core, z: number, index: number): number {
  return z === 6 ? cpu.read(cpu.operandAddress(index)) : cpu.byte(registerWithCode(z, index));
}

/** LD r,r'. Beside (IX+d), H and L are themselves. */
function load(cpu: Z80Core, y: number, z: number, index: number): void {
  if (z === 6) cpu.setByte(y, cpu.read(cpu.operandAddress(index)));
  else if (y === 6) cpu.write(cpu.operandAddress(index), cpu.byte(z));
  else cpu.setByte(registerWithCode(y, index), cpu.byte(registerWithCode(z, index)));
}

/** BC, DE, HL or SP. */
function pairOf(p: number, index: number): number {
  return p === 3 ? SP : p === 2 ? index : p << 1;
}

/** NZ, Z, NC, C, PO, PE, P and M in the order of their codes. */
function isTrue(cpu: Z80Core, condition: number): boolean {
  const pair = condition >> 1;
  const flag = pair === 0 ? ZERO : pair === 1 ? CARRY : pair === 2 ? PARITY : SIGN;
  return ((cpu.byte(F) & flag) !== 0) === ((condition & 1) !== 0);
}

function executeFirstQuarter(cpu: Z80Core, y: number, z: number, index: number): void {
  const pair = pairOf(y >> 1, index);
  const isSecond = (y & 1) !== 0;
  switch (z) {
    case 0:
      jumpRelative(cpu, y);
      break;
    case 1:
      isSecond ? addPairs(cpu, index, cpu.pair(pair)) : cpu.setPair(pair, cpu.fetchWord());
      break;
    case 2:
      loadIndirect(cpu, y, index);
      break;
    case 3:
      cpu.idle(2);
      cpu.setPair(pair, cpu.pair(pair) + (isSecond ? -1 : 1));
      break;
    case 4:
    case 5:
      count(cpu, y, index, z === 5);
      break;
    case 6:
      loadImmediate(cpu, y, index);
      break;
    default:
      adjustAccumulator(cpu, y);
  }
}

/** NOP, EX AF,AF', DJNZ, JR and JR cc. */
function jumpRelative(cpu: Z80Core, y: number): void {
  if (y === 0) return;
  if (y === 1) {
    exchange(cpu, F, SHADOW + F);
    exchange(cpu, A, SHADOW + A);
    return;
  }
  let isTaken = y === 3 || (y > 3 && isTrue(cpu, y - 4));
  if (y === 2) {
    cpu.idle(1);
    cpu.setByte(B, cpu.byte(B) - 1);
    isTaken = cpu.byte(B) !== 0;
  }
  const displacement = cpu.fetchByte();
  if (!isTaken) return;
  cpu.idle(5);
  cpu.setPair(PC, cpu.displaced(PC, displacement));
}

function exchange(cpu: Z80Core, first: number, second: number): void {
  const value = cpu.byte(first);
  cpu.setByte(first, cpu.byte(second));
  cpu.setByte(second, value);
}

/** Loads and stores of A at (BC), (DE) and (nn), and of HL at (nn). */
function loadIndirect(cpu: Z80Core, y: number, index: number): void {
  if (y === 4) {
    storePair(cpu, index);
    return;
  }
  if (y === 5) {
    loadPair(cpu, index);
    return;
  }
  const address = y < 4 ? cpu.pair(y < 2 ? BC : DE) : cpu.fetchWord();
  const next = (address + 1) & 0xffff;
  if ((y & 1) !== 0) {
    cpu.setByte(A, cpu.read(address));
    cpu.setPair(WZ, next);
  } else {
    cpu.write(address, cpu.byte(A));
    cpu.setPair(WZ, (cpu.byte(A) << 8) | (next & 0xff));
  }
}

/** LD (nn),rr. */
export function storePair(cpu: Z80Core, pair: number): void {
  const address = cpu.fetchWord();
  const next = (address + 1) & 0xffff;
  cpu.write(address, cpu.byte(pair + 1));
  cpu.write(next, cpu.byte(pair));
  cpu.setPair(WZ, next);
}

/** LD rr,(nn). */
export function loadPair(cpu: Z80Core, pair: number): void {
  const address = cpu.fetchWord();
  const next = (address + 1) & 0xffff;
  cpu.setByte(pair + 1, cpu.read(address));
  cpu.setByte(pair, cpu.read(next));
  cpu.setPair(WZ, next);
}

/** INC r, or DEC r if `isDown`. */
function count(cpu: Z80Core, y: number, index: number, isDown: boolean): void {
  if (y === 6) {
    const address = cpu.operandAddress(index);
    const value = cpu.read(address);
    cpu.idle(1);
    cpu.write(address, isDown ? decrement(cpu, value) : increment(cpu, value));
    return;
  }
  const at = registerWithCode(y, index);
  cpu.setByte(at, isDown ? decrement(cpu, cpu.byte(at)) : increment(cpu, cpu.byte(at)));
}

/** LD r,n. LD (IX+d),n adds d while it reads n, so the sum takes only two T-states more. */
function loadImmediate(cpu: Z80Core, y: number, index: number): void {
  if (y !== 6) {
    cpu.setByte(registerWithCode(y, index), cpu.fetchByte());
    return;
  }
  let address = cpu.pair(HL);
  if (index !== HL) {
    address = cpu.displaced(index, cpu.fetchByte());
    cpu.idle(2);
  }
  cpu.write(address, cpu.fetchByte());
}

/** RLCA, RRCA, RLA, RRA, DAA, CPL, SCF and CCF. */
function adjustAccumulator(cpu: Z80Core, y: number): void {
  if (y < 4) rotateAccumulator(cpu, y);
  else if (y === 4) decimalAdjust(cpu);
  else if (y === 5) complement(cpu);
  else changeCarry(cpu, y === 7);
}

function executeLastQuarter(cpu: Z80Core, y: number, z: number, index: number): void {
  switch (z) {
    case 0:
      cpu.idle(1);
      if (isTrue(cpu, y)) cpu.jump(cpu.pop());
      return;
    case 1:
      popOrReturn(cpu, y, index);
      break;
    case 2:
      jumpAbsolute(cpu, isTrue(cpu, y));
      break;
    case 3:
      executeMixed(cpu, y, index);
      break;
    case 4:
      callAbsolute(cpu, isTrue(cpu, y));
      break;
    case 5:
      if (y === 1) {
        callAbsolute(cpu, true);
        return;
      }
      cpu.idle(1);
      cpu.push(y === 6 ? (cpu.byte(A) << 8) | cpu.byte(F) : cpu.pair(pairOf(y >> 1, index)));
      break;
    case 6:
      accumulate(cpu, y, cpu.fetchByte());
      break;
    default:
      cpu.idle(1);
      cpu.call(y << 3);
  }
}

/** POP, RET, EXX, JP (HL) and LD SP,HL. */
function popOrReturn(cpu: Z80Core, y: number, index: number): void {
  switch (y) {
    case 1:
      cpu.jump(cpu.pop());
      break;
    case 3:
      for (let at = B; at <= L; at++) exchange(cpu, at, SHADOW + at);
      return;
    case 5:
      cpu.setPair(PC, cpu.pair(index));
      break;
    case 7:
      cpu.idle(2);
      cpu.setPair(SP, cpu.pair(index));
      break;
    case 6: {
      const value = cpu.pop();
      cpu.setByte(A, value >> 8);
      // Not `setFlags`: a pulled F counts for Q as one that the instruction has not set.
      cpu.setByte(F, value);
      break;
    }
    default:
      cpu.setPair(pairOf(y >> 1, index), cpu.pop());
  }
}

function jumpAbsolute(cpu: Z80Core, isTaken: boolean): void {
  const address = cpu.fetchWord();
  cpu.setPair(WZ, address);
  if (isTaken) cpu.setPair(PC, address);
}

function callAbsolute(cpu: Z80Core, isTaken: boolean): void {
  const address = cpu.fetchWord();
  cpu.setPair(WZ, address);
  if (!isTaken) return;
  cpu.idle(1);
  cpu.call(address);
}

/** JP nn, the prefix CB, OUT (n),A, IN A,(n), EX (SP),HL, EX DE,HL, DI and EI. */
function executeMixed(cpu: Z80Core, y: number, index: number): void {
  switch (y) {
    case 0:
      jumpAbsolute(cpu, true);
      break;
    case 1:
      index === HL ? executeBits(cpu) : executeIndexedBits(cpu, index);
      break;
    case 2: {
      const a = cpu.byte(A) << 8;
      const port = cpu.fetchByte();
      cpu.writePort(a | port, cpu.byte(A));
      cpu.setPair(WZ, a | ((port + 1) & 0xff));
      break;
    }
    case 3: {
      const port = (cpu.byte(A) << 8) | cpu.fetchByte();
      cpu.setByte(A, cpu.readPort(port));
      cpu.setPair(WZ, port + 1);
      break;
    }
    case 4:
      exchangeStack(cpu, index);
      break;
    case 5:
      exchange(cpu, DE, HL);
      exchange(cpu, DE + 1, HL + 1);
      break;
    case 6:
      cpu.setByte(IFF1, 0);
      cpu.setByte(IFF2, 0);
      break;
    default:
      cpu.setByte(IFF1, 1);
      cpu.setByte(IFF2, 1);
      cpu.remember(AFTER_EI);
  }
}

/** EX (SP),HL. */
function exchangeStack(cpu: Z80Core, index: number): void {
  const low = cpu.pair(SP);
  const high = (low + 1) & 0xffff;
  const value = cpu.read(low) | (cpu.read(high) << 8);
  cpu.idle(1);
  cpu.write(high, cpu.byte(index));
  cpu.write(low, cpu.byte(index + 1));
  cpu.idle(2);
  cpu.setPair(index, value);
  cpu.setPair(WZ, value);
}

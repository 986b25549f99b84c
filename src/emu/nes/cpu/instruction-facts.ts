/** What observers ask about an instruction. The answers need no bus accesses, which would have effects. */
import type { Cpu } from "./cpu.ts";
import { type AddressingMode, OPCODE_STACK, OPCODES, setsStack } from "./opcodes.ts";

const STACK_PAGE = 0x100;
/** The change of S by PC and P. */
const INTERRUPT_PUSHES = -3 & 0xff;

/** The address that an operand of each mode names. `pc` is the address of the opcode. */
const ADDRESS_BY_MODE: Readonly<Partial<Record<AddressingMode, (cpu: Cpu, pc: number) => number>>> = {
  zp: operand,
  zpx: (cpu, pc) => (operand(cpu, pc) + cpu.x) & 0xff,
  zpy: (cpu, pc) => (operand(cpu, pc) + cpu.y) & 0xff,
  abs: word,
  abx: (cpu, pc) => (word(cpu, pc) + cpu.x) & 0xffff,
  aby: (cpu, pc) => (word(cpu, pc) + cpu.y) & 0xffff,
  inx: (cpu, pc) => pointer(cpu, (operand(cpu, pc) + cpu.x) & 0xff),
  iny: (cpu, pc) => (pointer(cpu, operand(cpu, pc)) + cpu.y) & 0xffff,
};
const ADDRESSES = OPCODES.map(({ mode }) => ADDRESS_BY_MODE[mode] ?? (() => 0));

/**
 * Returns the address of the byte that the next instruction accesses; 0 if it accesses none. `opcode` is the
 * byte at PC.
 */
export function operandAddress(cpu: Cpu, opcode: number): number {
  return ADDRESSES[opcode]!(cpu, cpu.pc);
}

/**
 * Returns true if an interrupt followed the instruction that has just run: S is three bytes lower than the
 * instruction left it. `stackBefore` is S before the instruction.
 */
export function wasInterrupted(cpu: Cpu, opcode: number, stackBefore: number): boolean {
  return ((cpu.s - stackBefore - OPCODE_STACK[opcode]!) & 0xff) === INTERRUPT_PUSHES && !setsStack(opcode);
}

/** Returns the address at which the program continues after the interrupt that has just begun. */
export function interruptedPc(cpu: Cpu): number {
  const low = cpu.peek(STACK_PAGE | ((cpu.s + 2) & 0xff));
  return low | (cpu.peek(STACK_PAGE | ((cpu.s + 3) & 0xff)) << 8);
}

/** The byte after the opcode. */
function operand(cpu: Cpu, pc: number): number {
  return cpu.peek((pc + 1) & 0xffff);
}

/** The two bytes after the opcode. */
function word(cpu: Cpu, pc: number): number {
  return cpu.peek((pc + 1) & 0xffff) | (cpu.peek((pc + 2) & 0xffff) << 8);
}

/** The pointer at `at` in the zero page. */
function pointer(cpu: Cpu, at: number): number {
  return cpu.peek(at) | (cpu.peek((at + 1) & 0xff) << 8);
}

/** What observers ask about an instruction. The answers need no bus accesses, which would have effects. */
import type { Cpu } from "./cpu.ts";
import { type AddressingMode, OPCODE_STACK, OPCODES, setsStack } from "./opcodes.ts";

// Numbers in this file, because a switch over names or imported constants is a chain of comparisons.
const NONE = 0;
const ZERO_PAGE = 1;
const ZERO_PAGE_X = 2;
const ZERO_PAGE_Y = 3;
const ABSOLUTE = 4;
const ABSOLUTE_X = 5;
const ABSOLUTE_Y = 6;
const INDIRECT_X = 7;
const INDIRECT_Y = 8;

const STACK_PAGE = 0x100;
/** The change of S by PC and P. */
const INTERRUPT_PUSHES = -3 & 0xff;

const MODE_NUMBERS: Readonly<Partial<Record<AddressingMode, number>>> = {
  zp: ZERO_PAGE,
  zpx: ZERO_PAGE_X,
  zpy: ZERO_PAGE_Y,
  abs: ABSOLUTE,
  abx: ABSOLUTE_X,
  aby: ABSOLUTE_Y,
  inx: INDIRECT_X,
  iny: INDIRECT_Y,
};

const MODES = Uint8Array.from(OPCODES, ({ mode }) => MODE_NUMBERS[mode] ?? NONE);

/**
 * Returns the address of the byte that the next instruction accesses; 0 if it accesses none. `opcode` is the
 * byte at PC.
 */
export function operandAddress(cpu: Cpu, opcode: number): number {
  const { pc } = cpu;
  switch (MODES[opcode]) {
    case ZERO_PAGE:
      return cpu.peek((pc + 1) & 0xffff);
    case ZERO_PAGE_X:
      return (cpu.peek((pc + 1) & 0xffff) + cpu.x) & 0xff;
    case ZERO_PAGE_Y:
      return (cpu.peek((pc + 1) & 0xffff) + cpu.y) & 0xff;
    case ABSOLUTE:
      return word(cpu, pc);
    case ABSOLUTE_X:
      return (word(cpu, pc) + cpu.x) & 0xffff;
    case ABSOLUTE_Y:
      return (word(cpu, pc) + cpu.y) & 0xffff;
    case INDIRECT_X:
      return pointer(cpu, (cpu.peek((pc + 1) & 0xffff) + cpu.x) & 0xff);
    case INDIRECT_Y:
      return (pointer(cpu, cpu.peek((pc + 1) & 0xffff)) + cpu.y) & 0xffff;
    default:
      return 0;
  }
}

/**
 * Returns true if an interrupt followed the instruction that has just run: S is three bytes lower than the
 * instruction left it. `stackBefore` is S before the instruction.
 */
export function wasInterrupted(cpu: Cpu, opcode: number, stackBefore: number): boolean {
  return ((cpu.s - stackBefore - OPCODE_STACK[opcode]!) & 0xff) === INTERRUPT_PUSHES && !setsStack(opcode);
}

/** Returns the address at which the program goes on after the interrupt that has just begun. */
export function interruptedPc(cpu: Cpu): number {
  const low = cpu.peek(STACK_PAGE | ((cpu.s + 2) & 0xff));
  return low | (cpu.peek(STACK_PAGE | ((cpu.s + 3) & 0xff)) << 8);
}

/** The two bytes after the opcode. */
function word(cpu: Cpu, pc: number): number {
  return cpu.peek((pc + 1) & 0xffff) | (cpu.peek((pc + 2) & 0xffff) << 8);
}

/** The pointer at `at` in the zero page. */
function pointer(cpu: Cpu, at: number): number {
  return cpu.peek(at) | (cpu.peek((at + 1) & 0xff) << 8);
}

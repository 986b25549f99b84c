/** How an instruction finds its operand. */
export const MODE_NONE = 0;
export const MODE_IMMEDIATE = 1;
export const MODE_ZERO_PAGE = 2;
export const MODE_ZERO_PAGE_X = 3;
export const MODE_ZERO_PAGE_Y = 4;
export const MODE_ABSOLUTE = 5;
export const MODE_ABSOLUTE_X = 6;
export const MODE_ABSOLUTE_Y = 7;
export const MODE_INDIRECT_X = 8;
export const MODE_INDIRECT_Y = 9;
export const MODE_RELATIVE = 10;
/** A jump's address, which is not read from. */
export const MODE_JUMP = 11;
export const MODE_JUMP_INDIRECT = 12;

/** What an instruction does with the byte at its operand's address. */
export const ACCESS_READ = 1;
export const ACCESS_WRITE = 2;

/** Bytes of an instruction by its mode. */
const MODE_BYTES = [1, 2, 2, 2, 2, 3, 3, 3, 2, 2, 2, 3, 3];

/** Modes by the middle three bits of an opcode, for each of the four low two bits. */
const COLUMNS: readonly (readonly number[])[] = [
  [1, 2, 0, 5, 10, 3, 0, 6],
  [8, 2, 1, 5, 9, 3, 7, 6],
  [1, 2, 0, 5, 0, 3, 0, 6],
  [8, 2, 1, 5, 9, 3, 7, 6],
];
const BRK = 0x00;
export const JSR = 0x20;
const RTI = 0x40;
const RTS = 0x60;
const EXCEPTIONS: Readonly<Record<number, number>> = {
  [BRK]: MODE_NONE,
  [JSR]: MODE_JUMP,
  [RTI]: MODE_NONE,
  [RTS]: MODE_NONE,
  76: MODE_JUMP,
  108: MODE_JUMP_INDIRECT,
  150: MODE_ZERO_PAGE_Y,
  151: MODE_ZERO_PAGE_Y,
  182: MODE_ZERO_PAGE_Y,
  183: MODE_ZERO_PAGE_Y,
  158: MODE_ABSOLUTE_Y,
  159: MODE_ABSOLUTE_Y,
  190: MODE_ABSOLUTE_Y,
  191: MODE_ABSOLUTE_Y,
};
/** $02, $12, …: they stop the CPU. */
const JAMS = [0x02, 0x12, 0x22, 0x32, 0x42, 0x52, 0x62, 0x72, 0x92, 0xb2, 0xd2, 0xf2];

function modeOf(opcode: number): number {
  if (JAMS.includes(opcode)) return MODE_NONE;
  return EXCEPTIONS[opcode] ?? COLUMNS[opcode & 3]![(opcode >> 2) & 7]!;
}

/** Stores stand in row $80, loads in $A0; rows of the other columns read, or read and write back. */
function accessOf(opcode: number): number {
  const mode = modeOf(opcode);
  const touchesMemory = mode >= MODE_ZERO_PAGE && mode <= MODE_INDIRECT_Y;
  if (!touchesMemory) return 0;
  const row = opcode >> 5;
  const column = opcode & 3;
  if (row === 4) return ACCESS_WRITE;
  if (row === 5 || column === 0 || column === 1) return ACCESS_READ;
  return ACCESS_READ | ACCESS_WRITE;
}

const all = Array.from({ length: 256 }, (_, opcode) => opcode);
/** MODE_ of each opcode, undocumented ones included. https://www.nesdev.org/wiki/CPU_unofficial_opcodes */
export const OPCODE_MODE = Uint8Array.from(all, modeOf);
/** ACCESS_ bits of each opcode. */
export const OPCODE_ACCESS = Uint8Array.from(all, accessOf);
/** Length of each opcode's instruction, in bytes. */
export const OPCODE_BYTES = Uint8Array.from(all, (opcode) => MODE_BYTES[modeOf(opcode)]!);

/** By how much each opcode moves S; 0 for TXS and LAS's kin, which set it. */
export const OPCODE_STACK = new Int8Array(256);
OPCODE_STACK[BRK] = -3;
OPCODE_STACK[JSR] = -2;
OPCODE_STACK[0x08] = -1;
OPCODE_STACK[0x48] = -1;
OPCODE_STACK[0x28] = 1;
OPCODE_STACK[0x68] = 1;
OPCODE_STACK[RTS] = 2;
OPCODE_STACK[RTI] = 3;

/** Whether an opcode sets S to something else: TXS, SHS, LAS. */
export function setsStack(opcode: number): boolean {
  return opcode === 0x9a || opcode === 0x9b || opcode === 0xbb;
}

/** Whether an opcode ends a routine: RTS or RTI. */
export function isReturn(opcode: number): boolean {
  return opcode === RTS || opcode === RTI;
}

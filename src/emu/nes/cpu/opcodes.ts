/**
 * The 256 opcodes: the one table that the fast path, the observer, coverage, tests and disassembly derive
 * their facts from. https://www.nesdev.org/wiki/CPU_unofficial_opcodes
 */

/** Addressing modes, and the length in bytes of an instruction with each. */
const MODE_LENGTH_BYTES = {
  imp: 1,
  acc: 1,
  imm: 2,
  zp: 2,
  zpx: 2,
  zpy: 2,
  abs: 3,
  abx: 3,
  aby: 3,
  inx: 2,
  iny: 2,
  rel: 2,
  /** JMP and JSR: an address that is not read from. */
  jmp: 3,
  ind: 3,
} as const;

export type AddressingMode = keyof typeof MODE_LENGTH_BYTES;

/** What an instruction does with the byte at its operand's address. */
export const ACCESS_READ = 1;
export const ACCESS_WRITE = 2;

export interface Opcode {
  readonly code: number;
  readonly mnemonic: string;
  readonly mode: AddressingMode;
  readonly lengthBytes: number;
  /** Without the cycle for a crossed page or a taken branch. JAM never ends; its bus settles after 11. */
  readonly cycles: number;
  readonly isOfficial: boolean;
  /** ACCESS_ bits. Immediate operands, stack and interrupt vectors do not count. */
  readonly access: number;
  /** The change of S: −3 for BRK, 1 for PLA; 0 for TXS, SHS and LAS, which set it. */
  readonly stack: number;
}

/** Mnemonic, mode and cycles, 16 a row; `*` marks unofficial opcodes. */
const ROWS = [
  // $00
  "BRK imp 7, ORA inx 6, JAM* imp 11, SLO* inx 8, NOP* zp 3, ORA zp 3, ASL zp 5, SLO* zp 5",
  "PHP imp 3, ORA imm 2, ASL acc 2, ANC* imm 2, NOP* abs 4, ORA abs 4, ASL abs 6, SLO* abs 6",
  // $10
  "BPL rel 2, ORA iny 5, JAM* imp 11, SLO* iny 8, NOP* zpx 4, ORA zpx 4, ASL zpx 6, SLO* zpx 6",
  "CLC imp 2, ORA aby 4, NOP* imp 2, SLO* aby 7, NOP* abx 4, ORA abx 4, ASL abx 7, SLO* abx 7",
  // $20
  "JSR jmp 6, AND inx 6, JAM* imp 11, RLA* inx 8, BIT zp 3, AND zp 3, ROL zp 5, RLA* zp 5",
  "PLP imp 4, AND imm 2, ROL acc 2, ANC* imm 2, BIT abs 4, AND abs 4, ROL abs 6, RLA* abs 6",
  // $30
  "BMI rel 2, AND iny 5, JAM* imp 11, RLA* iny 8, NOP* zpx 4, AND zpx 4, ROL zpx 6, RLA* zpx 6",
  "SEC imp 2, AND aby 4, NOP* imp 2, RLA* aby 7, NOP* abx 4, AND abx 4, ROL abx 7, RLA* abx 7",
  // $40
  "RTI imp 6, EOR inx 6, JAM* imp 11, SRE* inx 8, NOP* zp 3, EOR zp 3, LSR zp 5, SRE* zp 5",
  "PHA imp 3, EOR imm 2, LSR acc 2, ALR* imm 2, JMP jmp 3, EOR abs 4, LSR abs 6, SRE* abs 6",
  // $50
  "BVC rel 2, EOR iny 5, JAM* imp 11, SRE* iny 8, NOP* zpx 4, EOR zpx 4, LSR zpx 6, SRE* zpx 6",
  "CLI imp 2, EOR aby 4, NOP* imp 2, SRE* aby 7, NOP* abx 4, EOR abx 4, LSR abx 7, SRE* abx 7",
  // $60
  "RTS imp 6, ADC inx 6, JAM* imp 11, RRA* inx 8, NOP* zp 3, ADC zp 3, ROR zp 5, RRA* zp 5",
  "PLA imp 4, ADC imm 2, ROR acc 2, ARR* imm 2, JMP ind 5, ADC abs 4, ROR abs 6, RRA* abs 6",
  // $70
  "BVS rel 2, ADC iny 5, JAM* imp 11, RRA* iny 8, NOP* zpx 4, ADC zpx 4, ROR zpx 6, RRA* zpx 6",
  "SEI imp 2, ADC aby 4, NOP* imp 2, RRA* aby 7, NOP* abx 4, ADC abx 4, ROR abx 7, RRA* abx 7",
  // $80
  "NOP* imm 2, STA inx 6, NOP* imm 2, SAX* inx 6, STY zp 3, STA zp 3, STX zp 3, SAX* zp 3",
  "DEY imp 2, NOP* imm 2, TXA imp 2, ANE* imm 2, STY abs 4, STA abs 4, STX abs 4, SAX* abs 4",
  // $90
  "BCC rel 2, STA iny 6, JAM* imp 11, SHA* iny 6, STY zpx 4, STA zpx 4, STX zpy 4, SAX* zpy 4",
  "TYA imp 2, STA aby 5, TXS imp 2, SHS* aby 5, SHY* abx 5, STA abx 5, SHX* aby 5, SHA* aby 5",
  // $A0
  "LDY imm 2, LDA inx 6, LDX imm 2, LAX* inx 6, LDY zp 3, LDA zp 3, LDX zp 3, LAX* zp 3",
  "TAY imp 2, LDA imm 2, TAX imp 2, LXA* imm 2, LDY abs 4, LDA abs 4, LDX abs 4, LAX* abs 4",
  // $B0
  "BCS rel 2, LDA iny 5, JAM* imp 11, LAX* iny 5, LDY zpx 4, LDA zpx 4, LDX zpy 4, LAX* zpy 4",
  "CLV imp 2, LDA aby 4, TSX imp 2, LAS* aby 4, LDY abx 4, LDA abx 4, LDX aby 4, LAX* aby 4",
  // $C0
  "CPY imm 2, CMP inx 6, NOP* imm 2, DCP* inx 8, CPY zp 3, CMP zp 3, DEC zp 5, DCP* zp 5",
  "INY imp 2, CMP imm 2, DEX imp 2, SBX* imm 2, CPY abs 4, CMP abs 4, DEC abs 6, DCP* abs 6",
  // $D0
  "BNE rel 2, CMP iny 5, JAM* imp 11, DCP* iny 8, NOP* zpx 4, CMP zpx 4, DEC zpx 6, DCP* zpx 6",
  "CLD imp 2, CMP aby 4, NOP* imp 2, DCP* aby 7, NOP* abx 4, CMP abx 4, DEC abx 7, DCP* abx 7",
  // $E0
  "CPX imm 2, SBC inx 6, NOP* imm 2, ISC* inx 8, CPX zp 3, SBC zp 3, INC zp 5, ISC* zp 5",
  "INX imp 2, SBC imm 2, NOP imp 2, SBC* imm 2, CPX abs 4, SBC abs 4, INC abs 6, ISC* abs 6",
  // $F0
  "BEQ rel 2, SBC iny 5, JAM* imp 11, ISC* iny 8, NOP* zpx 4, SBC zpx 4, INC zpx 6, ISC* zpx 6",
  "SED imp 2, SBC aby 4, NOP* imp 2, ISC* aby 7, NOP* abx 4, SBC abx 4, INC abx 7, ISC* abx 7",
];

const STORES = new Set(["STA", "STX", "STY", "SAX", "SHA", "SHX", "SHY", "SHS"]);
const READ_MODIFY_WRITES = new Set("ASL LSR ROL ROR INC DEC SLO RLA SRE RRA DCP ISC".split(" "));
const MEMORY_MODES = new Set<AddressingMode>(["zp", "zpx", "zpy", "abs", "abx", "aby", "inx", "iny"]);
const STACK: Readonly<Record<string, number>> = {
  BRK: -3,
  JSR: -2,
  PHA: -1,
  PHP: -1,
  PLA: 1,
  PLP: 1,
  RTS: 2,
  RTI: 3,
};

function accessOf(mnemonic: string, mode: AddressingMode): number {
  if (!MEMORY_MODES.has(mode)) return 0;
  if (STORES.has(mnemonic)) return ACCESS_WRITE;
  return READ_MODIFY_WRITES.has(mnemonic) ? ACCESS_READ | ACCESS_WRITE : ACCESS_READ;
}

function readEntry(entry: string, code: number): Opcode {
  const [name, modeName, cycles] = entry.split(" ") as [string, string, string];
  const mnemonic = name.replace("*", "");
  const mode = modeName as AddressingMode;
  return {
    code,
    mnemonic,
    mode,
    lengthBytes: MODE_LENGTH_BYTES[mode],
    cycles: Number(cycles),
    isOfficial: !name.endsWith("*"),
    access: accessOf(mnemonic, mode),
    stack: STACK[mnemonic] ?? 0,
  };
}

/** Every opcode, by its code. */
export const OPCODES: readonly Opcode[] = ROWS.join(", ").split(", ").map(readEntry);

/** `access` of each opcode, for code that runs once an instruction. */
export const OPCODE_ACCESS = Uint8Array.from(OPCODES, ({ access }) => access);
/** `stack` of each opcode. */
export const OPCODE_STACK = Int8Array.from(OPCODES, ({ stack }) => stack);
/** The opcodes that push or pull. */
export const STACK_OPCODES = OPCODES.filter(({ stack }) => stack !== 0).map(({ code }) => code);

export const JSR = 0x20;
export const RTI = 0x40;
export const RTS = 0x60;
const TXS = 0x9a;
const SHS = 0x9b;
const LAS = 0xbb;

/** Returns true if an opcode sets S instead of moving it: TXS, SHS, LAS. */
export function setsStack(code: number): boolean {
  return code === TXS || code === SHS || code === LAS;
}

/** Returns true if an opcode ends a routine: RTS or RTI. */
export function isReturn(code: number): boolean {
  return code === RTS || code === RTI;
}

/** Returns true for BPL, BMI, BVC, BVS, BCC, BCS, BNE and BEQ. */
export function isBranch(code: number): boolean {
  return (code & 0x1f) === 0x10;
}

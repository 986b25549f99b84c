import {
  CARRY_FLAG,
  DECIMAL_FLAG,
  IRQ_OFF,
  NEGATIVE_FLAG,
  OVERFLOW_FLAG,
  type Registers65C02,
  ZERO_FLAG,
} from "./registers-65c02.ts";

/** Returns the address of the operand. Modes without one return 0. */
type Mode = (cpu: Registers65C02) => number;
/** What an instruction does with the operand at `address`. */
type Operation = (cpu: Registers65C02, address: number) => void;

interface Instruction {
  readonly mode: Mode;
  readonly operation: Operation;
  /** Without those for taken branches, crossed pages and decimal mode. */
  readonly cycles: number;
}

/** A cycle more if the index carries into the high byte. */
function indexed(cpu: Registers65C02, base: number, index: number): number {
  const address = (base + index) & 0xffff;
  if (((address ^ base) & 0xff00) !== 0) cpu.extraCycles++;
  return address;
}

function zeroPageWord({ bus }: Registers65C02, address: number): number {
  return bus.read(address & 0xff) | (bus.read((address + 1) & 0xff) << 8);
}

/** The names are those of the table below. In capitals: index without a cycle for a crossed page. */
const MODES: Readonly<Record<string, Mode>> = {
  "-": () => 0,
  imm: (cpu) => {
    const { pc } = cpu;
    cpu.pc = pc + 1;
    return pc;
  },
  zp: (cpu) => cpu.fetch(),
  zpx: (cpu) => (cpu.fetch() + cpu.x) & 0xff,
  zpy: (cpu) => (cpu.fetch() + cpu.y) & 0xff,
  abs: (cpu) => cpu.fetchWord(),
  abx: (cpu) => indexed(cpu, cpu.fetchWord(), cpu.x),
  ABX: (cpu) => (cpu.fetchWord() + cpu.x) & 0xffff,
  aby: (cpu) => indexed(cpu, cpu.fetchWord(), cpu.y),
  ABY: (cpu) => (cpu.fetchWord() + cpu.y) & 0xffff,
  izp: (cpu) => zeroPageWord(cpu, cpu.fetch()),
  izx: (cpu) => zeroPageWord(cpu, cpu.fetch() + cpu.x),
  izy: (cpu) => indexed(cpu, zeroPageWord(cpu, cpu.fetch()), cpu.y),
  IZY: (cpu) => (zeroPageWord(cpu, cpu.fetch()) + cpu.y) & 0xffff,
  ind: (cpu) => cpu.readWord(cpu.fetchWord()),
  iax: (cpu) => cpu.readWord((cpu.fetchWord() + cpu.x) & 0xffff),
};

/** Branches by the offset at `address` if `isTaken`. */
function branch(cpu: Registers65C02, address: number, isTaken: boolean): void {
  const offset = cpu.bus.read(address);
  if (!isTaken) return;
  cpu.extraCycles++;
  const from = cpu.pc;
  cpu.pc = indexed(cpu, from, offset >= 0x80 ? offset - 0x100 : offset);
}

function branchIf(flag: number, isSet: boolean): Operation {
  return (cpu, address) => branch(cpu, address, cpu.has(flag) === isSet);
}

/** Branches by bit `bit` of a byte in page 0. */
function branchByBit(bit: number, isSet: boolean): Operation {
  return (cpu, address) => {
    const isTaken = ((cpu.bus.read(address) >> bit) & 1) === Number(isSet);
    branch(cpu, MODES.imm!(cpu), isTaken);
  };
}

function setBit(bit: number, isSet: boolean): Operation {
  return ({ bus }, address) => {
    const value = bus.read(address);
    bus.write(address, isSet ? value | (1 << bit) : value & ~(1 << bit));
  };
}

function flagTo(flag: number, isSet: boolean): Operation {
  return (cpu) => cpu.setFlag(flag, isSet);
}

/** An operation that replaces a byte of memory, and the same for A. */
function replace(change: (cpu: Registers65C02, value: number) => number): {
  readonly memory: Operation;
  readonly a: Operation;
} {
  return {
    memory: (cpu, address) => cpu.bus.write(address, change(cpu, cpu.bus.read(address))),
    a: (cpu) => {
      cpu.a = change(cpu, cpu.a);
    },
  };
}

function shiftLeft(cpu: Registers65C02, value: number, bitIn: number): number {
  cpu.setFlag(CARRY_FLAG, value >= 0x80);
  return cpu.flagged((value << 1) | bitIn);
}

function shiftRight(cpu: Registers65C02, value: number, bitIn: number): number {
  cpu.setFlag(CARRY_FLAG, (value & 1) !== 0);
  return cpu.flagged((value >> 1) | (bitIn << 7));
}

const carry = (cpu: Registers65C02): number => (cpu.has(CARRY_FLAG) ? 1 : 0);
const ASL = replace((cpu, value) => shiftLeft(cpu, value, 0));
const ROL = replace((cpu, value) => shiftLeft(cpu, value, carry(cpu)));
const LSR = replace((cpu, value) => shiftRight(cpu, value, 0));
const ROR = replace((cpu, value) => shiftRight(cpu, value, carry(cpu)));
const INC = replace((cpu, value) => cpu.flagged(value + 1));
const DEC = replace((cpu, value) => cpu.flagged(value - 1));

/** Sets and clears bits of memory by A; Z says whether they were all 0. */
function testAndChange(change: (value: number, a: number) => number): Operation {
  return (cpu, address) => {
    const value = cpu.bus.read(address);
    cpu.setFlag(ZERO_FLAG, (value & cpu.a) === 0);
    cpu.bus.write(address, change(value, cpu.a) & 0xff);
  };
}

function compare(register: "a" | "x" | "y"): Operation {
  return (cpu, address) => {
    const value = cpu.bus.read(address);
    cpu.setFlag(CARRY_FLAG, cpu[register] >= value);
    cpu.flagged(cpu[register] - value);
  };
}

function load(register: "a" | "x" | "y"): Operation {
  return (cpu, address) => {
    cpu[register] = cpu.flagged(cpu.bus.read(address));
  };
}

function store(register: "a" | "x" | "y"): Operation {
  return (cpu, address) => cpu.bus.write(address, cpu[register]);
}

/** Copies a register to another, or adds `by` to it. */
function move(from: "a" | "x" | "y" | "s", to: "a" | "x" | "y", by = 0): Operation {
  return (cpu) => {
    cpu[to] = cpu.flagged(cpu[from] + by);
  };
}

function pull(register: "a" | "x" | "y"): Operation {
  return (cpu) => {
    cpu[register] = cpu.flagged(cpu.pull());
  };
}

/**
 * Addition. N and Z are those of the decimal result, unlike on the NMOS chip; V is that of the sum before the
 * correction of its high digit. http://www.6502.org/tutorials/decimal_mode.html#A
 */
function add(cpu: Registers65C02, value: number): void {
  const { a } = cpu;
  if (!cpu.has(DECIMAL_FLAG)) {
    addBinary(cpu, value);
    return;
  }
  cpu.extraCycles++;
  let low = (a & 0x0f) + (value & 0x0f) + carry(cpu);
  if (low >= 0x0a) low = ((low + 6) & 0x0f) + 0x10;
  const sum = (a & 0xf0) + (value & 0xf0) + low;
  cpu.setFlag(OVERFLOW_FLAG, (~(a ^ value) & (a ^ sum) & 0x80) !== 0);
  const decimal = sum >= 0xa0 ? sum + 0x60 : sum;
  cpu.setFlag(CARRY_FLAG, decimal >= 0x100);
  cpu.a = cpu.flagged(decimal);
}

function addBinary(cpu: Registers65C02, value: number): void {
  const { a } = cpu;
  const sum = a + value + carry(cpu);
  cpu.setFlag(OVERFLOW_FLAG, (~(a ^ value) & (a ^ sum) & 0x80) !== 0);
  cpu.setFlag(CARRY_FLAG, sum >= 0x100);
  cpu.a = cpu.flagged(sum);
}

/** Subtraction. C and V are those of the binary difference, also in decimal mode. */
function subtract(cpu: Registers65C02, value: number): void {
  const { a } = cpu;
  const borrow = 1 - carry(cpu);
  addBinary(cpu, value ^ 0xff);
  if (!cpu.has(DECIMAL_FLAG)) return;
  cpu.extraCycles++;
  let difference = a - value - borrow;
  if (difference < 0) difference -= 0x60;
  if ((a & 0x0f) - (value & 0x0f) - borrow < 0) difference -= 6;
  cpu.a = cpu.flagged(difference);
}

function bit(cpu: Registers65C02, address: number): void {
  const value = cpu.bus.read(address);
  cpu.setFlag(ZERO_FLAG, (value & cpu.a) === 0);
  cpu.setFlag(NEGATIVE_FLAG, (value & 0x80) !== 0);
  cpu.setFlag(OVERFLOW_FLAG, (value & 0x40) !== 0);
}

/** An operation that combines A with a byte. */
function withA(combine: (a: number, value: number) => number): Operation {
  return (cpu, address) => {
    cpu.a = cpu.flagged(combine(cpu.a, cpu.bus.read(address)));
  };
}

/** The operations of the table below but those of single bits. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  ADC: (cpu, address) => add(cpu, cpu.bus.read(address)),
  AND: withA((a, value) => a & value),
  ASL: ASL.memory,
  ASLA: ASL.a,
  BCC: branchIf(CARRY_FLAG, false),
  BCS: branchIf(CARRY_FLAG, true),
  BEQ: branchIf(ZERO_FLAG, true),
  BIT: bit,
  BITI: (cpu, address) => cpu.setFlag(ZERO_FLAG, (cpu.bus.read(address) & cpu.a) === 0),
  BMI: branchIf(NEGATIVE_FLAG, true),
  BNE: branchIf(ZERO_FLAG, false),
  BPL: branchIf(NEGATIVE_FLAG, false),
  BRA: (cpu, address) => branch(cpu, address, true),
  BRK: (cpu) => cpu.break(),
  BVC: branchIf(OVERFLOW_FLAG, false),
  BVS: branchIf(OVERFLOW_FLAG, true),
  CLC: flagTo(CARRY_FLAG, false),
  CLD: flagTo(DECIMAL_FLAG, false),
  CLI: flagTo(IRQ_OFF, false),
  CLV: flagTo(OVERFLOW_FLAG, false),
  CMP: compare("a"),
  CPX: compare("x"),
  CPY: compare("y"),
  DEC: DEC.memory,
  DECA: DEC.a,
  DEX: move("x", "x", -1),
  DEY: move("y", "y", -1),
  EOR: withA((a, value) => a ^ value),
  INC: INC.memory,
  INCA: INC.a,
  INX: move("x", "x", 1),
  INY: move("y", "y", 1),
  JMP: (cpu, address) => {
    cpu.pc = address;
  },
  JSR: (cpu, address) => {
    cpu.pushWord((cpu.pc - 1) & 0xffff);
    cpu.pc = address;
  },
  LDA: load("a"),
  LDX: load("x"),
  LDY: load("y"),
  LSR: LSR.memory,
  LSRA: LSR.a,
  NOP: () => undefined,
  ORA: withA((a, value) => a | value),
  PHA: (cpu) => cpu.push(cpu.a),
  PHP: (cpu) => cpu.push(cpu.p),
  PHX: (cpu) => cpu.push(cpu.x),
  PHY: (cpu) => cpu.push(cpu.y),
  PLA: pull("a"),
  PLP: (cpu) => {
    cpu.p = cpu.pull();
  },
  PLX: pull("x"),
  PLY: pull("y"),
  ROL: ROL.memory,
  ROLA: ROL.a,
  ROR: ROR.memory,
  RORA: ROR.a,
  RTI: (cpu) => {
    cpu.p = cpu.pull();
    cpu.pc = cpu.pullWord();
  },
  RTS: (cpu) => {
    cpu.pc = cpu.pullWord() + 1;
  },
  SBC: (cpu, address) => subtract(cpu, cpu.bus.read(address)),
  SEC: flagTo(CARRY_FLAG, true),
  SED: flagTo(DECIMAL_FLAG, true),
  SEI: flagTo(IRQ_OFF, true),
  STA: store("a"),
  STX: store("x"),
  STY: store("y"),
  STZ: (cpu, address) => cpu.bus.write(address, 0),
  TAX: move("a", "x"),
  TAY: move("a", "y"),
  TRB: testAndChange((value, a) => value & ~a),
  TSB: testAndChange((value, a) => value | a),
  TSX: move("s", "x"),
  TXA: move("x", "a"),
  TXS: (cpu) => {
    cpu.s = cpu.x;
  },
  TYA: move("y", "a"),
};

/**
 * All opcodes but those of columns 7 and F: operation, mode and cycles, a row per high digit, columns 0–6 and
 * 8–E. Opcodes that no instruction has are NOPs of one to three bytes.
 */
const TABLE = `
BRK - 7|ORA izx 6|NOP imm 2|NOP - 1|TSB zp 5|ORA zp 3|ASL zp 5|PHP - 3|ORA imm 2|ASLA - 2|NOP - 1|TSB abs 6|ORA abs 4|ASL abs 6
BPL imm 2|ORA izy 5|ORA izp 5|NOP - 1|TRB zp 5|ORA zpx 4|ASL zpx 6|CLC - 2|ORA aby 4|INCA - 2|NOP - 1|TRB abs 6|ORA abx 4|ASL abx 6
JSR abs 6|AND izx 6|NOP imm 2|NOP - 1|BIT zp 3|AND zp 3|ROL zp 5|PLP - 4|AND imm 2|ROLA - 2|NOP - 1|BIT abs 4|AND abs 4|ROL abs 6
BMI imm 2|AND izy 5|AND izp 5|NOP - 1|BIT zpx 4|AND zpx 4|ROL zpx 6|SEC - 2|AND aby 4|DECA - 2|NOP - 1|BIT abx 4|AND abx 4|ROL abx 6
RTI - 6|EOR izx 6|NOP imm 2|NOP - 1|NOP zp 3|EOR zp 3|LSR zp 5|PHA - 3|EOR imm 2|LSRA - 2|NOP - 1|JMP abs 3|EOR abs 4|LSR abs 6
BVC imm 2|EOR izy 5|EOR izp 5|NOP - 1|NOP zp 4|EOR zpx 4|LSR zpx 6|CLI - 2|EOR aby 4|PHY - 3|NOP - 1|NOP abs 8|EOR abx 4|LSR abx 6
RTS - 6|ADC izx 6|NOP imm 2|NOP - 1|STZ zp 3|ADC zp 3|ROR zp 5|PLA - 4|ADC imm 2|RORA - 2|NOP - 1|JMP ind 6|ADC abs 4|ROR abs 6
BVS imm 2|ADC izy 5|ADC izp 5|NOP - 1|STZ zpx 4|ADC zpx 4|ROR zpx 6|SEI - 2|ADC aby 4|PLY - 4|NOP - 1|JMP iax 6|ADC abx 4|ROR abx 6
BRA imm 2|STA izx 6|NOP imm 2|NOP - 1|STY zp 3|STA zp 3|STX zp 3|DEY - 2|BITI imm 2|TXA - 2|NOP - 1|STY abs 4|STA abs 4|STX abs 4
BCC imm 2|STA IZY 6|STA izp 5|NOP - 1|STY zpx 4|STA zpx 4|STX zpy 4|TYA - 2|STA ABY 5|TXS - 2|NOP - 1|STZ abs 4|STA ABX 5|STZ ABX 5
LDY imm 2|LDA izx 6|LDX imm 2|NOP - 1|LDY zp 3|LDA zp 3|LDX zp 3|TAY - 2|LDA imm 2|TAX - 2|NOP - 1|LDY abs 4|LDA abs 4|LDX abs 4
BCS imm 2|LDA izy 5|LDA izp 5|NOP - 1|LDY zpx 4|LDA zpx 4|LDX zpy 4|CLV - 2|LDA aby 4|TSX - 2|NOP - 1|LDY abx 4|LDA abx 4|LDX aby 4
CPY imm 2|CMP izx 6|NOP imm 2|NOP - 1|CPY zp 3|CMP zp 3|DEC zp 5|INY - 2|CMP imm 2|DEX - 2|NOP - 1|CPY abs 4|CMP abs 4|DEC abs 6
BNE imm 2|CMP izy 5|CMP izp 5|NOP - 1|NOP zp 4|CMP zpx 4|DEC zpx 6|CLD - 2|CMP aby 4|PHX - 3|NOP - 1|NOP abs 4|CMP abx 4|DEC ABX 7
CPX imm 2|SBC izx 6|NOP imm 2|NOP - 1|CPX zp 3|SBC zp 3|INC zp 5|INX - 2|SBC imm 2|NOP - 2|NOP - 1|CPX abs 4|SBC abs 4|INC abs 6
BEQ imm 2|SBC izy 5|SBC izp 5|NOP - 1|NOP zp 4|SBC zpx 4|INC zpx 6|SED - 2|SBC aby 4|PLX - 4|NOP - 1|NOP abs 4|SBC abx 4|INC ABX 7`;

/** The instruction of each opcode. */
export const INSTRUCTIONS: readonly Instruction[] = TABLE.trim().split("\n").flatMap(rowOf);

function rowOf(text: string, row: number): Instruction[] {
  const instructions = text.split("|").map((entry) => {
    const [operation = "", mode = "", cycles] = entry.split(" ");
    return { operation: OPERATIONS[operation]!, mode: MODES[mode]!, cycles: Number(cycles) };
  });
  const isSet = row >= 8;
  const inColumn7 = { operation: setBit(row & 7, isSet), mode: MODES.zp!, cycles: 5 };
  const inColumnF = { operation: branchByBit(row & 7, isSet), mode: MODES.zp!, cycles: 5 };
  return [...instructions.slice(0, 7), inColumn7, ...instructions.slice(7), inColumnF];
}

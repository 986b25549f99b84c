/** Codes of operands in opcodes. http://www.z80.info/decoding.htm */
const REGISTERS = ["B", "C", "D", "E", "H", "L", "(HL)", "A"];
const PAIRS = ["BC", "DE", "HL", "SP"];
const STACKED_PAIRS = ["BC", "DE", "HL", "AF"];
const CONDITIONS = ["NZ", "Z", "NC", "C", "PO", "PE", "P", "M"];
const ACCUMULATIONS = ["ADD", "ADC", "SUB", "SBC", "AND", "XOR", "OR", "CP"];
const SHIFTS = ["RLC", "RRC", "RL", "RR", "SLA", "SRA", "SLL", "SRL"];
const BITS = ["BIT", "RES", "SET"];

/** Instructions without operands, or with fixed ones. */
const FIXED: Readonly<Record<string, readonly number[]>> = {
  NOP: [0x00],
  RLCA: [0x07],
  RRCA: [0x0f],
  "LD (BC),A": [0x02],
  "LD (DE),A": [0x12],
  "LD A,(BC)": [0x0a],
  "LD A,(DE)": [0x1a],
  DAA: [0x27],
  CPL: [0x2f],
  SCF: [0x37],
  HALT: [0x76],
  RET: [0xc9],
  "EX DE,HL": [0xeb],
  DI: [0xf3],
  EI: [0xfb],
  RETN: [0xed, 0x45],
  LDIR: [0xed, 0xb0],
};

/** Returns the value of a number, a label or their sum. */
type Evaluate = (expression: string) => number;

function word(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

/** The text between parentheses; undefined without them. */
function inside(operand: string): string | undefined {
  return /^\((.*)\)$/.exec(operand)?.[1];
}

function load(to: string, from: string, evaluate: Evaluate): number[] | undefined {
  const [register, source] = [REGISTERS.indexOf(to), REGISTERS.indexOf(from)];
  if (register >= 0 && source >= 0) return [0x40 | (register << 3) | source];
  const [target, address] = [inside(to), inside(from)];
  if (to === "A" && address !== undefined) return [0x3a, ...word(evaluate(address))];
  if (to === "HL" && address !== undefined) return [0x2a, ...word(evaluate(address))];
  if (from === "A" && target !== undefined) return [0x32, ...word(evaluate(target))];
  if (from === "HL" && target !== undefined) return [0x22, ...word(evaluate(target))];
  if (register >= 0) return [0x06 | (register << 3), evaluate(from) & 0xff];
  const pair = PAIRS.indexOf(to);
  return pair >= 0 ? [0x01 | (pair << 4), ...word(evaluate(from))] : undefined;
}

/** JP, CALL, RET and JR with and without a condition, and DJNZ. */
function jump(name: string, operands: readonly string[], here: number, evaluate: Evaluate): number[] {
  const condition = CONDITIONS.indexOf(operands.length === 2 || name === "RET" ? operands[0]! : "");
  const target = name === "RET" ? 0 : evaluate(operands.at(-1)!);
  if (name === "RET") return [0xc0 | (condition << 3)];
  if (name === "JP") return [condition < 0 ? 0xc3 : 0xc2 | (condition << 3), ...word(target)];
  if (name === "CALL") return [condition < 0 ? 0xcd : 0xc4 | (condition << 3), ...word(target)];
  const distance = target - here - 2;
  if (distance < -128 || distance > 127) throw new Error(`${name} ${operands}: too far`);
  return [name === "DJNZ" ? 0x10 : condition < 0 ? 0x18 : 0x20 | (condition << 3), distance & 0xff];
}

function count(name: string, operand: string): number[] {
  const offset = name === "DEC" ? 1 : 0;
  const pair = PAIRS.indexOf(operand);
  if (pair >= 0) return [0x03 | (pair << 4) | (offset << 3)];
  return [0x04 | (REGISTERS.indexOf(operand) << 3) | offset];
}

function data(name: string, operands: readonly string[], evaluate: Evaluate): number[] {
  return operands.flatMap((operand) => {
    const text = /^"(.*)"$/.exec(operand)?.[1];
    if (text !== undefined) return [...text].map((character) => character.charCodeAt(0));
    return name === "DW" ? word(evaluate(operand)) : [evaluate(operand) & 0xff];
  });
}

function encode(line: string, name: string, operands: string[], here: number, evaluate: Evaluate): number[] {
  const fixed = FIXED[line];
  if (fixed !== undefined) return [...fixed];
  const [first = "", second = ""] = operands;
  const accumulation = ACCUMULATIONS.indexOf(name);
  if (name === "ADD" && first === "HL") return [0x09 | (PAIRS.indexOf(second) << 4)];
  if (accumulation >= 0) {
    const operand = operands.at(-1)!;
    const register = REGISTERS.indexOf(operand);
    const code = accumulation << 3;
    return register >= 0 ? [0x80 | code | register] : [0xc6 | code, evaluate(operand) & 0xff];
  }
  if (SHIFTS.includes(name)) return [0xcb, (SHIFTS.indexOf(name) << 3) | REGISTERS.indexOf(first)];
  if (BITS.includes(name)) {
    return [0xcb, ((BITS.indexOf(name) + 1) << 6) | (evaluate(first) << 3) | REGISTERS.indexOf(second)];
  }
  switch (name) {
    case "LD":
      return load(first, second, evaluate) ?? fail(line);
    case "INC":
    case "DEC":
      return count(name, first);
    case "PUSH":
      return [0xc5 | (STACKED_PAIRS.indexOf(first) << 4)];
    case "POP":
      return [0xc1 | (STACKED_PAIRS.indexOf(first) << 4)];
    case "OUT":
      return [0xd3, evaluate(inside(first)!)];
    case "IN":
      return [0xdb, evaluate(inside(second)!)];
    case "JP":
    case "JR":
    case "CALL":
    case "RET":
    case "DJNZ":
      return jump(name, operands, here, evaluate);
    case "DB":
    case "DW":
      return data(name, operands, evaluate);
    default:
      return fail(line);
  }
}

function fail(line: string): never {
  throw new Error(`not an instruction: ${line}`);
}

/** A number such as 32 or 8000h, a label, or a sum of them. */
function evaluator(labels: ReadonlyMap<string, number>, isLast: boolean): Evaluate {
  const term = (text: string): number => {
    if (/^\d[\da-f]*h$/i.test(text)) return Number.parseInt(text, 16);
    if (/^\d+$/.test(text)) return Number(text);
    const value = labels.get(text);
    if (value === undefined && isLast) throw new Error(`no label: ${text}`);
    return value ?? 0;
  };
  return (expression) => expression.split("+").reduce((sum, text) => sum + term(text.trim()), 0);
}

/**
 * Assembles a Z80 program in Zilog's notation into a ROM of `bytes` bytes that begins at address 0. It knows
 * the instructions that control programs use, ORG, EQU, DB and DW. Lines may begin with "label:"; comments
 * begin with ";". Throws if the source is wrong, which is a bug of its author.
 */
export function assembleZ80(source: string, bytes: number): Uint8Array<ArrayBuffer> {
  const lines = source.split("\n").map((line) => line.replace(/;.*/, "").trim());
  const labels = new Map<string, number>();
  const rom = new Uint8Array(bytes);
  // Labels are known in the second pass only. Every instruction has its size in both.
  for (const isLast of [false, true]) {
    const evaluate = evaluator(labels, isLast);
    let here = 0;
    for (const line of lines) {
      const [, label, instruction = ""] = /^(?:(\w+):\s*)?(.*)$/.exec(line)!;
      const [, name = "", rest = ""] = /^(\w+)\s*(.*)$/.exec(instruction) ?? [];
      const operands = rest.match(/"[^"]*"|[^,\s][^,]*/g)?.map((operand) => operand.trim()) ?? [];
      if (label !== undefined) labels.set(label, name === "EQU" ? evaluate(rest) : here);
      if (name === "ORG") here = evaluate(rest);
      if (name === "" || name === "EQU" || name === "ORG") continue;
      const compact = `${name} ${operands.join(",")}`.trim();
      const code = encode(compact, name, operands, isLast ? here : Number.NaN, evaluate);
      if (isLast && here + code.length > bytes) throw new Error(`${here + code.length} bytes of ${bytes}`);
      if (isLast) rom.set(code, here);
      here += code.length;
    }
  }
  return rom;
}

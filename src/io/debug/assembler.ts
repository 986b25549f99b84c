import { InputError } from "../../emu/input-error.ts";
import { type AddressingMode, OPCODES } from "../../emu/nes/cpu/opcodes.ts";
import { bind } from "../symbols/expressions/evaluate.ts";
import { parseTree } from "../symbols/expressions/parse.ts";
import type { Scope, ValuePlace } from "../symbols/expressions/scope.ts";

const ZERO_PAGE_END = 0x100;
/**
 * Forms of operands, the most specific first, and the addressing modes that each can mean, zero page first.
 */
const SHAPES: readonly (readonly [pattern: RegExp, modes: readonly AddressingMode[]])[] = [
  [/^#(.+)$/s, ["imm"]],
  [/^\((.+),\s*x\s*\)$/is, ["inx"]],
  [/^\((.+)\)\s*,\s*y$/is, ["iny"]],
  [/^\((.+)\)$/s, ["ind"]],
  [/^([^#].*),\s*x$/is, ["zpx", "abx"]],
  [/^([^#].*),\s*y$/is, ["zpy", "aby"]],
  [/^([^#].*)$/s, ["rel", "zp", "abs", "jmp"]],
];

/**
 * Assembles one instruction at an address, such as `lda score,x` or `.byte 1, 2`. Operands are expressions; a
 * variable in one means its address. Throws `InputError` ("usage") if it is not an instruction.
 */
export function assemble(text: string, address: number, scope: Scope): readonly number[] {
  const source = text.replace(/;.*$/s, "").trim();
  const data = /^\.byte\s+(.+)$/is.exec(source);
  if (data !== null) return data[1]!.split(",").map((value) => byteOf(evaluate(value, scope), value));
  const match = /^\*?([a-z]{3})(?:\s+(.*))?$/is.exec(source);
  const mnemonic = match?.[1]?.toUpperCase() ?? "";
  const candidates = OPCODES.filter((opcode) => opcode.mnemonic === mnemonic);
  if (candidates.length === 0) {
    throw new InputError("usage", `${source.slice(0, 40)} is not an instruction`, "", "such as lda #$10");
  }
  // Official opcodes come first: some unofficial ones do the same.
  candidates.sort((a, b) => Number(b.isOfficial) - Number(a.isOfficial) || a.code - b.code);
  const find = (mode: AddressingMode): number | undefined =>
    candidates.find((each) => each.mode === mode)?.code;
  const operand = (match?.[2] ?? "").trim();
  if (operand === "" || /^a$/i.test(operand)) {
    const code = operand === "" ? (find("imp") ?? find("acc")) : find("acc");
    if (code !== undefined) return [code];
  }
  for (const [pattern, modes] of SHAPES) {
    const inner = pattern.exec(operand)?.[1];
    if (inner === undefined) continue;
    const possible = modes.filter((mode) => find(mode) !== undefined);
    if (possible.length === 0) continue;
    return encode(possible, find, evaluate(inner, scope, !operand.startsWith("#")), address, inner);
  }
  throw new InputError("usage", `${mnemonic} has no such operand: ${operand.slice(0, 40)}`);
}

function encode(
  modes: readonly AddressingMode[],
  find: (mode: AddressingMode) => number | undefined,
  value: number,
  address: number,
  text: string,
): readonly number[] {
  const fits = modes.find((mode) => !isZeroPage(mode) || (value >= 0 && value < ZERO_PAGE_END));
  const mode = fits ?? modes[0]!;
  const code = find(mode)!;
  if (mode === "rel") {
    const distance = value - (address + 2);
    if (distance < -128 || distance > 127) {
      throw new InputError("usage", `the branch is ${distance} bytes long; −128 to 127 is possible`);
    }
    return [code, distance & 0xff];
  }
  if (mode === "imm" || isZeroPage(mode) || mode === "inx" || mode === "iny")
    return [code, byteOf(value, text)];
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) {
    throw new InputError("usage", `${text.trim()} is ${value}; an address was expected`);
  }
  return [code, value & 0xff, value >> 8];
}

function isZeroPage(mode: AddressingMode): boolean {
  return mode === "zp" || mode === "zpx" || mode === "zpy";
}

function byteOf(value: number, text: string): number {
  if (Number.isInteger(value) && value >= -128 && value <= 0xff) return value & 0xff;
  throw new InputError("usage", `${text.trim()} is ${value}; a byte was expected`);
}

/** In operands that are addresses, a variable stands for its address, as in source code. */
function evaluate(text: string, scope: Scope, isAddress = false): number {
  const half = /^\s*([<>])(.*)$/s.exec(text);
  if (half !== null) {
    const value = evaluate(half[2]!, scope, true);
    return half[1] === "<" ? value & 0xff : (value >> 8) & 0xff;
  }
  const names = isAddress ? addressesOf(scope) : scope;
  return bind(parseTree(text), names)();
}

function addressesOf(scope: Scope): Scope {
  const addressed = (place: ValuePlace | undefined): ValuePlace | undefined => {
    const { address } = place ?? {};
    return address === undefined ? place : { ...place, get: () => address };
  };
  return {
    lookup: (name) => addressed(scope.lookup(name)),
    suggest: (name) => scope.suggest(name),
    memory: (space, address) => scope.memory(space, address),
    element: (array, index) => scope.element(array, index),
    member: (struct, name) => addressed(scope.member(struct, name))!,
  };
}

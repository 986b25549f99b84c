import { OPCODES } from "../../emu/nes/cpu/opcodes.ts";
import { unbankedPrgOffset } from "./address-lists.ts";
import { type DbgRecords, id, numbers, textOf } from "./dbg-records.ts";
import type { GameSymbol } from "./symbols.ts";

/** The code of a span: PRG ROM offset and size. */
type CodeOf = (span: number) => { readonly prgOffset: number; readonly bytes: number } | undefined;

const ROM_START = 0x8000;

/**
 * Finds the addresses of symbols that are imported from libraries without debug info, such as those of cc65:
 * the lines that refer to them are single instructions, whose operands are the addresses. Operands can also
 * be a symbol and an offset (`sp+1`), so the lowest one counts, and the most frequent one of code.
 */
export function readImports(records: DbgRecords, codeOf: CodeOf, prgRom: Uint8Array): GameSymbol[] {
  const lines = new Map((records.get("line") ?? []).map((record) => [id(record), record]));
  const operands = new Map<string, number[]>();
  for (const symbol of records.get("sym") ?? []) {
    if (textOf(symbol, "type") !== "imp" || symbol.values.has("exp")) continue;
    const found = operands.get(textOf(symbol, "name")) ?? [];
    operands.set(textOf(symbol, "name"), found);
    for (const reference of numbers(symbol, "ref")) {
      const line = lines.get(reference);
      for (const span of line === undefined ? [] : numbers(line, "span")) {
        const operand = operandOf(codeOf(span), prgRom);
        if (operand !== undefined) found.push(operand);
      }
    }
  }
  const symbols: GameSymbol[] = [];
  for (const [name, found] of operands) {
    const address = found.length === 0 ? undefined : likeliest(found);
    if (address === undefined) continue;
    const prgOffset = unbankedPrgOffset(address, prgRom.length);
    symbols.push({ name, module: "", address, prgOffset, bytes: 0, isLabel: true });
  }
  return symbols;
}

function operandOf(code: ReturnType<CodeOf>, prgRom: Uint8Array): number | undefined {
  if (code === undefined || code.prgOffset < 0) return undefined;
  const opcode = OPCODES[prgRom[code.prgOffset] ?? 0]!;
  if (opcode.lengthBytes !== code.bytes) return undefined;
  const low = prgRom[code.prgOffset + 1] ?? 0;
  switch (opcode.mode) {
    case "imp":
    case "acc":
    case "imm":
    case "rel":
      return undefined;
    default:
      return code.bytes === 2 ? low : low | ((prgRom[code.prgOffset + 2] ?? 0) << 8);
  }
}

/** Variables are used with offsets, so the first byte is the lowest; routines are called at their address. */
function likeliest(operands: readonly number[]): number {
  const lowest = Math.min(...operands);
  if (lowest < ROM_START) return lowest;
  const counts = new Map<number, number>();
  for (const operand of operands) counts.set(operand, (counts.get(operand) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0];
}

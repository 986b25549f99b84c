import { type AddressingMode, OPCODES } from "../../emu/nes/cpu/opcodes.ts";
import type { Game } from "../library/game.ts";
import { hex } from "../library/place-map.ts";

/** An instruction as text, with its address and length. */
export interface DisassembledLine {
  readonly address: number;
  readonly lengthBytes: number;
  readonly text: string;
}

/** Decodes the instruction that the CPU would execute at `address` now. */
export function disassemble(game: Game, address: number): DisassembledLine {
  const byte = (offset: number) => game.machine.peek("cpu", (address + offset) & 0xffff);
  const { mnemonic, mode, lengthBytes, isOfficial } = OPCODES[byte(0)]!;
  const operand = lengthBytes === 1 ? 0 : lengthBytes === 2 ? byte(1) : byte(1) | (byte(2) << 8);
  const bytes = Array.from({ length: lengthBytes }, (_, i) =>
    byte(i).toString(16).toUpperCase().padStart(2, "0"),
  );
  const target = targetOf(mode, operand, address);
  const name = target === undefined ? undefined : nameOf(game, target);
  const text = [
    game.places.describe(address),
    bytes.join(" ").padEnd(8),
    `${mnemonic}${isOfficial ? "" : "*"} ${operandText(mode, operand, address)}`.trimEnd(),
    name === undefined ? "" : `; ${name}`,
  ];
  return { address, lengthBytes, text: text.filter((part) => part !== "").join("  ") };
}

function targetOf(mode: AddressingMode, operand: number, address: number): number | undefined {
  if (mode === "rel") return branchTarget(operand, address);
  return mode === "imp" || mode === "acc" || mode === "imm" ? undefined : operand;
}

function branchTarget(operand: number, address: number): number {
  return (address + 2 + (operand < 0x80 ? operand : operand - 0x100)) & 0xffff;
}

function nameOf(game: Game, address: number): string | undefined {
  return game.symbols.nameOf(address, game.places.prgOffsetAt(address));
}

function operandText(mode: AddressingMode, operand: number, address: number): string {
  const byte = hex(operand, 2);
  const word = hex(operand, 4);
  switch (mode) {
    case "imp":
      return "";
    case "acc":
      return "A";
    case "imm":
      return `#${byte}`;
    case "zp":
      return byte;
    case "zpx":
      return `${byte},X`;
    case "zpy":
      return `${byte},Y`;
    case "abs":
    case "jmp":
      return word;
    case "abx":
      return `${word},X`;
    case "aby":
      return `${word},Y`;
    case "inx":
      return `(${byte},X)`;
    case "iny":
      return `(${byte}),Y`;
    case "rel":
      return hex(branchTarget(operand, address), 4);
    case "ind":
      return `(${word})`;
  }
}

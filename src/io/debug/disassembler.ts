import { type AddressingMode, OPCODES } from "../../emu/nes/cpu/opcodes.ts";
import { hex, type PlaceMap } from "../library/place-map.ts";
import type { AccessLog } from "./access-log.ts";
import type { LoadedTarget } from "./target.ts";

/** A decoded instruction. */
export interface Instruction {
  readonly address: number;
  readonly bytes: readonly number[];
  /** `LDA score,X`, with symbols if requested. */
  readonly text: string;
}

const ADDRESSES = 0x10000;
const MAX_LENGTH = 3;
/** To find the boundaries of earlier instructions, decoding starts this many instructions before. */
const RUN_UP = 8;

/** Decodes the instructions of the CPU's memory as it is mapped now. */
export class Disassembler {
  readonly #target: LoadedTarget;
  readonly #log: AccessLog;
  /** Registers and variables by their address, for operands. */
  readonly #names = new Map<number, string>();

  constructor(target: LoadedTarget, log: AccessLog) {
    this.#target = target;
    this.#log = log;
    for (const { name, address, isLabel } of target.symbols.symbols) {
      const isRegister = address >= 0x2000 && address < 0x4020;
      if (!this.#names.has(address) && (isLabel || isRegister))
        this.#names.set(address, name.replace(/^_(?=\w)/, ""));
    }
  }

  /** Decodes the instruction at an address. */
  at(address: number, withSymbols = true): Instruction {
    const { nes, places } = this.#target;
    const read = (offset: number): number => nes.peek("cpu", (address + offset) & 0xffff);
    const name = withSymbols
      ? (target: number): string | undefined => this.#nameOf(target, places)
      : undefined;
    return decode(address & 0xffff, read, name);
  }

  /** Decodes `count` instructions, from `before` instructions before `address` on. Addresses wrap around. */
  range(address: number, before: number, count: number, withSymbols = true): readonly Instruction[] {
    let at = address;
    for (let back = 0; back < before; back++) at = this.previous(at);
    // A negative `before` means a start after the address.
    for (let ahead = 0; ahead < -before; ahead++) at = (at + this.at(at, false).bytes.length) % ADDRESSES;
    const instructions: Instruction[] = [];
    for (let index = 0; index < count; index++) {
      const instruction = this.at(at, withSymbols);
      instructions.push(instruction);
      at = (at + instruction.bytes.length) % ADDRESSES;
    }
    return instructions;
  }

  /**
   * The address of the instruction before the one at `address`: one that has been executed, or else the most
   * likely one.
   */
  previous(address: number): number {
    for (let length = 1; length <= MAX_LENGTH; length++) {
      const at = (address - length) & 0xffff;
      if (this.#isCode(at) && this.at(at, false).bytes.length === length) return at;
    }
    // Decoding that starts far enough before usually reaches the right boundaries.
    for (let start = RUN_UP * MAX_LENGTH; start > 0; start--) {
      let at = address - start;
      let last = at;
      while (at < address) {
        last = at;
        at += this.at(at & 0xffff, false).bytes.length;
      }
      if (at === address) return last & 0xffff;
    }
    return (address - 1) & 0xffff;
  }

  #isCode(address: number): boolean {
    return (
      this.#log.executed[address]! > 0 || this.#target.lines.isStart(this.#target.places.prgOffsetAt(address))
    );
  }

  #nameOf(address: number, places: PlaceMap): string | undefined {
    const offset = places.prgOffsetAt(address);
    if (offset >= 0) return this.#target.symbols.nameOf(address, offset);
    return this.#names.get(address) ?? this.#target.symbols.nameOf(address);
  }
}

/** Decodes an instruction from its bytes. `name` gives the symbol of an address. */
export function decode(
  address: number,
  read: (offset: number) => number,
  name?: (address: number) => string | undefined,
): Instruction {
  const opcode = OPCODES[read(0)]!;
  const bytes = Array.from({ length: opcode.lengthBytes }, (_, offset) => read(offset));
  const value = bytes.length === 3 ? bytes[1]! | (bytes[2]! << 8) : (bytes[1] ?? 0);
  const operand = operandText(opcode.mode, value, address, name);
  const mnemonic = opcode.isOfficial ? opcode.mnemonic : `*${opcode.mnemonic}`;
  return { address, bytes, text: operand === "" ? mnemonic : `${mnemonic} ${operand}` };
}

function operandText(
  mode: AddressingMode,
  value: number,
  pc: number,
  name?: (address: number) => string | undefined,
): string {
  const place = (digits: number): string => name?.(value) ?? hex(value, digits);
  switch (mode) {
    case "imp":
      return "";
    case "acc":
      return "A";
    case "imm":
      return `#${hex(value, 2)}`;
    case "zp":
      return place(2);
    case "zpx":
      return `${place(2)},X`;
    case "zpy":
      return `${place(2)},Y`;
    case "inx":
      return `(${place(2)},X)`;
    case "iny":
      return `(${place(2)}),Y`;
    case "abs":
    case "jmp":
      return place(4);
    case "abx":
      return `${place(4)},X`;
    case "aby":
      return `${place(4)},Y`;
    case "ind":
      return `(${place(4)})`;
    case "rel": {
      const target = (pc + 2 + ((value << 24) >> 24)) & 0xffff;
      return name?.(target) ?? hex(target, 4);
    }
  }
}

import { OPCODES } from "../../emu/nes/cpu/opcodes.ts";
import type { Evaluate } from "../symbols/expressions/scope.ts";
import { decode } from "./disassembler.ts";
import type { Probe } from "./probe.ts";
import type { LoadedTarget } from "./target.ts";

export const TRACE_FORMATS = ["emu", "fceux", "mesen"] as const;
export type TraceFormat = (typeof TRACE_FORMATS)[number];

/** Maximum length of a trace. The history usually holds more. */
export const MAX_TRACE = 1_000_000;

export interface TraceOptions {
  /** Number of instructions before the current position; MAX_TRACE by default. */
  readonly count?: number;
  readonly format?: TraceFormat;
  /** Keeps only instructions for which this is not 0. */
  readonly filter?: Evaluate | undefined;
}

const MNEMONIC_COLUMN = 24;
const FLAGS = "nvubdizc";

/** Formats the next instruction as a line of a trace log. */
export class TraceLines {
  readonly #target: LoadedTarget;
  readonly #probe: Probe;
  readonly #format: TraceFormat;

  constructor(target: LoadedTarget, probe: Probe, format: TraceFormat) {
    this.#target = target;
    this.#probe = probe;
    this.#format = format;
  }

  line(): string {
    const { cpu } = this.#probe.nes;
    const { operands } = this.#probe;
    const read = (offset: number): number => operands.byte((cpu.pc + offset) & 0xffff);
    const { bytes, text } = decode(cpu.pc, read);
    const hexBytes = bytes.map((byte) => byte2(byte)).join(" ");
    const registers = `A:${byte2(cpu.a)} X:${byte2(cpu.x)} Y:${byte2(cpu.y)} S:${byte2(cpu.s)}`;
    if (this.#format === "fceux") {
      const indent = " ".repeat(0xff - cpu.s);
      return `${registers} P:${this.#flags("UB")} ${indent}$${word(cpu.pc)}: ${hexBytes.padEnd(9)} ${text.replace("*", "")}${this.#memory(bytes)}`;
    }
    if (this.#format === "mesen") {
      return `${word(cpu.pc)}  ${text.replace("*", "").padEnd(MNEMONIC_COLUMN)} ${registers} P:${this.#flags("--")}`;
    }
    this.#probe.nes.catchUp();
    const { ppu, totalCycles, frame } = this.#probe.nes;
    const name = this.#target.places.describe(cpu.pc).replace(/^\S+ ?/, "");
    const place = `P:${byte2(cpu.status())} line:${String(ppu.state.line).padStart(3)} dot:${String(ppu.state.dot).padStart(3)} frame:${frame} cycle:${totalCycles}`;
    return `${word(cpu.pc)}  ${hexBytes.padEnd(8)} ${text.padEnd(MNEMONIC_COLUMN)} ${registers} ${place}${name === "" ? "" : `  ${name}`}`;
  }

  /**
   * P as letters, a capital letter for 1. `unused` gives the letters of bits 5 and 4, which are not flags.
   */
  #flags(unused: string): string {
    const status = this.#probe.nes.cpu.status();
    return [...FLAGS]
      .map((letter, at) => {
        if (at === 2 || at === 3) return unused[at - 2]!;
        return (status & (0x80 >> at)) === 0 ? letter : letter.toUpperCase();
      })
      .join("");
  }

  /** The operand's computed address, if it has one, and the byte there, as FCEUX shows them. */
  #memory(bytes: readonly number[]): string {
    const { mode, access } = OPCODES[bytes[0]!]!;
    if (access === 0) return "";
    const { operands } = this.#probe;
    const address = operands.address(bytes[0]!);
    const value = ` = #$${byte2(operands.byte(address))}`;
    return mode === "zp" || mode === "abs" ? value : ` @ $${word(address)}${value}`;
  }
}

function byte2(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}

function word(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, "0");
}

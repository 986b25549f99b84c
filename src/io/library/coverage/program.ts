import type { InstructionCounts } from "../../../emu/nes/cpu/fast/interests.ts";
import type { Symbols } from "../../symbols/symbols.ts";

/** A program and its coverage. */
export interface CoveredProgram {
  readonly counts: InstructionCounts;
  readonly prgRom: Uint8Array;
  readonly symbols: Symbols;
}

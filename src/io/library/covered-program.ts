import type { Symbols } from "../symbols/symbols.ts";

/** How often each instruction of a program ran, by PRG ROM offset. */
export interface CoverageCounts {
  readonly executed: Uint32Array;
  /** How often each branch was taken. */
  readonly taken: Uint32Array;
  readonly passed: Uint32Array;
}

/** A program and its coverage. */
export interface CoveredProgram {
  readonly counts: CoverageCounts;
  readonly prgRom: Uint8Array;
  readonly symbols: Symbols;
}

import type { Symbols } from "../symbols/symbols.ts";

/** How often each instruction of a program ran, by its offset in PRG ROM. */
export interface CoverageCounts {
  readonly executed: Uint32Array;
  /** Of branches. */
  readonly taken: Uint32Array;
  readonly passed: Uint32Array;
}

/** A program and what has run of it. */
export interface CoveredProgram {
  readonly counts: CoverageCounts;
  readonly prgRom: Uint8Array;
  readonly symbols: Symbols;
}

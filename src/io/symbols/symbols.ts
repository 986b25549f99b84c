import { MIB } from "../../emu/units.ts";

/** The PRG offset of a symbol or line that is not in PRG ROM, or whose offset is unknown. */
export const NO_PRG_OFFSET = -1;
/** The CPU address of a symbol whose address depends on the bank mapping. */
export const NO_ADDRESS = -1;

/** A name for an address or a number in the program's source. */
export interface GameSymbol {
  /** As in the source, with its scopes: `player::x`, `reset@loop`. */
  readonly name: string;
  /** The module (object file) that defines it, without extension; empty if unknown. */
  readonly module: string;
  /** CPU address, or the value of an equate; NO_ADDRESS if only the ROM offset is known. */
  readonly address: number;
  /** Offset in PRG ROM, or NO_PRG_OFFSET. */
  readonly prgOffset: number;
  /** 0 if unknown. */
  readonly bytes: number;
  /** True for a label, which has an address; false for an equate, which is only a number. */
  readonly isLabel: boolean;
}

/** Code that a source line produced. A line that produced several ranges has one entry for each. */
export interface SourceLine {
  /** Index in `Symbols.files`. */
  readonly file: number;
  /** From 1. */
  readonly line: number;
  readonly prgOffset: number;
  readonly bytes: number;
  /** Lines of a macro's definition are "macro"; the line that uses it is "assembly". */
  readonly kind: "assembly" | "c" | "macro";
}

/** A routine with a beginning and an end: `.proc` in ca65, a function in C. */
export interface SourceRoutine {
  readonly name: string;
  readonly prgOffset: number;
  readonly bytes: number;
}

/** A variable of a C function, or the global of a C module. */
export interface CVariable {
  readonly name: string;
  /** The function's `SourceRoutine.name`; empty for a global. */
  readonly routine: string;
  /** Where it is: on cc65's C stack, in the register bank, or at `address`. */
  readonly storage: "stack" | "register" | "memory";
  /** Offset from the function's stack frame, or in the register bank. */
  readonly offset: number;
  /** CPU address, for "memory". */
  readonly address: number;
}

/** The contents of a symbol file. */
export interface SymbolData {
  readonly symbols: readonly GameSymbol[];
  readonly files: readonly string[];
  readonly lines: readonly SourceLine[];
  readonly routines: readonly SourceRoutine[];
  readonly variables?: readonly CVariable[];
  /** What was skipped and why, one sentence each without a full stop. */
  readonly warnings?: readonly string[];
}

/** The largest symbol file that is read. */
export const MAX_SYMBOL_FILE_BYTES = 64 * MIB;
/** How far after a label without a size an address is still named after it. */
const NAME_REACH_BYTES = 0x100;
/** Number of lines to search backwards for the line that contains an instruction. */
const MAX_ENCLOSING_LINES = 64;
const SUGGESTIONS = 5;

/** Looks up the names and source lines of a game. */
export class Symbols implements SymbolData {
  readonly symbols: readonly GameSymbol[];
  readonly files: readonly string[];
  readonly lines: readonly SourceLine[];
  readonly routines: readonly SourceRoutine[];
  readonly variables: readonly CVariable[];
  readonly warnings: readonly string[];
  readonly #byName = new Map<string, GameSymbol[]>();
  /** Labels in PRG ROM, sorted by PRG offset, and those outside it, sorted by address. */
  readonly #romLabels: readonly GameSymbol[];
  readonly #ramLabels: readonly GameSymbol[];
  readonly #linesByOffset: readonly SourceLine[];

  constructor(data: SymbolData) {
    this.symbols = data.symbols;
    this.files = data.files;
    this.lines = data.lines;
    this.routines = data.routines;
    this.variables = data.variables ?? [];
    this.warnings = data.warnings ?? [];
    for (const symbol of data.symbols) for (const key of keysOf(symbol)) this.#index(key, symbol);
    const labels = data.symbols.filter((symbol) => symbol.isLabel);
    this.#romLabels = labels
      .filter((symbol) => symbol.prgOffset !== NO_PRG_OFFSET)
      .toSorted((a, b) => a.prgOffset - b.prgOffset);
    this.#ramLabels = labels
      .filter((symbol) => symbol.prgOffset === NO_PRG_OFFSET)
      .toSorted((a, b) => a.address - b.address);
    this.#linesByOffset = data.lines.toSorted((a, b) => a.prgOffset - b.prgOffset || b.bytes - a.bytes);
  }

  /**
   * Returns the symbols that match `name` best. `name` may have all its scopes, only its last part, the form
   * `module:name`, or the C form without the leading underscore.
   */
  find(name: string): readonly GameSymbol[] {
    const found = this.#byName.get(name) ?? this.#byName.get(`_${name}`) ?? [];
    const exact = found.filter((symbol) => symbol.name === name);
    const best = exact.length > 0 ? exact : found;
    const first = best[0];
    // The same name at the same address is one symbol, even if several modules import it.
    const same = best.every(
      (symbol) => symbol.address === first?.address && symbol.prgOffset === first.prgOffset,
    );
    return same ? best.slice(0, 1) : best;
  }

  /** Names similar to `name`, the most similar first. */
  suggest(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    const scored: { name: string; score: number }[] = [];
    for (const symbol of this.symbols) {
      const score = likeness(wanted, symbol.name.toLowerCase());
      if (score > 0) scored.push({ name: symbol.name, score });
    }
    const best = scored.toSorted((a, b) => b.score - a.score).map((entry) => entry.name);
    return [...new Set(best)].slice(0, SUGGESTIONS);
  }

  /** A name such as `main_loop+3` for a CPU address with this PRG offset; undefined if no label is near. */
  nameOf(address: number, prgOffset = NO_PRG_OFFSET): string | undefined {
    const inRom = prgOffset !== NO_PRG_OFFSET;
    const labels = inRom ? this.#romLabels : this.#ramLabels;
    const at = inRom ? prgOffset : address;
    const place = (symbol: GameSymbol): number => (inRom ? symbol.prgOffset : symbol.address);
    const label = labels[lastAtMost(labels, at, place)];
    if (label === undefined) return undefined;
    const distance = at - place(label);
    if (distance >= (label.bytes > 0 ? label.bytes : NAME_REACH_BYTES)) return undefined;
    return distance === 0 ? label.name : `${label.name}+${distance}`;
  }

  /**
   * The source line that produced the byte at `prgOffset`; undefined if unknown. Of several, the innermost; a
   * C line is preferred to the assembly that the compiler made from it.
   */
  lineOf(prgOffset: number): { readonly file: string; readonly line: number } | undefined {
    const lines = this.#linesByOffset;
    const first = lastAtMost(lines, prgOffset, (line) => line.prgOffset);
    let found: SourceLine | undefined;
    for (let at = first; at >= 0 && at > first - MAX_ENCLOSING_LINES; at--) {
      const line = lines[at]!;
      if (prgOffset >= line.prgOffset + line.bytes || line.kind === "macro") continue;
      if (line.kind === "c") {
        found = line;
        break;
      }
      found ??= line;
    }
    return found === undefined ? undefined : { file: this.files[found.file] ?? "?", line: found.line };
  }

  #index(key: string, symbol: GameSymbol): void {
    const known = this.#byName.get(key);
    if (known === undefined) this.#byName.set(key, [symbol]);
    else if (!known.includes(symbol)) known.push(symbol);
  }
}

export const NO_SYMBOLS = new Symbols({ symbols: [], files: [], lines: [], routines: [] });

function keysOf({ name, module }: GameSymbol): string[] {
  const last = name.slice(name.lastIndexOf("::") < 0 ? 0 : name.lastIndexOf("::") + 2);
  const keys = new Set([name, last]);
  if (module !== "") for (const key of [name, last]) keys.add(`${module}:${key}`);
  return [...keys];
}

/** Index of the last element whose place is at most `at`; −1 if there is none. */
function lastAtMost<T>(sorted: readonly T[], at: number, place: (element: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (place(sorted[middle]!) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Similarity of two names; 0 if they are unrelated. */
function likeness(wanted: string, name: string): number {
  if (name === wanted || name === `_${wanted}`) return 100;
  if (wanted.length > 1 && name.includes(wanted)) return 50 + wanted.length - name.length / 100;
  if (name.length > 1 && wanted.includes(name)) return 30 + name.length;
  let shared = 0;
  for (let at = 0; at + 1 < wanted.length; at++) if (name.includes(wanted.slice(at, at + 2))) shared++;
  return shared * 2 >= wanted.length ? (10 * shared) / Math.max(name.length, wanted.length) : 0;
}

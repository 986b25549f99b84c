import type { SourceLine, Symbols } from "../symbols/symbols.ts";

const NO_LINE = -1;

/** A line of source. */
export interface SourcePlace {
  /** Index in `Symbols.files`. */
  readonly file: number;
  readonly line: number;
}

/** Where a line's code begins in PRG ROM. */
export interface LineCode extends SourcePlace {
  /** PRG ROM offsets of the instructions that begin the line. */
  readonly offsets: readonly number[];
}

/** Maps PRG ROM to source lines and back, fast enough to be used at every instruction. */
export class SourceMap {
  readonly #places: SourcePlace[] = [];
  /** Index in `#places` for each PRG ROM byte, or NO_LINE. */
  readonly #lineAt: Int32Array;
  readonly #isStart: Uint8Array;
  /** By file, the offsets at which each line begins, sorted by line. */
  readonly #linesOf = new Map<number, LineCode[]>();

  constructor(symbols: Symbols, prgBytes: number) {
    this.#lineAt = new Int32Array(prgBytes).fill(NO_LINE);
    this.#isStart = new Uint8Array(prgBytes);
    const sorted = symbols.lines.toSorted((a, b) => a.prgOffset - b.prgOffset || b.bytes - a.bytes);
    // Later lines are inside earlier ones. C is preferred to the assembly that was made from it.
    const assembly = sorted.filter(({ kind }) => kind === "assembly");
    const painted = [...assembly, ...sorted.filter(({ kind }) => kind === "c")];
    const ids = painted.map((line) => this.#paint(line));
    this.#index(painted, ids);
  }

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  /** A number that identifies the line at a PRG ROM offset, for comparing lines; −1 if there is no line. */
  lineId(prgOffset: number): number {
    return prgOffset < 0 ? NO_LINE : (this.#lineAt[prgOffset] ?? NO_LINE);
  }

  /** True if a line's code begins at this PRG ROM offset. */
  isStart(prgOffset: number): boolean {
    return prgOffset >= 0 && this.#isStart[prgOffset] === 1;
  }

  /** The line that produced the byte at a PRG ROM offset; undefined if unknown. */
  placeOf(prgOffset: number): SourcePlace | undefined {
    return this.#places[this.lineId(prgOffset)];
  }

  /** The first line of `file` from `line` on that has code; undefined if there is none. */
  codeFrom(file: number, line: number): LineCode | undefined {
    return this.#linesOf.get(file)?.find((code) => code.line >= line);
  }

  /** All lines with code in `file`, sorted. */
  linesOf(file: number): readonly LineCode[] {
    return this.#linesOf.get(file) ?? [];
  }

  #paint({ file, line, prgOffset, bytes }: SourceLine): number {
    const last = this.#places.length - 1;
    const same = this.#places[last];
    if (same === undefined || same.file !== file || same.line !== line) this.#places.push({ file, line });
    const id = this.#places.length - 1;
    this.#lineAt.fill(id, prgOffset, prgOffset + bytes);
    return id;
  }

  #index(painted: readonly SourceLine[], ids: readonly number[]): void {
    const starts = new Map<number, Map<number, number[]>>();
    for (const [at, { file, line, prgOffset }] of painted.entries()) {
      if (this.#lineAt[prgOffset] !== ids[at]) continue;
      // The code of one line can be several ranges in a row.
      const before = this.placeOf(prgOffset - 1);
      if (before?.file === file && before.line === line) continue;
      if (this.#isStart[prgOffset] === 1) continue;
      this.#isStart[prgOffset] = 1;
      const lines = starts.get(file) ?? new Map<number, number[]>();
      starts.set(file, lines);
      const offsets = lines.get(line);
      if (offsets === undefined) lines.set(line, [prgOffset]);
      else offsets.push(prgOffset);
    }
    for (const [file, lines] of starts) {
      const codes = [...lines].map(([line, offsets]) => ({ file, line, offsets }));
      this.#linesOf.set(
        file,
        codes.sort((a, b) => a.line - b.line),
      );
    }
  }
}

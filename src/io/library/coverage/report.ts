import { existsSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { isBranch } from "../../../emu/nes/cpu/opcodes.ts";
import { MIB } from "../../../emu/units.ts";
import { readFileCappedSync } from "../../files/read-file.ts";
import type { CoveredProgram } from "./program.ts";

interface CoveredBranch {
  readonly line: number;
  readonly taken: number;
  readonly passed: number;
}

interface CoveredRoutine {
  readonly name: string;
  readonly line: number;
  readonly hits: number;
}

/** Coverage of one source file. */
export interface CoveredFile {
  /** Relative to the folder of the report, with forward slashes. */
  readonly path: string;
  readonly source: string;
  /** Hits of each line that produced code. */
  readonly lines: ReadonlyMap<number, number>;
  readonly branches: readonly CoveredBranch[];
  readonly routines: readonly CoveredRoutine[];
}

/** How many exist, and how many of them ran. */
export interface CoverageTotal {
  readonly found: number;
  readonly hit: number;
}

export interface CoverageReport {
  readonly files: readonly CoveredFile[];
  readonly lines: CoverageTotal;
  /** Each branch counts twice: taken and not taken. */
  readonly branches: CoverageTotal;
  readonly routines: CoverageTotal;
}

const BRANCH_BYTES = 2;
const MAX_SOURCE_BYTES = 16 * MIB;

interface Collected {
  readonly source: string;
  readonly lines: Map<number, number>;
  readonly branches: Map<number, CoveredBranch>;
  readonly routines: CoveredRoutine[];
}

/** See `Coverage.report`. */
export function reportCoverage(programs: readonly CoveredProgram[], folder: string): CoverageReport {
  const files = new Map<string, Collected>();
  for (const program of programs) collect(program, folder, files);
  const covered = [...files]
    .map(([path, file]) => ({
      path: relative(folder, path).replaceAll("\\", "/"),
      source: file.source,
      lines: new Map([...file.lines].toSorted(([a], [b]) => a - b)),
      branches: [...file.branches.values()].toSorted((a, b) => a.line - b.line),
      routines: file.routines.toSorted((a, b) => a.line - b.line),
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { files: covered, ...totals(covered) };
}

/** The sums over `files`. */
export function totals(files: readonly CoveredFile[]): Omit<CoverageReport, "files"> {
  const sum = (counts: readonly number[]): CoverageTotal => ({
    found: counts.length,
    hit: counts.filter((count) => count > 0).length,
  });
  return {
    lines: sum(files.flatMap((file) => [...file.lines.values()])),
    branches: sum(files.flatMap((file) => file.branches.flatMap(({ taken, passed }) => [taken, passed]))),
    routines: sum(files.flatMap((file) => file.routines.map((routine) => routine.hits))),
  };
}

function collect(program: CoveredProgram, folder: string, files: Map<string, Collected>): void {
  const { symbols, counts, prgRom } = program;
  const found = symbols.files.map((name) => findSource(name, folder));
  const fromC = new Uint8Array(prgRom.length);
  for (const { kind, prgOffset, bytes } of symbols.lines) {
    if (kind === "c") fromC.fill(1, prgOffset, prgOffset + bytes);
  }
  for (const { file, line, prgOffset, bytes, kind } of symbols.lines) {
    // Assembly that a compiler made from C is not the program's source.
    if (kind !== "c" && fromC[prgOffset] === 1) continue;
    const into = fileOf(found[file], files);
    if (into === undefined) continue;
    const hits = counts.executed[prgOffset] ?? 0;
    into.lines.set(line, Math.max(into.lines.get(line) ?? 0, hits));
    if (bytes === BRANCH_BYTES && isBranch(prgRom[prgOffset] ?? 0)) {
      const before = into.branches.get(line);
      into.branches.set(line, {
        line,
        taken: (before?.taken ?? 0) + (counts.taken[prgOffset] ?? 0),
        passed: (before?.passed ?? 0) + (counts.passed[prgOffset] ?? 0),
      });
    }
  }
  for (const { name, prgOffset } of symbols.routines) {
    const place = symbols.lineOf(prgOffset);
    const into = place === undefined ? undefined : fileOf(findSource(place.file, folder), files);
    if (place === undefined || into === undefined) continue;
    into.routines.push({ name, line: place.line, hits: counts.executed[prgOffset] ?? 0 });
  }
}

function fileOf(path: string | undefined, files: Map<string, Collected>): Collected | undefined {
  if (path === undefined) return undefined;
  let file = files.get(path);
  if (file === undefined) {
    const source = new TextDecoder().decode(readFileCappedSync(path, MAX_SOURCE_BYTES));
    file = { source, lines: new Map(), branches: new Map(), routines: [] };
    files.set(path, file);
  }
  return file;
}

/** File names in debug info are relative to the working directory of the assembler. */
function findSource(name: string, folder: string): string | undefined {
  const path = isAbsolute(name) ? name : resolve(folder, name);
  if (!existsSync(path)) return undefined;
  const status = statSync(path);
  return status.isFile() && status.size <= MAX_SOURCE_BYTES ? path : undefined;
}

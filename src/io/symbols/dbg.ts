import { basename } from "node:path";
import { printable, shortList } from "../files/text.ts";
import { unbankedPrgOffset } from "./address-lists.ts";
import { readImports } from "./dbg-imports.ts";
import type { OutputOffsets } from "./dbg-outputs.ts";
import { type DbgRecord, type DbgRecords, id, number, numbers, readRecords, textOf } from "./dbg-records.ts";
import { readVariables } from "./dbg-variables.ts";
import {
  type GameSymbol,
  NO_PRG_OFFSET,
  type SourceLine,
  type SourceRoutine,
  type SymbolData,
} from "./symbols.ts";

/** ld65's debug info, as `--dbgfile` writes it. https://cc65.github.io/doc/debugging.html */
const MAJOR_VERSION = 2;
/** The length of the longest instructions. */
const MAX_INSTRUCTION_BYTES = 3;
/** The lowest address of PRG ROM. */
const ROM_START = 0x8000;
const MAX_OUTPUTS_NAMED = 3;
const LINE_KINDS = ["assembly", "c", "macro"] as const;

interface Segment {
  readonly address: number;
  /** Offset of its contents in the output file; −1 if it is in none. */
  readonly fileOffset: number;
  readonly outputName: string;
}

interface Span {
  readonly segment: number;
  readonly start: number;
  readonly bytes: number;
  /** True if the assembler marks it as data. */
  readonly isData: boolean;
}

interface Scope {
  readonly name: string;
  readonly parent: number;
  readonly module: number;
  readonly isScope: boolean;
  readonly spans: readonly number[];
}

/**
 * Reads debug info. `outputOffsets` are the PRG ROM offsets of the linker's output files; a file with an iNES
 * header starts 16 bytes before PRG ROM. `prgBytes` is the size of PRG ROM. Segments in other files are
 * located by address if the ROM has no banks; otherwise their lines are skipped with a warning. With
 * `prgRom`, symbols of libraries without debug info are found from the instructions that use them. Throws
 * `InputError` ("data") with line, column and what was expected.
 */
export function parseDbg(
  text: string,
  outputOffsets: OutputOffsets,
  prgBytes: number,
  prgRom?: Uint8Array,
): SymbolData {
  const records = readRecords(text);
  const spans = readSpans(records.get("span") ?? []);
  const segments = readSegments(records.get("seg") ?? []);
  const scopes = readScopes(records.get("scope") ?? []);
  const modules = new Map((records.get("mod") ?? []).map((record) => [id(record), textOf(record, "name")]));
  const warnings = versionWarnings(records);
  const lost = new Set<string>();
  const prgOffsetOf = (segment: Segment, inSegment: number): number => {
    if (segment.fileOffset < 0) return NO_PRG_OFFSET;
    const output = outputOffsets.get(segment.outputName);
    if (output === undefined) {
      const offset = unbankedPrgOffset(segment.address + inSegment, prgBytes);
      if (offset === NO_PRG_OFFSET && segment.address >= ROM_START) lost.add(segment.outputName);
      return offset;
    }
    const offset = output + segment.fileOffset + inSegment;
    return offset >= 0 && offset < prgBytes ? offset : NO_PRG_OFFSET;
  };
  const { files, lines } = readLines(records, spans, segments, prgOffsetOf);
  const symbols = readSymbols(records.get("sym") ?? [], segments, scopes, modules, prgOffsetOf);
  if (prgRom !== undefined) symbols.push(...importedSymbols(records, spans, segments, prgRom, prgOffsetOf));
  const routines = readRoutines(scopes, spans, segments, prgOffsetOf);
  const variables = readVariables(records, scopes);
  if (lost.size > 0) warnings.push(lostWarning([...lost]));
  return { symbols, files, lines, routines, variables, warnings };
}

function importedSymbols(
  records: DbgRecords,
  spans: ReadonlyMap<number, Span>,
  segments: ReadonlyMap<number, Segment>,
  prgRom: Uint8Array,
  prgOffsetOf: PrgOffsetOf,
): GameSymbol[] {
  const codeOf = (spanId: number): { prgOffset: number; bytes: number } | undefined => {
    const span = spans.get(spanId);
    const segment = segments.get(span?.segment ?? -1);
    if (span === undefined || segment === undefined || span.isData) return undefined;
    return { prgOffset: prgOffsetOf(segment, span.start), bytes: span.bytes };
  };
  return readImports(records, codeOf, prgRom);
}

function lostWarning(outputs: readonly string[]): string {
  const names = outputs.map((name) => printable(name, 60));
  return `no source lines for ${shortList(names, MAX_OUTPUTS_NAMED)}: the file is missing, or its bytes are not in the ROM`;
}

function versionWarnings(records: DbgRecords): string[] {
  const [version] = records.get("version") ?? [];
  const major = version === undefined ? MAJOR_VERSION : number(version, "major");
  if (major === MAJOR_VERSION) return [];
  return [
    `debug info of version ${major} is read as version ${MAJOR_VERSION}: names or lines may be missing`,
  ];
}

type PrgOffsetOf = (segment: Segment, inSegment: number) => number;

function readSpans(records: readonly DbgRecord[]): Map<number, Span> {
  const spans = new Map<number, Span>();
  for (const record of records) {
    spans.set(id(record), {
      segment: number(record, "seg"),
      start: number(record, "start"),
      bytes: number(record, "size"),
      isData: record.values.has("type"),
    });
  }
  return spans;
}

function readSegments(records: readonly DbgRecord[]): Map<number, Segment> {
  const segments = new Map<number, Segment>();
  for (const record of records) {
    const hasFile = record.values.has("oname");
    segments.set(id(record), {
      address: number(record, "start"),
      fileOffset: hasFile ? number(record, "ooffs") : -1,
      outputName: hasFile ? textOf(record, "oname") : "",
    });
  }
  return segments;
}

function readScopes(records: readonly DbgRecord[]): Map<number, Scope> {
  const scopes = new Map<number, Scope>();
  for (const record of records) {
    scopes.set(id(record), {
      name: textOf(record, "name"),
      parent: record.values.has("parent") ? number(record, "parent") : -1,
      module: number(record, "mod"),
      isScope: record.values.get("type")?.text === "scope",
      spans: numbers(record, "span"),
    });
  }
  return scopes;
}

function readSymbols(
  records: readonly DbgRecord[],
  segments: ReadonlyMap<number, Segment>,
  scopes: ReadonlyMap<number, Scope>,
  modules: ReadonlyMap<number, string>,
  prgOffsetOf: PrgOffsetOf,
): GameSymbol[] {
  const byId = new Map(records.map((record) => [id(record), record]));
  const symbols: GameSymbol[] = [];
  for (const record of records) {
    if (!record.values.has("val")) continue; // an import: the definition is in another record
    const type = textOf(record, "type");
    const segment = record.values.has("seg") ? segments.get(number(record, "seg")) : undefined;
    const value = number(record, "val");
    const { name, module } = nameOf(record, byId, scopes);
    symbols.push({
      name,
      module: moduleName(modules.get(module) ?? ""),
      address: value,
      prgOffset: segment === undefined ? NO_PRG_OFFSET : prgOffsetOf(segment, value - segment.address),
      bytes: record.values.has("size") ? number(record, "size") : 0,
      isLabel: type === "lab",
    });
  }
  return symbols;
}

/** A name with its scopes. A cheap local label, which begins with @, follows the label that it belongs to. */
function nameOf(
  record: DbgRecord,
  byId: ReadonlyMap<number, DbgRecord>,
  scopes: ReadonlyMap<number, Scope>,
): { name: string; module: number } {
  let name = textOf(record, "name");
  let owner = record;
  if (record.values.has("parent")) {
    owner = byId.get(number(record, "parent")) ?? record;
    if (owner !== record) name = textOf(owner, "name") + (name.startsWith("@") ? name : `@${name}`);
  }
  let at = owner.values.has("scope") ? number(owner, "scope") : -1;
  let module = -1;
  // Damaged files can have scopes that contain each other. No program nests deeper than this.
  for (let depth = 0; depth < 32; depth++) {
    const scope = scopes.get(at);
    if (scope === undefined) break;
    module = scope.module;
    if (scope.name !== "") name = `${scope.name}::${name}`;
    at = scope.parent;
  }
  return { name, module };
}

/** `play.o` and `play.s` both belong to the module `play`. */
function moduleName(file: string): string {
  return basename(file).replace(/\.[^.]*$/, "");
}

function readLines(
  records: DbgRecords,
  spans: ReadonlyMap<number, Span>,
  segments: ReadonlyMap<number, Segment>,
  prgOffsetOf: PrgOffsetOf,
): { files: string[]; lines: SourceLine[] } {
  const files: string[] = [];
  const fileIndex = new Map<number, number>();
  for (const record of records.get("file") ?? []) {
    fileIndex.set(id(record), files.length);
    files.push(textOf(record, "name"));
  }
  const lines: SourceLine[] = [];
  for (const record of records.get("line") ?? []) {
    const kind = LINE_KINDS[record.values.has("type") ? number(record, "type") : 0] ?? "macro";
    const file = fileIndex.get(number(record, "file"));
    const line = number(record, "line");
    if (file === undefined || line === 0) continue;
    for (const spanId of numbers(record, "span")) {
      const span = spans.get(spanId);
      const segment = segments.get(span?.segment ?? -1);
      if (span === undefined || segment === undefined || span.isData || span.bytes === 0) continue;
      const prgOffset = prgOffsetOf(segment, span.start);
      if (prgOffset !== NO_PRG_OFFSET) lines.push({ file, line, prgOffset, bytes: span.bytes, kind });
    }
  }
  return { files, lines: withoutData(lines) };
}

/**
 * Removes lines that are data although the assembler does not mark them: space of .res, files of .incbin.
 * They are longer than an instruction, and no line of another kind starts at the same address, as it does for
 * a macro.
 */
function withoutData(lines: readonly SourceLine[]): SourceLine[] {
  const expanded = new Set(lines.filter((line) => line.kind === "macro").map((line) => line.prgOffset));
  return lines.filter((line) => {
    if (line.kind === "c" || line.bytes <= MAX_INSTRUCTION_BYTES) return true;
    return line.kind === "assembly" && expanded.has(line.prgOffset);
  });
}

function readRoutines(
  scopes: ReadonlyMap<number, Scope>,
  spans: ReadonlyMap<number, Span>,
  segments: ReadonlyMap<number, Segment>,
  prgOffsetOf: PrgOffsetOf,
): SourceRoutine[] {
  const routines: SourceRoutine[] = [];
  for (const scope of scopes.values()) {
    if (!scope.isScope || scope.name === "") continue;
    for (const spanId of scope.spans) {
      const span = spans.get(spanId);
      const segment = segments.get(span?.segment ?? -1);
      if (span === undefined || segment === undefined || span.isData) continue;
      const prgOffset = prgOffsetOf(segment, span.start);
      if (prgOffset !== NO_PRG_OFFSET) routines.push({ name: scope.name, prgOffset, bytes: span.bytes });
    }
  }
  return routines;
}

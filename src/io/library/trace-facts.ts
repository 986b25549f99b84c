import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Symbols } from "../symbols/symbols.ts";
import { type FailureTrace, MAX_NAME_BYTES, type TraceSource } from "../trace/trace-file.ts";
import { type PlaceMap, shortPath } from "./place-map.ts";

const MAX_SOURCE_BYTES = 200_000;
const WORK_RAM_BYTES = 0x800;

/** The variables in work RAM, for a trace. */
export function traceNames({ symbols }: Symbols): FailureTrace["names"] {
  return symbols
    .filter(({ isLabel, address }) => isLabel && address >= 0 && address < WORK_RAM_BYTES)
    .map(({ name, address, bytes }) => [
      name.replace(/^_(?=\w)/, ""),
      address,
      Math.min(MAX_NAME_BYTES, Math.max(1, bytes)),
    ]);
}

/** The game's source at an address of the CPU; undefined if it is unknown or not found. */
export function traceGameSource(places: PlaceMap, pc: number, romPath: string): TraceSource | undefined {
  const offset = places.prgOffsetAt(pc);
  const at = offset < 0 ? undefined : places.symbols.lineOf(offset);
  if (at === undefined) return undefined;
  const beside = dirname(romPath);
  for (const folder of [".", beside, dirname(beside), dirname(dirname(beside))]) {
    const source = sourceAt(join(folder, at.file), at.line);
    if (source !== undefined) return { ...source, path: at.file };
  }
  return undefined;
}

/** A source file for a trace; undefined if it cannot be read or is too large. */
export function sourceAt(path: string, line: number): TraceSource | undefined {
  try {
    const text = readFileSync(path, "utf8");
    return text.length > MAX_SOURCE_BYTES ? undefined : { path: shortPath(path), line, text };
  } catch {
    return undefined;
  }
}

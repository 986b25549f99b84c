import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SHARED } from "./shared.ts";

/** One cycle of the bus. */
export type BusCycle = [address: number, value: number, kind: "read" | "write"];
/** Registers and relevant bytes of memory, before or after. */
export interface Registers {
  pc: number;
  s: number;
  a: number;
  x: number;
  y: number;
  p: number;
  ram: [address: number, value: number][];
}
/** One instruction as the simulation ran it. */
export interface Vector {
  name: string;
  initial: Registers;
  final: Registers;
  cycles: BusCycle[];
}

const FOLDER = SHARED === undefined ? undefined : join(SHARED, "cpu-vectors");

/** One file per opcode, named by it, in order; none without the oracles. */
export const VECTOR_FILES: readonly string[] =
  FOLDER === undefined
    ? []
    : readdirSync(FOLDER)
        .filter((name) => name.endsWith(".json.gz"))
        .sort();

/** The 200 vectors of one of VECTOR_FILES. */
export function readVectors(file: string): Vector[] {
  const json = Bun.gunzipSync(readFileSync(join(FOLDER ?? "", file)));
  return JSON.parse(new TextDecoder().decode(json)) as Vector[];
}

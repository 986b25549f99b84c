import { gzipSync } from "node:zlib";
import { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";
import { gunzipCapped } from "../files/archives/gzip.ts";
import { writeOutput } from "../files/outputs.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";

/** A frame of a trace. */
export interface TraceFrame {
  readonly frame: number;
  /** Held buttons, one byte per controller. */
  readonly buttons: number;
  /** Index in `pictures` of the picture after this frame. */
  readonly picture: number;
  /** Bytes of work RAM that this frame has changed: address, value, address, value, … */
  readonly ram: readonly number[];
}

/** What a recorder has kept. */
export interface RecordedFrames {
  readonly frames: readonly TraceFrame[];
  /** PNG files in base64. */
  readonly pictures: readonly string[];
  /** Width of a pixel divided by its height. Absent in traces of older versions. */
  readonly pixelAspect?: number;
  /** Work RAM before the first frame, in base64. */
  readonly firstRam: string;
}

/** A call of the test, such as `tap("start")`. */
export interface TraceCall {
  readonly text: string;
  /** Line in the test's source; 0 if unknown. */
  readonly line: number;
  /** The frames from its beginning to its end. */
  readonly from: number;
  readonly to: number;
  readonly failed: boolean;
}

/** A failed test of a game. */
export interface FailureTrace extends RecordedFrames {
  readonly format: "emutrace";
  readonly version: 1;
  readonly rom: string;
  readonly failure: string;
  /** Where the game was, and its callers. */
  readonly place: string;
  readonly callers: readonly string[];
  readonly calls: readonly TraceCall[];
  /** Variables by name: address and number of bytes. */
  readonly names: readonly (readonly [name: string, address: number, bytes: number])[];
  readonly test: TraceSource | undefined;
  /** The game's source at its place. */
  readonly source: TraceSource | undefined;
}

/** A source file and a line of it, from 1. */
export interface TraceSource {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

const MAX_FILE_BYTES = 64 * MIB;
const MAX_BYTES = 256 * MIB;
const MAX_ASPECT = 4;
const MAX_ADDRESS = 0xffff;
/** Size of the largest variable: all of work RAM. */
export const MAX_NAME_BYTES = 0x800;
const FIELDS: readonly string[] = [
  "format",
  "version",
  "rom",
  "failure",
  "place",
  "callers",
  "calls",
  "names",
  "test",
  "source",
  "frames",
  "pictures",
  "pixelAspect",
  "firstRam",
] satisfies (keyof FailureTrace)[];

/** Writes a trace. Throws `InputError` ("io"). */
export function writeTraceFile(path: string, trace: FailureTrace): void {
  writeOutput(path, gzipSync(JSON.stringify(trace)));
}

/** Reads a trace. Throws `InputError` if the file cannot be read or is not a trace. */
export async function readTraceFile(path: string): Promise<FailureTrace> {
  const bytes = await readFileCapped(path, MAX_FILE_BYTES);
  const bad = (what: string): InputError =>
    new InputError(
      "data",
      what,
      printable(path),
      "a failed test whose body is wrapped in traced() writes one",
    );
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw bad("this is not a trace");
  let trace: unknown;
  try {
    trace = JSON.parse(new TextDecoder().decode(gunzipCapped(bytes, MAX_BYTES)));
  } catch (error) {
    throw bad(`this is not a trace: ${error instanceof Error ? error.message : String(error)}`);
  }
  const problem = problemOf(trace);
  if (problem !== undefined) throw bad(`this trace is malformed: ${problem}`);
  return trace as FailureTrace;
}

/** What is wrong with a trace; undefined if it can be shown. */
function problemOf(value: unknown): string | undefined {
  if (!isRecord(value) || value.format !== "emutrace") return "it has another format";
  if (value.version !== 1) return "its version is unknown";
  const unknown = Object.keys(value).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) return `unknown field ${unknown.slice(0, 40)}`;
  const texts = ["rom", "failure", "place", "firstRam"] as const;
  for (const name of texts) if (typeof value[name] !== "string") return name;
  const { frames, pictures, callers, calls, names, firstRam } = value;
  if (!isBase64(firstRam)) return "firstRam";
  if (!isListOf(pictures, isBase64)) return "pictures";
  if (value.pixelAspect !== undefined && !isPixelAspect(value.pixelAspect)) return "pixelAspect";
  const last = (pictures as string[]).length;
  if (!isListOf(frames, (each) => isFrame(each, last))) return "frames";
  if (!isListOf(callers, (each) => typeof each === "string")) return "callers";
  if (!isListOf(calls, isCall)) return "calls";
  if (!isListOf(names, isName)) return "names";
  for (const name of ["test", "source"] as const)
    if (value[name] !== undefined && !isSource(value[name])) return name;
  return undefined;
}

function isFrame(value: unknown, pictures: number): boolean {
  if (!isRecordOf(value, ["frame", "buttons", "picture", "ram"])) return false;
  const { frame, buttons, picture, ram } = value;
  if (!isWhole(frame) || !isWhole(buttons) || !isWhole(picture) || picture >= pictures) return false;
  return Array.isArray(ram) && ram.length % 2 === 0 && ram.every((each) => isWhole(each, MAX_ADDRESS));
}

function isCall(value: unknown): boolean {
  return (
    isRecordOf(value, ["text", "line", "from", "to", "failed"]) &&
    typeof value.text === "string" &&
    typeof value.failed === "boolean" &&
    isWhole(value.line) &&
    isWhole(value.from) &&
    isWhole(value.to)
  );
}

function isName(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [name, address, bytes] = value;
  return typeof name === "string" && isWhole(address, MAX_ADDRESS) && isWhole(bytes, MAX_NAME_BYTES);
}

function isSource(value: unknown): boolean {
  return (
    isRecordOf(value, ["path", "line", "text"]) &&
    typeof value.path === "string" &&
    typeof value.text === "string" &&
    isWhole(value.line)
  );
}

/** Fields that are not checked could be nested too deeply to be written. */
function isRecordOf(value: unknown, fields: readonly string[]): value is Record<string, unknown> {
  return isRecord(value) && Object.keys(value).every((name) => fields.includes(name));
}

function isPixelAspect(value: unknown): boolean {
  return typeof value === "number" && value >= 1 / MAX_ASPECT && value <= MAX_ASPECT;
}

function isBase64(value: unknown): boolean {
  return typeof value === "string" && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isIt: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isIt);
}

function isWhole(value: unknown, max = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
}

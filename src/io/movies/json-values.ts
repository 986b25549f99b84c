import { InputError } from "../../emu/input-error.ts";
import { fromBase64 } from "../files/binary-text.ts";
import type { JsonText } from "../files/documents/parse-json.ts";
import { printable } from "../files/text.ts";

/** Where a value is in the document. */
export type Path = (string | number)[];

export const REMEDY = "an input file looks like [[0, 0], [60, 8], [64, 0]]";

/** Reads each entry of an optional array. */
export function list<T>(
  json: JsonText,
  object: Record<string, unknown>,
  key: string,
  read: (json: JsonText, entry: unknown, path: Path) => T,
): T[] {
  const entries = object[key];
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) throw bad(json, [key], "an array was expected");
  return entries.map((entry, index) => read(json, entry, [key, index]));
}

/** Reads bytes in base64. */
export function base64(json: JsonText, value: unknown, path: Path, max: number): Uint8Array {
  try {
    const bytes = fromBase64(value as string);
    if (bytes.length <= max) return bytes;
  } catch {
    // Reported below.
  }
  throw bad(json, path, `base64 of up to ${max} bytes was expected`);
}

/** Reads a whole number. */
export function integer(json: JsonText, value: unknown, path: Path, max: number, min = 0): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw bad(json, path, `a whole number from ${min} to ${max} was expected, not ${shown(value)}`);
}

/** An error at a place of the document. */
export function bad(json: JsonText, path: Path, what: string): InputError {
  return new InputError("data", what, json.place(...path), REMEDY);
}

/** The path of the key, or of the object if the key is missing. */
export function keyPath(object: Record<string, unknown>, key: string): Path {
  return Object.hasOwn(object, key) ? [key] : [];
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? "nothing", 40);
}

/** Returns true for an object that is neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

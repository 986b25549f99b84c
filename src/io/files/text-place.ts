import { InputError } from "../../emu/input-error.ts";
import { printable } from "./text.ts";

/** Bad text input at a line and a column, both counted from 1, as editors do. */
export function badText(
  what: string,
  line: number,
  column: number,
  remedy = "",
  kind: "data" | "missing" = "data",
): InputError {
  return new InputError(kind, what, `line ${line}, column ${column}`, remedy);
}

/** "line 3, column 7" of a character offset in `text`. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  let line = 1;
  for (let at = before.indexOf("\n"); at >= 0; at = before.indexOf("\n", at + 1)) line++;
  return `line ${line}, column ${offset - lastBreak}`;
}

/** Runs `action`; an `InputError` from it gets the file in front of its place. */
export function inFile<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof InputError ? locatedIn(path, error) : error;
  }
}

/** The same error with the file in front of its place. */
export function locatedIn(path: string, error: InputError): InputError {
  const where = [printable(path), error.where].filter((part) => part !== "").join(", ");
  return new InputError(error.kind, error.message, where, error.remedy);
}

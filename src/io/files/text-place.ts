import { InputError } from "../../emu/input-error.ts";
import { printable } from "./text.ts";

/** The error for bad text input at a line and a column, both counted from 1, as in editors. */
export function badText(
  what: string,
  line: number,
  column: number,
  remedy = "",
  kind: "data" | "missing" = "data",
): InputError {
  return new InputError(kind, what, `line ${line}, column ${column}`, remedy);
}

/** A place in a text file. Both numbers count from 1, columns in UTF-16 units, as in editors. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Converts offsets in a text to lines and columns. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  positionOf(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 };
  }
}

/** "line 3, column 7" of an offset in `text`. */
export function placeOf(text: string, offset: number): string {
  const { line, column } = new LineIndex(text).positionOf(offset);
  return `line ${line}, column ${column}`;
}

/** Runs `action`; an `InputError` from it gets the file's name before its place. */
export function inFile<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof InputError ? locatedIn(path, error) : error;
  }
}

/** The same error with the file's name before its place. */
export function locatedIn(path: string, error: InputError): InputError {
  const where = [printable(path), error.where].filter((part) => part !== "").join(", ");
  return new InputError(error.kind, error.message, where, error.remedy);
}

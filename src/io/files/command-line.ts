import { InputError } from "../../emu/input-error.ts";
import { reasonOf } from "./system-errors.ts";
import { printable } from "./text.ts";

const WORD = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/y;

/**
 * Splits a command line, the value of an option, into words at spaces. Single quotes, double quotes and
 * backslashes keep spaces; variables and wild cards are not expanded. Throws `InputError` ("usage") for a
 * quote without an end or an empty line.
 */
export function splitCommand(line: string, option: string): string[] {
  const words: string[] = [];
  WORD.lastIndex = 0;
  for (let at = 0; line.slice(at).trim() !== ""; at = WORD.lastIndex) {
    WORD.lastIndex = at;
    const match = WORD.exec(line);
    if (match === null) throw new InputError("usage", `${option} has a quote without an end: ${line}`);
    words.push(unquote(match[1]!));
  }
  if (words.length === 0) throw new InputError("usage", `${option} names no program`);
  return words;
}

function unquote(word: string): string {
  return word.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, escaped, double, single) => {
    if (escaped !== undefined) return escaped;
    return double === undefined ? single : double.replace(/\\(.)/g, "$1");
  });
}

/** The error of a program that the system could not start. */
export function startError(error: unknown, program: string, kind: "missing" | "unavailable"): InputError {
  return new InputError(kind, `cannot be started: ${reasonOf(error)}`, printable(program));
}

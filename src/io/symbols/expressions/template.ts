import { bind, parseReadOnly } from "./evaluate.ts";
import type { Evaluate, Scope } from "./scope.ts";
import { fail } from "./tokens.ts";

/** `{score:d}`: an expression and how to show it. */
const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  d: (value) => String(value),
  x: (value) => (value < 0 ? "-" : "") + Math.abs(value).toString(16).toUpperCase().padStart(2, "0"),
  b: (value) => (value >>> 0).toString(2).padStart(8, "0"),
  c: (value) => (value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : "."),
};

/**
 * Compiles the message of a log point: text with expressions in braces, `{name}` in decimal, or with a
 * format: `:d` decimal, `:x` hexadecimal, `:b` binary, `:c` character. `{{` and `}}` are braces. Throws
 * `InputError` with the column.
 */
export function compileTemplate(text: string, scope: Scope): () => string {
  const parts: (string | (() => string))[] = [];
  let literal = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (text[at + 1] === character && (character === "{" || character === "}")) {
      literal += character;
      at++;
    } else if (character === "{") {
      const end = text.indexOf("}", at);
      if (end < 0) fail("} was expected", text.length + 1);
      parts.push(literal, compilePart(text.slice(at + 1, end), at + 1, scope));
      literal = "";
      at = end;
    } else if (character === "}") fail("} has no {: write }} for a brace", at + 1);
    else literal += character;
  }
  parts.push(literal);
  return () => parts.map((part) => (typeof part === "string" ? part : part())).join("");
}

function compilePart(text: string, before: number, scope: Scope): () => string {
  const match = /^(.*):([a-z])\s*$/s.exec(text);
  const hasFormat = match !== null && Object.hasOwn(FORMATS, match[2]!);
  const format = FORMATS[hasFormat ? match[2]! : "d"]!;
  // Spaces make the columns of errors those of the whole text.
  const source = " ".repeat(before) + (hasFormat ? match[1]! : text);
  const evaluate: Evaluate = bind(parseReadOnly(source, "a message"), scope);
  return () => format(evaluate());
}

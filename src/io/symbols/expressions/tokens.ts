import { InputError } from "../../../emu/input-error.ts";

type TokenKind = "number" | "name" | "operator" | "end";

export interface ExpressionToken {
  readonly kind: TokenKind;
  readonly text: string;
  /** The value of a number. */
  readonly value: number;
  /** From 1. */
  readonly column: number;
}

const MAX_LENGTH = 2000;
const SPACE = /\s+/y;
const NUMBERS: readonly (readonly [pattern: RegExp, base: number])[] = [
  [/\$([0-9a-f]+)/iy, 16],
  [/0x([0-9a-f]+)/iy, 16],
  [/%([01]+)/y, 2],
  [/0b([01]+)/iy, 2],
  [/([0-9]+(?:\.[0-9]+)?)/y, 10],
];
const CHARACTER = /'(.)'/uy;
/**
 * Names have the scopes of ca65 (`player::x`), cheap local labels (`reset@loop`) and modules (`main:score`).
 */
const NAME = /(?:::)?[A-Za-z_.@][\w.@]*(?:::?[A-Za-z_@][\w@]*)*/y;
const OPERATOR = /->|\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%&|^~!<>=?:,()[\]]/y;
/** After these, `%` begins a binary number instead of a remainder. */
const ENDS_VALUE = new Set([")", "]"]);

/** Throws an error about an expression at a column. */
export function fail(what: string, column: number, remedy = ""): never {
  throw new InputError("usage", what, `column ${column}`, remedy);
}

/** Splits an expression into its tokens; the last one is the end. Throws `InputError` with the column. */
export function tokenize(text: string): ExpressionToken[] {
  if (text.length > MAX_LENGTH)
    fail(`the expression is longer than ${MAX_LENGTH} characters`, MAX_LENGTH + 1);
  const tokens: ExpressionToken[] = [];
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const last = tokens.at(-1);
    const afterValue = last !== undefined && (last.kind !== "operator" || ENDS_VALUE.has(last.text));
    const token = readToken(text, at, afterValue);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: "end", text: "", value: 0, column: text.length + 1 });
  return tokens;
}

function skipSpace(text: string, at: number): number {
  return at + (matchAt(SPACE, text, at)?.[0].length ?? 0);
}

function readToken(text: string, at: number, afterValue: boolean): ExpressionToken {
  const column = at + 1;
  for (const [pattern, base] of NUMBERS) {
    if (base === 2 && afterValue && text[at] === "%") continue;
    const match = matchAt(pattern, text, at);
    if (match === null) continue;
    const value = base === 10 ? Number(match[1]) : Number.parseInt(match[1]!, base);
    if (value > Number.MAX_SAFE_INTEGER) fail(`${match[0]} is too large`, column);
    return { kind: "number", text: match[0], value, column };
  }
  const character = matchAt(CHARACTER, text, at);
  if (character !== null) {
    return { kind: "number", text: character[0], value: character[1]!.codePointAt(0) ?? 0, column };
  }
  const name = matchAt(NAME, text, at);
  if (name !== null) return { kind: "name", text: name[0], value: 0, column };
  const operator = matchAt(OPERATOR, text, at);
  if (operator !== null) return { kind: "operator", text: operator[0], value: 0, column };
  return fail(`${JSON.stringify([...text.slice(at)][0])} is not expected here`, column);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

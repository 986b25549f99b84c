import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { InputError } from "../../emu/input-error.ts";
import { placeOf } from "./text-place.ts";

/** A parsed JSON text, with the places of its values for error messages. */
export interface JsonText {
  readonly value: unknown;
  /** "line 3, column 7" of the value at `path`: property names and array indices from the top. */
  place(...path: (string | number)[]): string;
}

/** Error messages by the JSON parser's error codes. */
const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: "a value was expected, not this word",
  InvalidNumberFormat: "a number was expected",
  PropertyNameExpected: "a property name in double quotes was expected",
  ValueExpected: "a value was expected",
  ColonExpected: "a colon was expected",
  CommaExpected: "a comma was expected",
  CloseBraceExpected: "a closing } was expected",
  CloseBracketExpected: "a closing ] was expected",
  EndOfFileExpected: "the end of the file was expected",
  InvalidCommentToken: "comments are not JSON",
  UnexpectedEndOfComment: "comments are not JSON",
  UnexpectedEndOfString: 'a closing " was expected',
  UnexpectedEndOfNumber: "a digit was expected",
  InvalidUnicode: "four hexadecimal digits were expected after \\u",
  InvalidEscapeCharacter: 'one of " \\ / b f n r t u was expected after the backslash',
  InvalidCharacter: "control characters must be escaped",
};

/**
 * Parses JSON. Throws `InputError` ("data") with line, column and what was expected. Places are only computed
 * on request, so valid text costs one `JSON.parse`.
 */
export function parseJsonText(text: string, remedy = ""): JsonText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw jsonError(text, error, remedy);
  }
  return { value, place: (...path) => placeOf(text, offsetOf(text, path)) };
}

function offsetOf(text: string, path: (string | number)[]): number {
  try {
    const tree = parseTree(text);
    const node = tree === undefined ? undefined : findNodeAtLocation(tree, path);
    return node?.offset ?? tree?.offset ?? 0;
  } catch (error) {
    // The tree parser overflows its stack earlier than JSON.parse. The error is then for the whole file.
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

function jsonError(text: string, error: unknown, remedy: string): InputError {
  const tree = parseJsonTree(text);
  if (tree === "too deep") {
    return new InputError("data", "not JSON: it is nested too deeply", "line 1, column 1", remedy);
  }
  if (tree.fault === undefined) {
    const why = error instanceof Error ? error.message : String(error);
    return new InputError("data", `not JSON: ${why}`, "line 1, column 1", remedy);
  }
  return new InputError("data", `not JSON: ${tree.fault.expected}`, placeOf(text, tree.fault.offset), remedy);
}

/** What stands first where JSON does not go on, in UTF-16 units from the start of the text. */
export interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

/**
 * Parses JSON into nodes that know their places, with the first fault. The parser recurses into lists and
 * tables: a text that ends its stack is "too deep".
 */
export function parseJsonTree(
  text: string,
): { readonly root: Node | undefined; readonly fault: JsonFault | undefined } | "too deep" {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    const first = errors[0];
    if (first === undefined) return { root, fault: undefined };
    const expected = EXPECTED[printParseErrorCode(first.error)] ?? "something else was expected";
    return { root, fault: { offset: first.offset, expected } };
  } catch (error) {
    if (error instanceof RangeError) return "too deep";
    throw error;
  }
}

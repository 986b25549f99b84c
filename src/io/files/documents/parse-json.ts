import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../text.ts";
import { LineIndex, type Position, placeOf } from "../text-place.ts";
import { MAX_NESTING, type SourceNode, type SourceValue, sourceError, tooDeep } from "./source-node.ts";

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
 * Parses JSON into plain values, for large texts: places are only computed on request, so valid text costs
 * one `JSON.parse`. Throws `InputError` ("data") with line, column and what was expected.
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

/**
 * Parses JSON into nodes that know their places. Throws `InputError` ("data") with the line, the column and
 * what was expected. `path` is the file's name in errors.
 */
export function parseJsonSource(text: string, path: string): SourceNode {
  const lines = new LineIndex(text);
  const { root, fault } = parseTreeOf(text);
  if (fault === undefined && root !== undefined) return convert(root, lines, path, 0);
  if (fault === TOO_DEEP) throw tooDeep(path, lines.positionOf(0));
  const { offset, expected } = fault ?? { offset: 0, expected: "a value was expected" };
  throw sourceError(path, lines.positionOf(offset), `not JSON: ${expected}`);
}

function convert(node: Node, lines: LineIndex, path: string, depth: number): SourceNode {
  if (depth > MAX_NESTING) throw tooDeep(path, lines.positionOf(node.offset));
  const { offset, length } = node;
  return {
    ...contentOf(node, lines, path, depth + 1),
    at: lines.positionOf(offset),
    range: [offset, offset + length],
  };
}

function contentOf(node: Node, lines: LineIndex, path: string, depth: number): SourceValue {
  switch (node.type) {
    case "object":
      return tableOf(node.children ?? [], lines, path, depth);
    case "array":
      return {
        kind: "list",
        items: (node.children ?? []).map((child) => convert(child, lines, path, depth)),
      };
    case "string":
      return { kind: "text", text: String(node.value) };
    case "number":
      return { kind: "number", number: Number(node.value) };
    case "boolean":
      return { kind: "boolean", boolean: node.value === true };
    default:
      return { kind: "other", what: "null" };
  }
}

function tableOf(properties: readonly Node[], lines: LineIndex, path: string, depth: number): SourceValue {
  const entries = new Map<string, { key: Position; node: SourceNode }>();
  for (const property of properties) {
    const [keyNode, valueNode] = property.children ?? [];
    if (keyNode === undefined || valueNode === undefined) continue;
    const name = String(keyNode.value);
    const key = lines.positionOf(keyNode.offset);
    if (entries.has(name))
      throw sourceError(path, key, `the key ${JSON.stringify(printable(name))} appears twice`);
    entries.set(name, { key, node: convert(valueNode, lines, path, depth) });
  }
  return { kind: "table", entries };
}

function offsetOf(text: string, path: (string | number)[]): number {
  const { root } = parseTreeOf(text);
  const node = root === undefined ? undefined : findNodeAtLocation(root, path);
  return node?.offset ?? root?.offset ?? 0;
}

function jsonError(text: string, error: unknown, remedy: string): InputError {
  const { fault } = parseTreeOf(text);
  const expected = fault?.expected ?? (error instanceof Error ? error.message : String(error));
  return new InputError("data", `not JSON: ${expected}`, placeOf(text, fault?.offset ?? 0), remedy);
}

/** The first error of a JSON text, at an offset in UTF-16 units. */
interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

interface JsonTree {
  readonly root: Node | undefined;
  readonly fault: JsonFault | undefined;
}

/** Parses JSON into nodes with offsets. */
function parseTreeOf(text: string): JsonTree {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    const first = errors[0];
    if (first === undefined) return { root, fault: undefined };
    const expected = EXPECTED[printParseErrorCode(first.error)] ?? "something else was expected";
    return { root, fault: { offset: first.offset, expected } };
  } catch (error) {
    // The parser recurses into lists and tables, and overflows its stack earlier than JSON.parse does.
    if (error instanceof RangeError) return { root: undefined, fault: TOO_DEEP };
    throw error;
  }
}

const TOO_DEEP: JsonFault = { offset: 0, expected: "nested too deeply" };

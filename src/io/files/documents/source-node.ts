import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../text.ts";
import type { Position } from "../text-place.ts";

/** A value of a table with the place of its key. */
export interface TableEntry {
  readonly key: Position;
  readonly node: SourceNode;
}

interface TableValue {
  readonly kind: "table";
  readonly entries: ReadonlyMap<string, TableEntry>;
  /** The place of the `[header]` in TOML and the end of its lines; undefined for other tables. */
  readonly header?: { readonly at: Position; readonly end: number };
}

/** Start and end in a text, in UTF-16 units. */
export type TextRange = readonly [start: number, end: number];

export type SourceValue =
  | TableValue
  | { readonly kind: "list"; readonly items: readonly SourceNode[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "boolean"; readonly boolean: boolean }
  /** Null and dates, which no key accepts. */
  | { readonly kind: "other"; readonly what: string };

/** A value of a TOML or JSON document with its place. */
export type SourceNode = SourceValue & { readonly at: Position; readonly range: TextRange };

/** Nesting limit, so that code that walks a document cannot overflow its stack. */
export const MAX_NESTING = 64;
const MAX_SHOWN_CHARACTERS = 60;

/** Describes a value for error messages. */
export function describeNode(node: SourceNode): string {
  switch (node.kind) {
    case "table":
      return "a table";
    case "list":
      return `a list of ${node.items.length}`;
    case "text":
      return JSON.stringify(printable(node.text, MAX_SHOWN_CHARACTERS));
    case "number":
      return String(node.number);
    case "boolean":
      return String(node.boolean);
    case "other":
      return node.what;
  }
}

/** The error of a value that is nested deeper than `MAX_NESTING`. */
export function tooDeep(path: string, at: Position): InputError {
  return sourceError(path, at, "nested too deeply");
}

/** The error of a document: `file:line:column`, which terminals and editors turn into a link. */
export function sourceError(path: string, at: Position, what: string, remedy = ""): InputError {
  return new InputError("data", what, `${printable(path)}:${at.line}:${at.column}`, remedy);
}

import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { InputError } from "../../emu/input-error.ts";

/** A value of a setting: a string, number, boolean, or list of these. */
export type TomlValue = string | number | boolean | readonly TomlValue[];

/** A value and where it stands; line and column count from 1. */
export interface TomlEntry {
  /** Undefined for a value that no setting can have, such as a date. */
  readonly value: TomlValue | undefined;
  readonly line: number;
  readonly column: number;
  /** Place in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The deepest nesting of a setting. */
const MAX_NESTING = 64;

interface TableEnd {
  readonly line: number;
  readonly column: number;
  /** Where a further line of it goes. */
  readonly insertAt: number;
}

/** A TOML text with the place of every value, so that errors can name it and changes leave the rest alone. */
export class TomlDocument {
  readonly text: string;
  /** Values by path, such as `picture.television.hue`. */
  readonly entries: ReadonlyMap<string, TomlEntry>;
  readonly #tables = new Map<string, TableEnd>();

  /** Throws `InputError` ("data") with line and column if it is not TOML. `path` is the file's name for messages. */
  constructor(text: string, path: string) {
    this.text = text;
    const entries = new Map<string, TomlEntry>();
    this.entries = entries;
    const collect = (pair: AST.TOMLKeyValue, prefix: string) => collectInto(entries, pair, prefix, path, 0);
    for (const node of parse(text, path).body[0].body) {
      if (node.type === "TOMLTable") {
        const name = node.resolvedKey.join(".");
        const last = node.body.at(-1) ?? node.key;
        const { line, column } = node.loc.start;
        const insertAt = lineEnd(text, last.range[1]);
        this.#tables.set(name, { line, column: column + 1, insertAt });
        for (const pair of node.body) collect(pair, `${name}.`);
      } else collect(node, "");
    }
  }

  /** The tables that the file names, each with the place of its header. */
  get tables(): ReadonlyMap<string, { readonly line: number; readonly column: number }> {
    return this.#tables;
  }

  /** The text with one value changed, or added to its table; `path` as in `entries`. */
  withValue(path: string, value: TomlValue): string {
    const { text } = this;
    const written = writeValue(value);
    const entry = this.entries.get(path);
    if (entry !== undefined) return text.slice(0, entry.start) + written + text.slice(entry.end);
    const dot = path.lastIndexOf(".");
    const name = path.slice(0, dot);
    const line = `${writeKey(path.slice(dot + 1))} = ${written}\n`;
    const table = this.#tables.get(name);
    if (table === undefined) {
      const gap = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
      return `${text}${gap}[${name.split(".").map(writeKey).join(".")}]\n${line}`;
    }
    const before = text.slice(0, table.insertAt);
    return `${before}${before.endsWith("\n") ? "" : "\n"}${line}${text.slice(table.insertAt)}`;
  }
}

function parse(text: string, path: string): AST.TOMLProgram {
  try {
    return parseTOML(text);
  } catch (error) {
    // The parser recurses into lists and tables.
    if (error instanceof RangeError) throw tooDeep(`${path}, line 1, column 1`);
    if (!(error instanceof ParseError)) throw error;
    const where = `${path}, line ${error.lineNumber}, column ${error.column + 1}`;
    throw new InputError("data", `not TOML: ${error.message}`, where, "mend or remove the line");
  }
}

function tooDeep(where: string): InputError {
  return new InputError("data", "nested too deeply", where, "mend or remove the line");
}

function collectInto(
  entries: Map<string, TomlEntry>,
  pair: AST.TOMLKeyValue,
  prefix: string,
  path: string,
  depth: number,
): void {
  const name = pair.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value)).join(".");
  const { value } = pair;
  const { line, column } = value.loc.start;
  const where = `${path}, line ${line}, column ${column + 1}`;
  if (depth > MAX_NESTING) throw tooDeep(where);
  if (value.type === "TOMLInlineTable") {
    for (const inner of value.body) {
      collectInto(entries, inner, `${prefix}${name}.`, path, depth + 1);
    }
    return;
  }
  const [start, end] = value.range;
  entries.set(prefix + name, { value: plain(value, where, depth), line, column: column + 1, start, end });
}

function plain(node: AST.TOMLContentNode, where: string, depth: number): TomlValue | undefined {
  if (depth > MAX_NESTING) throw tooDeep(where);
  if (node.type === "TOMLArray") {
    const values = node.elements.map((element) => plain(element, where, depth + 1));
    return values.includes(undefined) ? undefined : (values as TomlValue[]);
  }
  if (node.type === "TOMLInlineTable") return undefined;
  const { value } = node;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end + 1;
}

function writeKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

/** Every JSON text is a TOML text, but for U+007F, which no setting has. */
function writeValue(value: TomlValue): string {
  return Array.isArray(value) ? `[${value.map(writeValue).join(", ")}]` : JSON.stringify(value);
}

import type { Position } from "../text-place.ts";
import { parseTomlSource } from "./parse-toml.ts";
import type { SourceNode, TextRange } from "./source-node.ts";

/** A value of a setting: a string, number, boolean, or list of these. */
export type TomlValue = string | number | boolean | readonly TomlValue[];

/** A value and its place. */
export interface TomlEntry {
  /** Undefined for a value that no setting can have, such as a date. */
  readonly value: TomlValue | undefined;
  readonly at: Position;
  readonly range: TextRange;
}

/**
 * A TOML text whose values are found by path. Each value can be changed without changing the rest of the
 * text.
 */
export class TomlDocument {
  readonly text: string;
  /** Values by path, such as `picture.television.hue`. */
  readonly entries: ReadonlyMap<string, TomlEntry>;
  /** The tables that have a header, each with the header's place and the end of its last value. */
  readonly tables: ReadonlyMap<string, { readonly at: Position; readonly end: number }>;

  /**
   * Throws `InputError` ("data") with line and column if it is not TOML. `path` is the file's name in errors.
   */
  constructor(text: string, path: string) {
    this.text = text;
    const entries = new Map<string, TomlEntry>();
    const tables = new Map<string, { at: Position; end: number }>();
    const collect = (node: SourceNode, name: string): void => {
      if (node.kind !== "table") {
        entries.set(name, { value: plain(node), at: node.at, range: node.range });
        return;
      }
      if (node.header !== undefined) tables.set(name, node.header);
      for (const [key, { node: child }] of node.entries) collect(child, name === "" ? key : `${name}.${key}`);
    };
    collect(parseTomlSource(text, path), "");
    this.entries = entries;
    this.tables = tables;
  }

  /** The text with one value changed, or added to its table; `path` as in `entries`. */
  withValue(path: string, value: TomlValue): string {
    const { text } = this;
    const written = writeValue(value);
    const entry = this.entries.get(path);
    if (entry !== undefined) {
      const [start, end] = entry.range;
      return text.slice(0, start) + written + text.slice(end);
    }
    const dot = path.lastIndexOf(".");
    const name = path.slice(0, dot);
    const line = `${writeKey(path.slice(dot + 1))} = ${written}\n`;
    const table = this.tables.get(name);
    if (table === undefined) {
      const gap = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
      return `${text}${gap}[${name.split(".").map(writeKey).join(".")}]\n${line}`;
    }
    const insertAt = lineEnd(text, table.end);
    const before = text.slice(0, insertAt);
    return `${before}${before.endsWith("\n") ? "" : "\n"}${line}${text.slice(insertAt)}`;
  }
}

function plain(node: SourceNode): TomlValue | undefined {
  switch (node.kind) {
    case "text":
      return node.text;
    case "number":
      return node.number;
    case "boolean":
      return node.boolean;
    case "list": {
      const values = node.items.map(plain);
      return values.includes(undefined) ? undefined : (values as TomlValue[]);
    }
    default:
      return undefined;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end + 1;
}

function writeKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

/** Every JSON text is a TOML text, except for U+007F, which no setting has. */
function writeValue(value: TomlValue): string {
  return Array.isArray(value) ? `[${value.map(writeValue).join(", ")}]` : JSON.stringify(value);
}

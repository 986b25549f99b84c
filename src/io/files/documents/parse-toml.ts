import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { printable } from "../text.ts";
import type { Position } from "../text-place.ts";
import {
  MAX_NESTING,
  type SourceNode,
  type SourceValue,
  sourceError,
  type TableEntry,
  type TextRange,
  tooDeep,
} from "./source-node.ts";

type TomlTable = {
  kind: "table";
  entries: Map<string, TableEntry>;
  at: Position;
  range: TextRange;
  header?: { at: Position; end: number };
};
type TomlList = { kind: "list"; items: SourceNode[]; at: Position; range: TextRange };

/**
 * Parses TOML into nodes that know their places. Throws `InputError` ("data") with the line, the column and
 * what is wrong. `path` is the file's name in errors. toml-eslint-parser reports the places of values;
 * `Bun.TOML` and smol-toml do not.
 */
export function parseTomlSource(text: string, path: string): SourceNode {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(path, START);
    if (!(error instanceof ParseError)) throw error;
    const at = { line: error.lineNumber, column: error.column + 1 };
    throw sourceError(path, at, `not TOML: ${lowerFirst(error.message)}`);
  }
  const root = emptyTable(START, program.range);
  const top = program.body[0];
  for (const part of top.body) {
    if (part.type === "TOMLKeyValue") {
      setDotted(root, part, path, 0);
      continue;
    }
    const table = openTable(root, part, path);
    table.header = { at: positionOf(part), end: (part.body.at(-1) ?? part.key).range[1] };
    for (const pair of part.body) setDotted(table, pair, path, 0);
  }
  return root;
}

const START: Position = { line: 1, column: 1 };

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function positionOf(node: AST.TOMLNode): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function emptyTable(at: Position, range: TextRange): TomlTable {
  return { kind: "table", entries: new Map(), at, range };
}

/** Returns the table for the lines below `[a.b]` or `[[a.b]]`. */
function openTable(root: TomlTable, header: AST.TOMLTable, path: string): TomlTable {
  const keys = header.key.keys;
  if (keys.length > MAX_NESTING) throw tooDeep(path, positionOf(header));
  let table = root;
  for (const key of keys.slice(0, -1)) table = childTable(table, key, path);
  const last = keys[keys.length - 1]!;
  if (header.kind === "standard") return childTable(table, last, path);
  const name = keyText(last);
  const at = positionOf(last);
  const fresh = emptyTable(at, last.range);
  const known = table.entries.get(name);
  if (known === undefined) {
    table.entries.set(name, { key: at, node: { kind: "list", items: [fresh], at, range: last.range } });
  } else if (known.node.kind === "list") {
    (known.node as TomlList).items.push(fresh);
  } else {
    throw sourceError(path, at, `${JSON.stringify(printable(name))} is not a list of tables`);
  }
  return fresh;
}

/** The table with this name, created if missing; the last one of a list of tables. */
function childTable(table: TomlTable, key: AST.TOMLBare | AST.TOMLQuoted, path: string): TomlTable {
  const name = keyText(key);
  const at = positionOf(key);
  const known = table.entries.get(name)?.node;
  if (known === undefined) {
    const fresh = emptyTable(at, key.range);
    table.entries.set(name, { key: at, node: fresh });
    return fresh;
  }
  const target = known.kind === "list" ? known.items[known.items.length - 1] : known;
  if (target?.kind !== "table")
    throw sourceError(path, at, `${JSON.stringify(printable(name))} is not a table`);
  return target as TomlTable;
}

function setDotted(table: TomlTable, pair: AST.TOMLKeyValue, path: string, depth: number): void {
  const keys = pair.key.keys;
  if (keys.length > MAX_NESTING) throw tooDeep(path, positionOf(pair));
  let target = table;
  for (const key of keys.slice(0, -1)) target = childTable(target, key, path);
  const last = keys[keys.length - 1]!;
  target.entries.set(keyText(last), { key: positionOf(last), node: convert(pair.value, path, depth) });
}

function keyText(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

function convert(node: AST.TOMLContentNode, path: string, depth: number): SourceNode {
  if (depth > MAX_NESTING) throw tooDeep(path, positionOf(node));
  return { ...contentOf(node, path, depth + 1), at: positionOf(node), range: node.range };
}

function contentOf(node: AST.TOMLContentNode, path: string, depth: number): SourceValue {
  if (node.type === "TOMLArray") {
    return { kind: "list", items: node.elements.map((element) => convert(element, path, depth)) };
  }
  if (node.type === "TOMLInlineTable") {
    const table = emptyTable(positionOf(node), node.range);
    for (const pair of node.body) setDotted(table, pair, path, depth);
    return table;
  }
  switch (node.kind) {
    case "string":
      return { kind: "text", text: node.value };
    case "integer":
    case "float":
      return { kind: "number", number: Number(node.value) };
    case "boolean":
      return { kind: "boolean", boolean: node.value };
    default:
      return { kind: "other", what: "a date" };
  }
}

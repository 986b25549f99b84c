import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import {
  MAX_NESTING,
  type Position,
  type SourceNode,
  type SourceValue,
  sourceError,
  tooDeep,
} from "./source-node.ts";

type Entry = { key: Position; node: SourceNode };
type Table = { kind: "table"; entries: Map<string, Entry>; at: Position };
type List = { kind: "list"; items: SourceNode[]; at: Position };

/**
 * Reads TOML 1.0 and keeps the place of every value. Throws `InputError` with the line, the column and what
 * is wrong.
 */
export function parseTomlSource(text: string, path: string): SourceNode {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text, { tomlVersion: "1.0" });
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(path, START);
    if (!(error instanceof ParseError)) throw error;
    const at = { line: error.lineNumber, column: error.column + 1 };
    throw sourceError(path, at, `not TOML: ${lowerFirst(error.message)}`);
  }
  const root = emptyTable(START);
  const top = program.body[0];
  for (const part of top.body) {
    if (part.type === "TOMLKeyValue") {
      setDotted(root, part, path, 0);
      continue;
    }
    const table = openTable(root, part, path);
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

function emptyTable(at: Position): Table {
  return { kind: "table", entries: new Map(), at };
}

/** Returns the table for the lines below `[a.b]` or `[[a.b]]`. */
function openTable(root: Table, header: AST.TOMLTable, path: string): Table {
  const keys = header.key.keys;
  if (keys.length > MAX_NESTING) throw tooDeep(path, positionOf(header));
  let table = root;
  for (const key of keys.slice(0, -1)) table = childTable(table, key, path);
  const last = keys[keys.length - 1]!;
  if (header.kind === "standard") return childTable(table, last, path);
  const name = keyText(last);
  const at = positionOf(last);
  const fresh = emptyTable(at);
  const known = table.entries.get(name);
  if (known === undefined) {
    table.entries.set(name, { key: at, node: { kind: "list", items: [fresh], at } });
  } else if (known.node.kind === "list") {
    (known.node as List).items.push(fresh);
  } else {
    throw sourceError(path, at, `${JSON.stringify(name)} is no list of tables`);
  }
  return fresh;
}

/** The table with this name, created if missing; the last one of a list of tables. */
function childTable(table: Table, key: AST.TOMLBare | AST.TOMLQuoted, path: string): Table {
  const name = keyText(key);
  const at = positionOf(key);
  const known = table.entries.get(name)?.node;
  if (known === undefined) {
    const fresh = emptyTable(at);
    table.entries.set(name, { key: at, node: fresh });
    return fresh;
  }
  const target = known.kind === "list" ? known.items[known.items.length - 1] : known;
  if (target?.kind !== "table") throw sourceError(path, at, `${JSON.stringify(name)} is no table`);
  return target as Table;
}

function setDotted(table: Table, pair: AST.TOMLKeyValue, path: string, depth: number): void {
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
  return { ...contentOf(node, path, depth + 1), at: positionOf(node) };
}

function contentOf(node: AST.TOMLContentNode, path: string, depth: number): SourceValue {
  if (node.type === "TOMLArray") {
    return { kind: "list", items: node.elements.map((element) => convert(element, path, depth)) };
  }
  if (node.type === "TOMLInlineTable") {
    const table = emptyTable(positionOf(node));
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

import type { Node } from "jsonc-parser";
import { parseJsonTree } from "../../files/json-text.ts";
import {
  MAX_NESTING,
  type Position,
  type SourceNode,
  type SourceValue,
  sourceError,
  tooDeep,
} from "./source-node.ts";

/** Reads JSON and keeps the place of every value. Throws `InputError` with the line, the column and what was expected. */
export function parseJsonSource(text: string, path: string): SourceNode {
  const lines = new LineIndex(text);
  const tree = parseJsonTree(text);
  if (tree === "too deep") throw tooDeep(path, { line: 1, column: 1 });
  const { root, fault } = tree;
  if (fault !== undefined || root === undefined) {
    const expected = fault?.expected ?? "a value was expected";
    throw sourceError(path, lines.positionOf(fault?.offset ?? 0), `not JSON: ${expected}`);
  }
  return convert(root, lines, path, 0);
}

function convert(node: Node, lines: LineIndex, path: string, depth: number): SourceNode {
  if (depth > MAX_NESTING) throw tooDeep(path, lines.positionOf(node.offset));
  return { ...contentOf(node, lines, path, depth + 1), at: lines.positionOf(node.offset) };
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
    if (entries.has(name)) throw sourceError(path, key, `the key ${JSON.stringify(name)} stands here twice`);
    entries.set(name, { key, node: convert(valueNode, lines, path, depth) });
  }
  return { kind: "table", entries };
}

/** Turns offsets into lines and columns. */
class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  positionOf(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 };
  }
}

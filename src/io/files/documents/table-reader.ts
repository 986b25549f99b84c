import type { InputError } from "../../../emu/input-error.ts";
import { printable } from "../text.ts";
import type { Position } from "../text-place.ts";
import { describeNode, type SourceNode, sourceError, type TableEntry } from "./source-node.ts";

/** "0x00F8", "$F8" and "248". */
const NUMBER_TEXT = /^(0x[0-9a-f]+|\$[0-9a-f]+|\d+)$/i;

/** Parses a number, hexadecimal if it begins with 0x or $; undefined if it is not one. */
export function numberOf(text: string): number | undefined {
  return NUMBER_TEXT.test(text) ? Number(text.replace("$", "0x")) : undefined;
}

/** Reads one table of a document. Wrong values throw `InputError` with the place and what was expected. */
export class TableReader {
  readonly path: string;
  readonly at: Position;
  readonly #what: string;
  readonly #entries: ReadonlyMap<string, TableEntry>;

  /** `what` names the table in errors. If `keys` is given, other keys are rejected. */
  constructor(node: SourceNode, path: string, what: string, keys?: readonly string[]) {
    this.path = path;
    this.at = node.at;
    this.#what = what;
    if (node.kind !== "table") {
      throw sourceError(path, node.at, `${what} must be a table, not ${describeNode(node)}`);
    }
    this.#entries = node.entries;
    if (keys === undefined) return;
    for (const [name, { key }] of node.entries) {
      if (keys.includes(name)) continue;
      const near = nearest(name, keys);
      const hint = near === undefined ? `it takes ${keys.join(", ")}` : `did you mean "${near}"?`;
      throw sourceError(path, key, `"${printable(name)}" is not a key of ${what}: ${hint}`);
    }
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  node(key: string): SourceNode | undefined {
    return this.#entries.get(key)?.node;
  }

  /** Throws if `key` is missing. */
  need(key: string, why = ""): SourceNode {
    const node = this.node(key);
    if (node !== undefined) return node;
    throw sourceError(
      this.path,
      this.at,
      `"${key}" is missing in ${this.#what}${why === "" ? "" : `, ${why}`}`,
    );
  }

  text(key: string): string | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    if (node.kind !== "text" || node.text === "") throw this.wrong(key, "must be a text, and not empty");
    if (node.text.includes("\0")) throw this.wrong(key, "must be a text without a zero character");
    return node.text;
  }

  /** A whole number, or a text such as "0x00F8" or "$F8". */
  number(key: string, min: number, max: number): number | undefined {
    const node = this.node(key);
    return node === undefined ? undefined : this.numberIn(node, min, max, `"${printable(key)}"`);
  }

  numberIn(node: SourceNode, min: number, max: number, what: string): number {
    const number =
      node.kind === "number" ? node.number : node.kind === "text" ? numberOf(node.text) : undefined;
    if (number === undefined || !Number.isInteger(number) || number < min || number > max) {
      const wanted = `must be a whole number from ${min} to ${max}`;
      throw sourceError(this.path, node.at, `${what} ${wanted}, not ${describeNode(node)}`);
    }
    return number;
  }

  flag(key: string): boolean | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    if (node.kind !== "boolean") throw this.wrong(key, "must be true or false");
    return node.boolean;
  }

  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    const found = choices.find((each) => node.kind === "text" && each === node.text);
    if (found === undefined) throw this.wrong(key, `must be one of ${choices.join(", ")}`);
    return found;
  }

  /** The items of a list. A single value counts as a list of one. */
  items(key: string): readonly SourceNode[] {
    const node = this.node(key);
    if (node === undefined) return [];
    return node.kind === "list" ? node.items : [node];
  }

  /** One text or a list of them. */
  texts(key: string): string[] | undefined {
    if (!this.has(key)) return undefined;
    const items = this.items(key);
    if (items.length === 0) throw this.wrong(key, "must be a text or a list of texts");
    return items.map((item) => {
      if (item.kind === "text" && item.text !== "") return item.text;
      throw sourceError(this.path, item.at, `"${key}" must hold texts, not ${describeNode(item)}`);
    });
  }

  /** A text that matches `pattern`. */
  matching(key: string, pattern: RegExp, what: string): string | undefined {
    const text = this.text(key);
    if (text !== undefined && !pattern.test(text)) throw this.wrong(key, `must be ${what}`);
    return text;
  }

  /** An error about the value of `key`. */
  wrong(key: string, what: string): InputError {
    const entry = this.#entries.get(key);
    const got = entry === undefined ? "" : `, not ${describeNode(entry.node)}`;
    return sourceError(this.path, entry?.node.at ?? this.at, `"${printable(key)}" ${what}${got}`);
  }
}

/** A name may differ by one letter in this many. */
const LETTERS_PER_MISTAKE = 3;

/**
 * The one of `names` that `name` was probably meant to be: a third of the letters may be wrong, at most two.
 */
function nearest(name: string, names: readonly string[]): string | undefined {
  if (name.length > 40) return undefined;
  const ranked = names
    .map((each) => ({ each, distance: editDistance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best === undefined) return undefined;
  const most = Math.min(2, Math.floor(Math.min(name.length, best.each.length) / LETTERS_PER_MISTAKE));
  return best.distance <= most ? best.each : undefined;
}

/** Number of letters to change, add or remove. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

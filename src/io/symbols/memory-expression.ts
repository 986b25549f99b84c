/**
 * Expressions over a game's memory, such as `digits(score, 6) - prev(digits(score, 6))`, in the debugger's
 * language. They are parsed to plain data, which can be sent to other threads, and evaluated on a machine.
 */
import { InputError } from "../../emu/input-error.ts";
import { assigns, bind } from "./expressions/evaluate.ts";
import { partsOf } from "./expressions/functions.ts";
import { type ExpressionTree, type IndexedSpace, parseWithSlots } from "./expressions/parse.ts";
import type { Evaluate, Scope, ValuePlace } from "./expressions/scope.ts";
import { fail } from "./expressions/tokens.ts";

/** A parsed expression: plain data. */
export interface ParsedExpression {
  /** As it was written. */
  readonly text: string;
  readonly root: ExpressionTree;
  /** The addresses of the names in it. */
  readonly addresses: Readonly<Record<string, number>>;
  /** Number of values that it remembers for `prev` and `delta`. */
  readonly slots: number;
}

/** Returns the CPU address of a symbol. Throws `InputError` if there is none of that name. */
export type AddressOf = (name: string) => number;

const MAX_SHOWN = 60;

/**
 * Parses an expression. Throws `InputError` ("usage") that names the character, if the text is not an
 * expression or is too long or too deep.
 *
 * Numbers are decimal, `$1F`, `0x1F`, `%101` or `'A'`. A name is the byte at that symbol, `name[2]` the byte
 * two after it, `@name` or `&name` its address, `[$0075]` the byte at an address, `word[$0075]` two bytes.
 * `frame` is the number of the frame. Operators are those of C, on numbers; comparisons give 1 or 0.
 * Comparisons beside `&`, `|` or `^` need parentheses. A division by zero gives 0, and so does a result that
 * is too large. Functions are:
 *
 * - `u16(a)`, `s8(a)`, `s16(a)`: two bytes, a signed byte, two signed bytes at an address;
 * - `digits(a, n)`: a decimal number of n bytes with one digit each, the highest first; `bcd(a, n)`: two
 *   each;
 * - `prev(x)`, `delta(x)`: the value of x after the last frame or step, and how much it has changed since;
 * - `min`, `max`, `abs`, `sign`.
 *
 * Where a function takes an address, a name means the symbol's address.
 */
export function parseExpression(text: string, addressOf: AddressOf): ParsedExpression {
  if (typeof text !== "string") throw new InputError("usage", "an expression must be a text");
  try {
    const { root, slots } = parseWithSlots(text);
    demandReadable(root);
    if (assigns(root)) fail("nothing can be assigned here", root.column, "== compares");
    const addresses: Record<string, number> = {};
    const find = (name: string): number => {
      const address = addressOf(name);
      addresses[name] = address;
      return address;
    };
    const memories = { before: new Float64Array(slots), now: new Float64Array(slots) };
    bind(root, new MemoryScope(NO_MACHINE, find, memories));
    return { text, root, addresses, slots };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
    const where = `"${shown}", ${error.where.replace("column", "character")}`;
    throw new InputError("usage", error.message, where, error.remedy);
  }
}

/** Throws for what only the debugger can read. */
function demandReadable(tree: ExpressionTree): void {
  if (tree.kind === "member") fail("members of structs are only for the debugger", tree.column);
  if (tree.kind === "memory" && tree.space !== "cpu" && tree.space !== "word")
    fail(`${tree.space}[] is only for the debugger`, tree.column, `::${tree.space}[0] is a symbol's byte`);
  for (const part of partsOf(tree)) demandReadable(part);
}

/** The part of a machine that expressions read. */
export interface ExpressionMachine {
  readonly frame: number;
  peek(space: "cpu", address: number): number;
}

const NO_MACHINE: ExpressionMachine = { frame: 0, peek: () => 0 };

/** Names are the bytes at symbols. */
class MemoryScope implements Scope {
  readonly arithmetic = "real";
  readonly memories: NonNullable<Scope["memories"]>;
  readonly #machine: ExpressionMachine;
  readonly #addressOf: AddressOf;

  constructor(machine: ExpressionMachine, addressOf: AddressOf, memories: NonNullable<Scope["memories"]>) {
    this.#machine = machine;
    this.#addressOf = addressOf;
    this.memories = memories;
  }

  lookup(name: string): ValuePlace | undefined {
    const machine = this.#machine;
    if (name === "frame") return { get: () => machine.frame };
    // `@name` is an address, which the evaluator looks up by its name.
    if (name.startsWith("@")) return undefined;
    try {
      return this.#bytes(this.#addressOf(name.replace(/^::/, "")), 1);
    } catch (error) {
      const isJoined = error instanceof InputError && /[^:]:[^:]/.test(name);
      throw isJoined ? new InputError("usage", error.message, "", "write spaces around :") : error;
    }
  }

  suggest(): readonly string[] {
    return [];
  }

  memory(space: IndexedSpace, address: number): ValuePlace {
    return this.#bytes(address, space === "word" ? 2 : 1);
  }

  element({ address = 0 }: ValuePlace, index: number): ValuePlace {
    return this.#bytes(address + index, 1);
  }

  member(): never {
    throw new Error("`demandReadable` has let a member through");
  }

  #bytes(address: number, count: 1 | 2): ValuePlace {
    const machine = this.#machine;
    const byte = (at: number): number => machine.peek("cpu", at & 0xffff);
    return { get: () => byte(address) + (count === 2 ? 256 * byte(address + 1) : 0), address, bytes: count };
  }
}

/** A parsed expression on a machine. It remembers values for `prev` and `delta` between two commits. */
export class Expression {
  readonly text: string;
  readonly #evaluate: Evaluate;
  readonly #previous: Float64Array;
  readonly #current: Float64Array;

  constructor({ text, root, addresses, slots }: ParsedExpression, machine: ExpressionMachine) {
    this.text = text;
    this.#previous = new Float64Array(slots);
    this.#current = new Float64Array(slots);
    const memories = { before: this.#previous, now: this.#current };
    this.#evaluate = bind(root, new MemoryScope(machine, (name) => addresses[name]!, memories));
    this.restart();
  }

  /** Its value now, always finite. */
  value(): number {
    const value = this.#evaluate();
    return Number.isFinite(value) ? value : 0;
  }

  /** Returns its value, which `prev` gives from now on. */
  commit(): number {
    const value = this.value();
    this.#previous.set(this.#current);
    return value;
  }

  /** Makes the machine's present the past of `prev`: for a new episode, or after a state has been loaded. */
  restart(): void {
    // A value inside of `prev` may depend on another remembered value, which must be settled first.
    for (let slot = 0; slot < this.#previous.length; slot++) this.commit();
  }

  /** What it remembers, for a copy of an environment. */
  get memory(): Float64Array {
    return this.#previous;
  }
}

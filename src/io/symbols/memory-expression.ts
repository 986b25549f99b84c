/**
 * Expressions over a game's memory, such as `digits(score, 6) - prev(digits(score, 6))`. They are parsed to
 * plain data, which can be sent to other threads, and evaluated on a machine.
 */
import type { AddressOf, BinaryOperator, ExpressionNode, ParsedExpression } from "./expression-node.ts";
import { ExpressionParser } from "./expression-parser.ts";

export type { ParsedExpression } from "./expression-node.ts";

/**
 * Parses an expression. Throws `InputError` ("usage") that names the character, if the text is not an
 * expression or is too long or too deep.
 *
 * Numbers are decimal, `$1F` or `0x1F`. A name is the byte at that symbol, `name[2]` the byte two after it,
 * `@name` its address, `[$0075]` the byte at an address. `frame` is the number of the frame. Operators are
 * those of C, on numbers; comparisons give 1 or 0. A division by zero gives 0, and so does a result that is
 * too large. Functions are:
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
  return new ExpressionParser(text, addressOf).parse();
}

/** The part of a machine that expressions read. */
export interface ExpressionMachine {
  readonly frame: number;
  peek(space: "cpu", address: number): number;
}

/** A parsed expression on a machine. It remembers values for `prev` and `delta` between two commits. */
export class Expression {
  readonly text: string;
  readonly #machine: ExpressionMachine;
  readonly #root: ExpressionNode;
  readonly #previous: Float64Array;
  readonly #current: Float64Array;

  constructor(parsed: ParsedExpression, machine: ExpressionMachine) {
    this.text = parsed.text;
    this.#machine = machine;
    this.#root = parsed.root;
    this.#previous = new Float64Array(parsed.slots);
    this.#current = new Float64Array(parsed.slots);
    this.restart();
  }

  /** Its value now, always finite. */
  value(): number {
    const value = this.#evaluate(this.#root);
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

  #evaluate(node: ExpressionNode): number {
    switch (node.kind) {
      case "number":
        return node.value;
      case "frame":
        return this.#machine.frame;
      case "memory":
        return this.#memory(this.#evaluate(node.address), node.bytes, node.isSigned);
      case "decimal":
        return this.#decimal(this.#evaluate(node.address), node.bytes, node.isPacked);
      case "previous":
        return this.#remember(node.slot, this.#evaluate(node.of), node.isDelta);
      case "unary":
        return unary(node.operator, this.#evaluate(node.of));
      case "binary":
        return this.#binary(node.operator, node.left, node.right);
      case "call":
        return call(
          node.name,
          node.values.map((value) => this.#evaluate(value)),
        );
      case "choice": {
        // Both sides are evaluated, since both may remember values.
        const then = this.#evaluate(node.then);
        const otherwise = this.#evaluate(node.otherwise);
        return this.#evaluate(node.condition) !== 0 ? then : otherwise;
      }
    }
  }

  #remember(slot: number, value: number, isDelta: boolean): number {
    this.#current[slot] = value;
    const before = this.#previous[slot]!;
    return isDelta ? value - before : before;
  }

  #binary(operator: BinaryOperator, leftNode: ExpressionNode, rightNode: ExpressionNode): number {
    const left = this.#evaluate(leftNode);
    const right = this.#evaluate(rightNode);
    return binary(operator, left, right);
  }

  #byte(address: number): number {
    return this.#machine.peek("cpu", address & 0xffff);
  }

  #memory(address: number, bytes: 1 | 2, isSigned: boolean): number {
    const value = bytes === 1 ? this.#byte(address) : this.#byte(address) | (this.#byte(address + 1) << 8);
    const sign = bytes === 1 ? 0x80 : 0x8000;
    return isSigned && (value & sign) !== 0 ? value - 2 * sign : value;
  }

  #decimal(address: number, bytes: number, isPacked: boolean): number {
    let value = 0;
    for (let i = 0; i < bytes; i++) {
      const byte = this.#byte(address + i);
      value = isPacked ? 100 * value + 10 * (byte >> 4) + (byte & 15) : 10 * value + (byte & 15);
    }
    return value;
  }
}

function unary(operator: "-" | "!" | "~", value: number): number {
  if (operator === "-") return -value;
  return operator === "!" ? Number(value === 0) : ~value;
}

function call(name: "min" | "max" | "abs" | "sign", values: readonly number[]): number {
  return Math[name](...(values as [number]));
}

function binary(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case "||":
      return Number(left !== 0 || right !== 0);
    case "&&":
      return Number(left !== 0 && right !== 0);
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "&":
      return left & right;
    case "==":
      return Number(left === right);
    case "!=":
      return Number(left !== right);
    case "<":
      return Number(left < right);
    case "<=":
      return Number(left <= right);
    case ">":
      return Number(left > right);
    case ">=":
      return Number(left >= right);
    case "<<":
      return left << right;
    case ">>":
      return left >> right;
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? 0 : left / right;
    case "%":
      return right === 0 ? 0 : left % right;
  }
}

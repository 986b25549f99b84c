import { InputError } from "../../emu/input-error.ts";
import type { AddressOf, BinaryOperator, ExpressionNode, ParsedExpression } from "./expression-node.ts";

const MAX_CHARACTERS = 2000;
const MAX_DEPTH = 50;
/** Limit on nodes, so that an expression costs little per frame. */
const MAX_NODES = 500;
/** The largest number of digits that a double holds exactly. */
const MAX_DIGITS = 15;

/** Operators by precedence, the weakest first, as in Go: comparisons are weaker than bit operators. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["|", "^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

const TOKEN =
  /\s*(?:(?<number>\$[0-9a-f]+|0x[0-9a-f]+|\d+(?:\.\d+)?)|(?<name>[a-z_][\w.]*(?:(?:::|@)[a-z_][\w.]*)*)|(?<sign>\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%|^&<>()[\]!~,?:@]))/iy;
const SPACE = /\s*$/y;

interface Token {
  readonly kind: "number" | "name" | "sign" | "end";
  readonly text: string;
  /** Index of its first character. */
  readonly at: number;
}

/** Parses the text of an expression by recursive descent: see `parseExpression`. */
export class ExpressionParser {
  readonly #text: string;
  readonly #addressOf: AddressOf;
  #next = 0;
  #token: Token = { kind: "end", text: "", at: 0 };
  #slots = 0;
  #nodes = 0;
  #depth = 0;

  constructor(text: string, addressOf: AddressOf) {
    this.#text = text;
    this.#addressOf = addressOf;
  }

  /** Throws `InputError` ("usage"). */
  parse(): ParsedExpression {
    if (typeof this.#text !== "string") throw new InputError("usage", "an expression must be a text");
    if (this.#text.length > MAX_CHARACTERS)
      throw new InputError("usage", `an expression can have ${MAX_CHARACTERS} characters`);
    this.#advance();
    const root = this.#choice();
    if (this.#token.kind !== "end") throw this.#error(`"${this.#token.text}" was not expected`);
    return { text: this.#text, root, slots: this.#slots };
  }

  #choice(): ExpressionNode {
    this.#enter();
    const condition = this.#binary(0);
    let node = condition;
    if (this.#take("?")) {
      const then = this.#choice();
      this.#expect(":");
      node = this.#node({ kind: "choice", condition, then, otherwise: this.#choice() });
    }
    this.#depth--;
    return node;
  }

  #binary(level: number): ExpressionNode {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((each) => this.#token.kind === "sign" && this.#token.text === each);
      if (operator === undefined) return left;
      this.#advance();
      left = this.#node({ kind: "binary", operator, left, right: this.#binary(level + 1) });
    }
  }

  #unary(): ExpressionNode {
    for (const operator of ["-", "!", "~"] as const) {
      if (!this.#take(operator)) continue;
      this.#enter();
      const node = this.#node({ kind: "unary", operator, of: this.#unary() });
      this.#depth--;
      return node;
    }
    return this.#primary();
  }

  #primary(): ExpressionNode {
    const token = this.#token;
    if (token.kind === "number") {
      const value = numberOf(token.text);
      if (value > Number.MAX_SAFE_INTEGER) throw this.#error("the number is too large");
      this.#advance();
      return this.#node({ kind: "number", value });
    }
    if (this.#take("(")) {
      const inner = this.#choice();
      this.#expect(")");
      return inner;
    }
    if (this.#take("[")) {
      const address = this.#choice();
      this.#expect("]");
      return this.#byteAt(address);
    }
    if (this.#take("@")) return this.#address(this.#name());
    if (token.kind !== "name") {
      throw this.#error(
        token.kind === "end" ? "a value is missing at the end" : `a value was expected, not "${token.text}"`,
      );
    }
    this.#advance();
    if (this.#take("(")) return this.#call(token);
    if (token.text === "frame") return this.#node({ kind: "frame" });
    const base = this.#address(token);
    if (!this.#take("[")) return this.#byteAt(base);
    const offset = this.#choice();
    this.#expect("]");
    return this.#byteAt(this.#node({ kind: "binary", operator: "+", left: base, right: offset }));
  }

  #call(name: Token): ExpressionNode {
    switch (name.text) {
      case "u16":
      case "s8":
      case "s16": {
        const address = this.#addressArgument();
        this.#expect(")");
        const bytes = name.text === "s8" ? 1 : 2;
        return this.#node({ kind: "memory", address, bytes, isSigned: name.text !== "u16" });
      }
      case "digits":
      case "bcd":
        return this.#decimal(name.text === "bcd");
      case "prev":
      case "delta": {
        const of = this.#choice();
        this.#expect(")");
        return this.#node({ kind: "previous", slot: this.#slots++, of, isDelta: name.text === "delta" });
      }
      case "min":
      case "max":
      case "abs":
      case "sign":
        return this.#node({ kind: "call", name: name.text, values: this.#values(name) });
      default:
        throw this.#error(
          `unknown function ${name.text}`,
          name.at,
          "one of u16, s8, s16, digits, bcd, prev, delta, min, max, abs, sign",
        );
    }
  }

  #decimal(isPacked: boolean): ExpressionNode {
    const address = this.#addressArgument();
    this.#expect(",");
    const token = this.#token;
    const most = isPacked ? Math.floor(MAX_DIGITS / 2) : MAX_DIGITS;
    const bytes = token.kind === "number" ? numberOf(token.text) : Number.NaN;
    if (!Number.isInteger(bytes) || bytes < 1 || bytes > most)
      throw this.#error(`a number of bytes from 1 to ${most} was expected`);
    this.#advance();
    this.#expect(")");
    return this.#node({ kind: "decimal", address, bytes, isPacked });
  }

  #values(name: Token): ExpressionNode[] {
    const values = [this.#choice()];
    while (this.#take(",")) values.push(this.#choice());
    this.#expect(")");
    const isSingle = name.text === "abs" || name.text === "sign";
    if (isSingle && values.length > 1) throw this.#error(`${name.text} takes one value`, name.at);
    return values;
  }

  /** An address: a name alone is the symbol's address, anything else a value. */
  #addressArgument(): ExpressionNode {
    const node = this.#choice();
    const isName = node.kind === "memory" && node.bytes === 1 && !node.isSigned && this.#named.has(node);
    return isName ? node.address : node;
  }

  /** Nodes that were written as a name, with or without an index. */
  readonly #named = new WeakSet<ExpressionNode>();

  #byteAt(address: ExpressionNode): ExpressionNode {
    const node = this.#node({ kind: "memory", address, bytes: 1, isSigned: false });
    const isNamed =
      this.#symbolAddresses.has(address) ||
      (address.kind === "binary" && this.#symbolAddresses.has(address.left));
    if (isNamed) this.#named.add(node);
    return node;
  }

  readonly #symbolAddresses = new WeakSet<ExpressionNode>();

  #address(name: Token): ExpressionNode {
    let value: number;
    try {
      value = this.#addressOf(name.text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw this.#error(error.message, name.at, error.remedy);
    }
    const node = this.#node({ kind: "number", value });
    this.#symbolAddresses.add(node);
    return node;
  }

  #name(): Token {
    const token = this.#token;
    if (token.kind !== "name") throw this.#error("a symbol's name was expected");
    this.#advance();
    return token;
  }

  #node(node: ExpressionNode): ExpressionNode {
    if (++this.#nodes > MAX_NODES) throw this.#error("the expression has too many parts");
    return node;
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw this.#error("the expression is nested too deeply");
  }

  #take(sign: string): boolean {
    if (this.#token.kind !== "sign" || this.#token.text !== sign) return false;
    this.#advance();
    return true;
  }

  #expect(sign: string): void {
    if (this.#take(sign)) return;
    const found = this.#token.kind === "end" ? "the end" : `"${this.#token.text}"`;
    throw this.#error(`"${sign}" was expected, not ${found}`);
  }

  #advance(): void {
    TOKEN.lastIndex = this.#next;
    const match = TOKEN.exec(this.#text);
    const { number, name, sign } = match?.groups ?? {};
    const text = number ?? name ?? sign;
    if (match === null || text === undefined) {
      SPACE.lastIndex = this.#next;
      this.#token = { kind: "end", text: "", at: this.#text.length };
      if (SPACE.test(this.#text)) return;
      const at = this.#next + /^\s*/.exec(this.#text.slice(this.#next))![0].length;
      throw this.#error(`"${this.#text[at]}" was not expected`, at);
    }
    this.#next = TOKEN.lastIndex;
    const kind = number !== undefined ? "number" : name !== undefined ? "name" : "sign";
    this.#token = { kind, text, at: this.#next - text.length };
  }

  #error(what: string, at = this.#token.at, remedy = ""): InputError {
    const shown = this.#text.length > 60 ? `${this.#text.slice(0, 59)}…` : this.#text;
    return new InputError("usage", what, `"${shown}", character ${at + 1}`, remedy);
  }
}

function numberOf(text: string): number {
  if (text.startsWith("$")) return Number.parseInt(text.slice(1), 16);
  return Number(text);
}

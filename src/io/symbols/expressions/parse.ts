import { type ExpressionToken, fail, tokenize } from "./tokens.ts";

/** Memories that an expression can index: `[$300]` is CPU memory, `ppu[$3F00]` a palette. */
export type IndexedSpace = "cpu" | "word" | "ppu" | "oam" | "prg" | "chr";

export type ExpressionTree =
  | { readonly kind: "number"; readonly value: number; readonly column: number }
  | { readonly kind: "name"; readonly name: string; readonly column: number }
  | {
      readonly kind: "unary";
      readonly operator: string;
      readonly of: ExpressionTree;
      readonly column: number;
    }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: ExpressionTree;
      readonly right: ExpressionTree;
      readonly column: number;
    }
  | {
      readonly kind: "memory";
      readonly space: IndexedSpace;
      readonly address: ExpressionTree;
      readonly column: number;
    }
  | {
      readonly kind: "index";
      readonly of: ExpressionTree;
      readonly index: ExpressionTree;
      readonly column: number;
    }
  | {
      readonly kind: "member";
      readonly of: ExpressionTree;
      readonly name: string;
      /** True for `->`. */
      readonly isPointer: boolean;
      readonly column: number;
    }
  | { readonly kind: "addressOf"; readonly of: ExpressionTree; readonly column: number }
  | {
      readonly kind: "choice";
      readonly condition: ExpressionTree;
      readonly yes: ExpressionTree;
      readonly no: ExpressionTree;
      readonly column: number;
    }
  | {
      readonly kind: "call";
      readonly name: FunctionName;
      readonly values: readonly ExpressionTree[];
      /** For `prev` and `delta`: the place of the value that they remember. */
      readonly slot: number;
      readonly column: number;
    }
  | {
      readonly kind: "assign";
      readonly to: ExpressionTree;
      readonly value: ExpressionTree;
      readonly column: number;
    };

const FUNCTIONS = [
  "u16",
  "s8",
  "s16",
  "digits",
  "bcd",
  "prev",
  "delta",
  "min",
  "max",
  "abs",
  "sign",
] as const;
type FunctionName = (typeof FUNCTIONS)[number];

const SPACES = new Set<string>(["cpu", "word", "ppu", "oam", "prg", "chr"]);
/** Binary operators from the loosest to the tightest, as in C. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", "<=", ">", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const UNARY = new Set(["-", "~", "!", "+"]);
const MAX_DEPTH = 64;
/** Limit on operators, names and numbers, so that an expression costs little. */
const MAX_NODES = 500;
/** The largest number of digits that a double holds exactly. */
const MAX_DIGITS = 15;
const EQUALITIES = new Set(["==", "!="]);
const RELATIONS = new Set(["<", "<=", ">", ">="]);
const BIT_OPERATORS = new Set(["&", "^", "|"]);

/** Parses an expression. Throws `InputError` ("usage") with the column. */
export function parseTree(text: string): ExpressionTree {
  return parseWithSlots(text).root;
}

/** Like `parseTree`; also returns how many values `prev` and `delta` remember. */
export function parseWithSlots(text: string): { readonly root: ExpressionTree; readonly slots: number } {
  const parser = new Parser(tokenize(text));
  return { root: parser.whole(), slots: parser.slots };
}

class Parser {
  readonly #tokens: readonly ExpressionToken[];
  #at = 0;
  #depth = 0;
  #nodes = 0;
  #slots = 0;
  /** What was written in parentheses. */
  readonly #grouped = new WeakSet<ExpressionTree>();

  get slots(): number {
    return this.#slots;
  }

  constructor(tokens: readonly ExpressionToken[]) {
    this.#tokens = tokens;
  }

  whole(): ExpressionTree {
    const expression = this.#assignment();
    if (this.#token.kind !== "end") this.#unexpected();
    return expression;
  }

  get #token(): ExpressionToken {
    return this.#tokens[this.#at]!;
  }

  #assignment(): ExpressionTree {
    const to = this.#choice();
    const { column } = this.#token;
    if (!this.#take("=")) return to;
    if (!isPlaceExpression(to)) fail("a register, a variable or memory was expected before =", to.column);
    return { kind: "assign", to, value: this.#nested(() => this.#assignment()), column };
  }

  #choice(): ExpressionTree {
    const condition = this.#binary(0);
    const { column } = this.#token;
    if (!this.#take("?")) return condition;
    const yes = this.#nested(() => this.#choice());
    this.#expect(":");
    return { kind: "choice", condition, yes, no: this.#nested(() => this.#choice()), column };
  }

  #binary(level: number): ExpressionTree {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { text, kind, column } = this.#token;
      if (kind !== "operator" || !operators.includes(text)) return left;
      this.#at++;
      if (++this.#nodes > MAX_NODES) fail("the expression has too many parts", column);
      const right = this.#binary(level + 1);
      this.#demandParentheses(text, left, right, column);
      left = { kind: "binary", operator: text, left, right, column };
    }
  }

  /**
   * C and other languages group `a & b == c` and `a | b ^ c` differently, so these must be written with
   * parentheses.
   */
  #demandParentheses(operator: string, left: ExpressionTree, right: ExpressionTree, column: number): void {
    const isOpen = (tree: ExpressionTree, operators: ReadonlySet<string>): boolean =>
      tree.kind === "binary" && operators.has(tree.operator) && !this.#grouped.has(tree);
    const isCompared = [left, right].some((side) => isOpen(side, EQUALITIES) || isOpen(side, RELATIONS));
    const isUnclear =
      (BIT_OPERATORS.has(operator) && isCompared) ||
      (operator === "|" && isOpen(right, new Set(["^"]))) ||
      (EQUALITIES.has(operator) && isOpen(right, RELATIONS));
    if (!isUnclear) return;
    const inner = [left, right].find((side) => side.kind === "binary" && !this.#grouped.has(side));
    const other = inner?.kind === "binary" ? inner.operator : "";
    const example = `(a ${operator} b) ${other} c, or a ${operator} (b ${other} c)`;
    fail(`${operator} beside ${other} needs parentheses`, column, example);
  }

  #unary(): ExpressionTree {
    const { kind, text, column } = this.#token;
    if (kind !== "operator") return this.#primary();
    if (UNARY.has(text)) {
      this.#at++;
      return { kind: "unary", operator: text, of: this.#nested(() => this.#unary()), column };
    }
    if (text !== "&") return this.#primary();
    this.#at++;
    const of = this.#nested(() => this.#unary());
    if (!isPlaceExpression(of)) fail("a variable or memory was expected after &", of.column);
    return { kind: "addressOf", of, column };
  }

  #primary(): ExpressionTree {
    const token = this.#token;
    const { column } = token;
    if (++this.#nodes > MAX_NODES) fail("the expression has too many parts", column);
    if (token.kind === "number") {
      this.#at++;
      return { kind: "number", value: token.value, column };
    }
    if (this.#take("(")) {
      const inner = this.#nested(() => this.#assignment());
      this.#expect(")");
      this.#grouped.add(inner);
      return inner;
    }
    if (this.#take("[")) return this.#memory("cpu", column);
    if (token.kind !== "name") return this.#unexpected();
    this.#at++;
    const { kind, text } = this.#token;
    if (kind === "operator" && text === "(") return this.#call(token);
    if (token.text === "@" && kind === "name") {
      this.#at++;
      return { kind: "addressOf", of: { kind: "name", name: text, column }, column };
    }
    if (SPACES.has(token.text) && kind === "operator" && text === "[") {
      this.#at++;
      return this.#memory(token.text as IndexedSpace, column);
    }
    return this.#postfix({ kind: "name", name: token.text, column });
  }

  #call({ text, column }: ExpressionToken): ExpressionTree {
    const name = FUNCTIONS.find((each) => each === text);
    if (name === undefined) return fail(`unknown function ${text}`, column, `one of ${FUNCTIONS.join(", ")}`);
    this.#expect("(");
    const slot = name === "prev" || name === "delta" ? this.#slots++ : -1;
    const values = [this.#nested(() => this.#choice())];
    while (this.#take(",")) values.push(this.#nested(() => this.#choice()));
    this.#expect(")");
    if (name === "digits" || name === "bcd") {
      const most = name === "bcd" ? Math.floor(MAX_DIGITS / 2) : MAX_DIGITS;
      const [, bytes] = values;
      const count = bytes?.kind === "number" ? bytes.value : 0;
      if (values.length !== 2 || !Number.isInteger(count) || count < 1 || count > most)
        fail(`${name} takes an address and a number of bytes from 1 to ${most}`, column);
    } else if (values.length > 1 && name !== "min" && name !== "max") fail(`${name} takes one value`, column);
    return { kind: "call", name, values, slot, column };
  }

  /** `[index]`, `.member` and `->member` after a name. */
  #postfix(name: ExpressionTree): ExpressionTree {
    let of = name;
    for (;;) {
      const { kind, text, column } = this.#token;
      if (this.#take("[")) {
        const index = this.#nested(() => this.#assignment());
        this.#expect("]");
        of = { kind: "index", of, index, column: of.column };
      } else if (kind === "name" && text.startsWith(".")) {
        this.#at++;
        of = members(of, text.slice(1), false, column);
      } else if (this.#take("->")) {
        const member = this.#token;
        if (member.kind !== "name") this.#unexpected();
        this.#at++;
        of = members(of, member.text, true, member.column);
      } else return of;
    }
  }

  #memory(space: IndexedSpace, column: number): ExpressionTree {
    const address = this.#nested(() => this.#assignment());
    this.#expect("]");
    return { kind: "memory", space, address, column };
  }

  /** Limits the nesting, because the parser recurses. */
  #nested(parse: () => ExpressionTree): ExpressionTree {
    if (++this.#depth > MAX_DEPTH) fail("the expression is nested too deeply", this.#token.column);
    const expression = parse();
    this.#depth--;
    return expression;
  }

  #take(operator: string): boolean {
    const { kind, text } = this.#token;
    if (kind !== "operator" || text !== operator) return false;
    this.#at++;
    return true;
  }

  #expect(operator: string): void {
    if (!this.#take(operator)) fail(`${operator} was expected`, this.#token.column);
  }

  #unexpected(): never {
    const { kind, text, column } = this.#token;
    return fail(
      kind === "end" ? "a value was expected at the end" : `a value was expected, not ${text}`,
      column,
    );
  }
}

/** True for an expression that names a register, a variable or memory. */
export function isPlaceExpression({ kind }: ExpressionTree): boolean {
  return kind === "name" || kind === "memory" || kind === "index" || kind === "member";
}

/** The members of `a.b.c`; `->` applies to the first. */
function members(of: ExpressionTree, path: string, isPointer: boolean, column: number): ExpressionTree {
  return path.split(".").reduce(
    (struct, name, at): ExpressionTree => ({
      kind: "member",
      of: struct,
      name,
      isPointer: isPointer && at === 0,
      column,
    }),
    of,
  );
}

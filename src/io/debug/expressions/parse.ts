import { type ExpressionToken, fail, tokenize } from "./tokens.ts";

/** Memories that an expression can index: `[$300]` is CPU memory, `ppu[$3F00]` a palette. */
export type IndexedSpace = "cpu" | "word" | "ppu" | "oam" | "prg" | "chr";

export type DebugExpression =
  | { readonly kind: "number"; readonly value: number; readonly column: number }
  | { readonly kind: "name"; readonly name: string; readonly column: number }
  | {
      readonly kind: "unary";
      readonly operator: string;
      readonly of: DebugExpression;
      readonly column: number;
    }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: DebugExpression;
      readonly right: DebugExpression;
      readonly column: number;
    }
  | {
      readonly kind: "memory";
      readonly space: IndexedSpace;
      readonly address: DebugExpression;
      readonly column: number;
    }
  | {
      readonly kind: "index";
      readonly of: DebugExpression;
      readonly index: DebugExpression;
      readonly column: number;
    }
  | {
      readonly kind: "member";
      readonly of: DebugExpression;
      readonly name: string;
      /** True for `->`. */
      readonly isPointer: boolean;
      readonly column: number;
    }
  | { readonly kind: "addressOf"; readonly of: DebugExpression; readonly column: number }
  | {
      readonly kind: "choice";
      readonly condition: DebugExpression;
      readonly yes: DebugExpression;
      readonly no: DebugExpression;
      readonly column: number;
    }
  | {
      readonly kind: "assign";
      readonly to: DebugExpression;
      readonly value: DebugExpression;
      readonly column: number;
    };

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

/** Parses an expression. Throws `InputError` ("usage") with the column. */
export function parseDebugExpression(text: string): DebugExpression {
  return new Parser(tokenize(text)).whole();
}

class Parser {
  readonly #tokens: readonly ExpressionToken[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly ExpressionToken[]) {
    this.#tokens = tokens;
  }

  whole(): DebugExpression {
    const expression = this.#assignment();
    if (this.#token.kind !== "end") this.#unexpected();
    return expression;
  }

  get #token(): ExpressionToken {
    return this.#tokens[this.#at]!;
  }

  #assignment(): DebugExpression {
    const to = this.#choice();
    const { column } = this.#token;
    if (!this.#take("=")) return to;
    if (!isPlaceExpression(to)) fail("a register, a variable or memory was expected before =", to.column);
    return { kind: "assign", to, value: this.#nested(() => this.#assignment()), column };
  }

  #choice(): DebugExpression {
    const condition = this.#binary(0);
    const { column } = this.#token;
    if (!this.#take("?")) return condition;
    const yes = this.#nested(() => this.#choice());
    this.#expect(":");
    return { kind: "choice", condition, yes, no: this.#nested(() => this.#choice()), column };
  }

  #binary(level: number): DebugExpression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { text, kind, column } = this.#token;
      if (kind !== "operator" || !operators.includes(text)) return left;
      this.#at++;
      left = { kind: "binary", operator: text, left, right: this.#binary(level + 1), column };
    }
  }

  #unary(): DebugExpression {
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

  #primary(): DebugExpression {
    const token = this.#token;
    const { column } = token;
    if (token.kind === "number") {
      this.#at++;
      return { kind: "number", value: token.value, column };
    }
    if (this.#take("(")) {
      const inner = this.#nested(() => this.#assignment());
      this.#expect(")");
      return inner;
    }
    if (this.#take("[")) return this.#memory("cpu", column);
    if (token.kind !== "name") return this.#unexpected();
    this.#at++;
    const { kind, text } = this.#token;
    if (SPACES.has(token.text) && kind === "operator" && text === "[") {
      this.#at++;
      return this.#memory(token.text as IndexedSpace, column);
    }
    return this.#postfix({ kind: "name", name: token.text, column });
  }

  /** `[index]`, `.member` and `->member` after a name. */
  #postfix(name: DebugExpression): DebugExpression {
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

  #memory(space: IndexedSpace, column: number): DebugExpression {
    const address = this.#nested(() => this.#assignment());
    this.#expect("]");
    return { kind: "memory", space, address, column };
  }

  /** Limits the nesting, because the parser recurses. */
  #nested(parse: () => DebugExpression): DebugExpression {
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
export function isPlaceExpression({ kind }: DebugExpression): boolean {
  return kind === "name" || kind === "memory" || kind === "index" || kind === "member";
}

/** The members of `a.b.c`; `->` applies to the first. */
function members(of: DebugExpression, path: string, isPointer: boolean, column: number): DebugExpression {
  return path.split(".").reduce(
    (struct, name, at): DebugExpression => ({
      kind: "member",
      of: struct,
      name,
      isPointer: isPointer && at === 0,
      column,
    }),
    of,
  );
}

/** An operator of two operands. */
export type BinaryOperator =
  | "||"
  | "&&"
  | "|"
  | "^"
  | "&"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "<<"
  | ">>"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

/** A node of a parsed expression. Names have become addresses. */
export type ExpressionNode =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "frame" }
  /** `bytes` bytes at an address, the lowest first. */
  | {
      readonly kind: "memory";
      readonly address: ExpressionNode;
      readonly bytes: 1 | 2;
      readonly isSigned: boolean;
    }
  /** A decimal number, the highest digit first: one digit per byte, or two. */
  | {
      readonly kind: "decimal";
      readonly address: ExpressionNode;
      readonly bytes: number;
      readonly isPacked: boolean;
    }
  /** The value at the last `commit`, or the change since; `slot` is its place in the expression's memory. */
  | {
      readonly kind: "previous";
      readonly slot: number;
      readonly of: ExpressionNode;
      readonly isDelta: boolean;
    }
  | { readonly kind: "unary"; readonly operator: "-" | "!" | "~"; readonly of: ExpressionNode }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    }
  | {
      readonly kind: "call";
      readonly name: "min" | "max" | "abs" | "sign";
      readonly values: readonly ExpressionNode[];
    }
  | {
      readonly kind: "choice";
      readonly condition: ExpressionNode;
      readonly then: ExpressionNode;
      readonly otherwise: ExpressionNode;
    };

/** A parsed expression: plain data. */
export interface ParsedExpression {
  /** As it was written. */
  readonly text: string;
  readonly root: ExpressionNode;
  /** Number of values that it remembers for `prev` and `delta`. */
  readonly slots: number;
}

/** Returns the CPU address of a symbol. Throws `InputError` if there is none of that name. */
export type AddressOf = (name: string) => number;

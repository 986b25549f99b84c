import { InputError } from "../../../emu/input-error.ts";
import type { CMember, CType } from "../c-types.ts";
import type { DebugExpression, IndexedSpace } from "./parse.ts";
import { fail } from "./tokens.ts";

/** Something with a value: a register, a variable, a byte of memory. */
export interface ValuePlace {
  get(): number;
  /** Undefined if it cannot be changed. */
  readonly set?: ((value: number) => void) | undefined;
  /** CPU address; undefined for registers and constants. */
  readonly address?: number | undefined;
  /** Size of the value in bytes; of an array, that of one element. */
  readonly bytes?: number | undefined;
  /** Number of elements of an array. */
  readonly count?: number | undefined;
  readonly isSigned?: boolean | undefined;
  /** For display: the C type, or what kind of register. */
  readonly type?: string | undefined;
  /** Members of a struct, which is no number itself. */
  readonly members?: readonly CMember[] | undefined;
  /** What a pointer points to. */
  readonly pointsTo?: CType | undefined;
}

/** Gives names and memories their meaning. */
export interface Scope {
  /** The place with this name; undefined if there is none. Throws `InputError` if the name is ambiguous. */
  lookup(name: string): ValuePlace | undefined;
  /** Names that are similar to one that does not exist. */
  suggest(name: string): readonly string[];
  /** The place at an address of a memory. */
  memory(space: IndexedSpace, address: number): ValuePlace;
  /** Element `index` of an array, or of what a pointer points to. */
  element(array: ValuePlace, index: number): ValuePlace;
  /** A member of a struct. Throws `InputError` if it has none of that name. */
  member(struct: ValuePlace, name: string): ValuePlace;
}

/** A parsed expression whose names are known. */
export type Evaluate = () => number;

/**
 * Binds the names of an expression, so that it can be evaluated often. Throws `InputError` ("usage") with the
 * column if a name is unknown.
 */
export function bind(expression: DebugExpression, scope: Scope): Evaluate {
  switch (expression.kind) {
    case "number": {
      const { value } = expression;
      return () => value;
    }
    case "unary":
      return bindUnary(expression.operator, bind(expression.of, scope));
    case "binary":
      return bindBinary(expression, scope);
    case "choice": {
      const condition = bind(expression.condition, scope);
      const yes = bind(expression.yes, scope);
      const no = bind(expression.no, scope);
      return () => (condition() !== 0 ? yes() : no());
    }
    case "assign": {
      const value = bind(expression.value, scope);
      const to = bindPlace(expression.to, scope);
      const { column } = expression;
      return () => {
        const place = to();
        if (place.set === undefined) return fail("this cannot be changed", column);
        place.set(value());
        // As in C, the value is the one that is stored: 300 does not fit into a byte.
        return place.get();
      };
    }
    case "addressOf": {
      const of = bindPlace(expression.of, scope);
      const { column } = expression;
      return () => of().address ?? fail("this has no address", column);
    }
    default: {
      const place = bindPlace(expression, scope);
      return () => place().get();
    }
  }
}

/** Like `bind`, for an expression that names a place. Throws `InputError` if it does not. */
export function bindPlace(expression: DebugExpression, scope: Scope): () => ValuePlace {
  switch (expression.kind) {
    case "name": {
      const place = lookup(expression.name, expression.column, scope);
      return () => place;
    }
    case "memory": {
      const address = bind(expression.address, scope);
      const { space, column } = expression;
      return () => placed(column, () => scope.memory(space, address()));
    }
    case "index": {
      const array = bindPlace(expression.of, scope);
      if (expression.of.kind === "name" && array().address === undefined)
        fail(`${expression.of.name} has no address`, expression.column);
      const index = bind(expression.index, scope);
      const { column } = expression;
      return () => placed(column, () => scope.element(array(), index()));
    }
    case "member": {
      const struct = bindPlace(expression.of, scope);
      const { column, name, isPointer } = expression;
      return () =>
        placed(column, () => scope.member(isPointer ? scope.element(struct(), 0) : struct(), name));
    }
    default:
      return fail("a register, a variable or memory was expected", expression.column);
  }
}

/** True if an expression assigns to something. */
export function assigns(expression: DebugExpression): boolean {
  switch (expression.kind) {
    case "assign":
      return true;
    case "unary":
    case "addressOf":
      return assigns(expression.of);
    case "binary":
      return assigns(expression.left) || assigns(expression.right);
    case "choice":
      return [expression.condition, expression.yes, expression.no].some(assigns);
    case "memory":
      return assigns(expression.address);
    case "index":
      return assigns(expression.index) || assigns(expression.of);
    case "member":
      return assigns(expression.of);
    default:
      return false;
  }
}

/** Adds the column to an error that has no place. */
function placed<T>(column: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof InputError && error.where === "") fail(error.message, column, error.remedy);
    throw error;
  }
}

function lookup(name: string, column: number, scope: Scope): ValuePlace {
  const place = placed(column, () => scope.lookup(name) ?? memberByName(name, scope));
  if (place !== undefined) return place;
  const similar = scope.suggest(name);
  return fail(`unknown name ${name}`, column, similar.length === 0 ? "" : `similar: ${similar.join(", ")}`);
}

/** `player.lives`: names of registers have dots too, so the tokens do not separate it. */
function memberByName(name: string, scope: Scope): ValuePlace | undefined {
  const [, struct, path] = /^([^.]+)\.(.+)$/.exec(name) ?? [];
  const place = struct === undefined ? undefined : scope.lookup(struct);
  if (place?.members === undefined) return undefined;
  return path!.split(".").reduce((of, member) => scope.member(of, member), place);
}

function bindUnary(operator: string, of: Evaluate): Evaluate {
  if (operator === "-") return () => -of();
  if (operator === "~") return () => ~of();
  if (operator === "!") return () => (of() === 0 ? 1 : 0);
  return of;
}

function bindBinary(expression: DebugExpression & { readonly kind: "binary" }, scope: Scope): Evaluate {
  const left = bind(expression.left, scope);
  const right = bind(expression.right, scope);
  const { column } = expression;
  const divisor = (): number => {
    const value = right();
    return value === 0 ? fail("division by zero", column) : value;
  };
  const shift = (): number => {
    const value = right();
    return value >= 0 && value < 32 ? value : fail(`a shift by ${value}: 0 to 31 was expected`, column);
  };
  switch (expression.operator) {
    case "||":
      return () => (left() !== 0 || right() !== 0 ? 1 : 0);
    case "&&":
      return () => (left() !== 0 && right() !== 0 ? 1 : 0);
    case "|":
      return () => left() | right();
    case "^":
      return () => left() ^ right();
    case "&":
      return () => left() & right();
    case "==":
      return () => (left() === right() ? 1 : 0);
    case "!=":
      return () => (left() === right() ? 0 : 1);
    case "<":
      return () => (left() < right() ? 1 : 0);
    case "<=":
      return () => (left() <= right() ? 1 : 0);
    case ">":
      return () => (left() > right() ? 1 : 0);
    case ">=":
      return () => (left() >= right() ? 1 : 0);
    case "<<":
      return () => left() << shift();
    case ">>":
      return () => left() >> shift();
    case "+":
      return () => left() + right();
    case "-":
      return () => left() - right();
    case "*":
      return () => left() * right();
    case "/":
      return () => Math.trunc(left() / divisor());
    default:
      return () => left() % divisor();
  }
}

import { InputError } from "../../../emu/input-error.ts";
import { bindCall, partsOf, remembers } from "./functions.ts";
import { type ExpressionTree, parseTree } from "./parse.ts";
import type { Evaluate, Scope, ValuePlace } from "./scope.ts";
import { fail } from "./tokens.ts";

/**
 * Binds the names of an expression, so that it can be evaluated often. Throws `InputError` ("usage") with the
 * column if a name is unknown.
 */
export function bind(expression: ExpressionTree, scope: Scope): Evaluate {
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
      if (!remembers(expression.yes) && !remembers(expression.no))
        return () => (condition() !== 0 ? yes() : no());
      // Both are evaluated, because both remember values.
      return () => {
        const [isYes, first, second] = [condition() !== 0, yes(), no()];
        return isYes ? first : second;
      };
    }
    case "call":
      return bindCall(expression, scope, { bind, bindPlace });
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
export function bindPlace(expression: ExpressionTree, scope: Scope): () => ValuePlace {
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
export function assigns(expression: ExpressionTree): boolean {
  return expression.kind === "assign" || partsOf(expression).some(assigns);
}

/**
 * Parses an expression that is evaluated often or only shown, so it must not change anything. Throws
 * `InputError` ("usage") if it assigns; `what` names the expression in the error.
 */
export function parseReadOnly(text: string, what: string): ExpressionTree {
  const expression = parseTree(text);
  if (assigns(expression)) throw new InputError("usage", `${what} cannot assign`, "", "compare with ==");
  return expression;
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
  if (name.startsWith("@") && name.length > 1) {
    const { address } = lookup(name.slice(1), column + 1, scope);
    return address === undefined ? fail("this has no address", column) : { get: () => address };
  }
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

/** 0 for a division by 0. */
function defined(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function bindUnary(operator: string, of: Evaluate): Evaluate {
  if (operator === "-") return () => -of();
  if (operator === "~") return () => ~of();
  if (operator === "!") return () => (of() === 0 ? 1 : 0);
  return of;
}

function bindBinary(expression: ExpressionTree & { readonly kind: "binary" }, scope: Scope): Evaluate {
  const left = bind(expression.left, scope);
  const right = bind(expression.right, scope);
  const { column } = expression;
  const isReal = scope.arithmetic === "real";
  const divisor = (): number => {
    const value = right();
    return value === 0 ? fail("division by zero", column) : value;
  };
  const shift = (): number => {
    const value = right();
    return isReal || (value >= 0 && value < 32)
      ? value
      : fail(`a shift by ${value}: 0 to 31 was expected`, column);
  };
  switch (expression.operator) {
    case "||":
      if (remembers(expression.right))
        return () => ((left() !== 0 ? 1 : 0) | (right() !== 0 ? 1 : 0)) as number;
      return () => (left() !== 0 || right() !== 0 ? 1 : 0);
    case "&&":
      if (remembers(expression.right))
        return () => ((left() !== 0 ? 1 : 0) & (right() !== 0 ? 1 : 0)) as number;
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
      return isReal ? () => defined(left() / right()) : () => Math.trunc(left() / divisor());
    default:
      return isReal ? () => defined(left() % right()) : () => left() % divisor();
  }
}

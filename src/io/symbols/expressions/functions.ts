import type { ExpressionTree } from "./parse.ts";
import type { Evaluate, Scope, ValuePlace } from "./scope.ts";
import { fail } from "./tokens.ts";

/** The binding of expressions, which binds the arguments of functions. */
interface Binder {
  bind(tree: ExpressionTree, scope: Scope): Evaluate;
  bindPlace(tree: ExpressionTree, scope: Scope): () => ValuePlace;
}

type Call = ExpressionTree & { readonly kind: "call" };

/** The expressions that an expression is made of. */
export function partsOf(tree: ExpressionTree): readonly ExpressionTree[] {
  switch (tree.kind) {
    case "call":
      return tree.values;
    case "unary":
    case "addressOf":
    case "member":
      return [tree.of];
    case "binary":
      return [tree.left, tree.right];
    case "choice":
      return [tree.condition, tree.yes, tree.no];
    case "memory":
      return [tree.address];
    case "index":
      return [tree.of, tree.index];
    case "assign":
      return [tree.to, tree.value];
    default:
      return [];
  }
}

/** True if an expression has `prev` or `delta`, which see every evaluation. */
export function remembers(tree: ExpressionTree): boolean {
  return (tree.kind === "call" && tree.slot >= 0) || partsOf(tree).some(remembers);
}

/** Binds the names in a call of a function. */
export function bindCall(call: Call, scope: Scope, binder: Binder): Evaluate {
  const { name } = call;
  const [first] = call.values as [ExpressionTree];
  switch (name) {
    case "min":
    case "max":
    case "abs":
    case "sign": {
      const values = call.values.map((value) => binder.bind(value, scope));
      return () => Math[name](...(values.map((value) => value()) as [number]));
    }
    case "prev":
    case "delta":
      return bindMemory(call, binder.bind(first, scope), scope);
    case "digits":
    case "bcd":
      return bindDecimal(call, bindAddress(first, scope, binder), scope);
    default: {
      const address = bindAddress(first, scope, binder);
      const bytes = name === "s8" ? 1 : 2;
      const sign = name === "u16" ? Number.POSITIVE_INFINITY : 2 ** (8 * bytes - 1);
      return () => {
        const at = address();
        const value = byteAt(scope, at) + (bytes === 2 ? 256 * byteAt(scope, at + 1) : 0);
        return value >= sign ? value - 2 * sign : value;
      };
    }
  }
}

/** An address: a name means where it is, anything else its value. */
function bindAddress(tree: ExpressionTree, scope: Scope, binder: Binder): Evaluate {
  if (tree.kind !== "name" && tree.kind !== "index" && tree.kind !== "member")
    return binder.bind(tree, scope);
  const place = binder.bindPlace(tree, scope);
  return () => {
    const { address, get } = place();
    return address ?? get();
  };
}

function byteAt(scope: Scope, address: number): number {
  return scope.memory("cpu", address & 0xffff).get();
}

function bindMemory({ name, slot, column }: Call, of: Evaluate, { memories }: Scope): Evaluate {
  if (memories === undefined)
    return fail(`${name} is only known in environments and watches of agents`, column);
  const { before, now } = memories;
  return () => {
    const value = of();
    now[slot] = value;
    return name === "delta" ? value - before[slot]! : before[slot]!;
  };
}

/** A decimal number, the highest digit first: one digit per byte, or two. */
function bindDecimal({ name, values }: Call, address: Evaluate, scope: Scope): Evaluate {
  const [, count] = values;
  const bytes = count?.kind === "number" ? count.value : 0;
  return () => {
    const first = address();
    let value = 0;
    for (let at = first; at < first + bytes; at++) {
      const byte = byteAt(scope, at);
      value = name === "bcd" ? 100 * value + 10 * (byte >> 4) + (byte & 15) : 10 * value + (byte & 15);
    }
    return value;
  };
}

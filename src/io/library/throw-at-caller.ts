/**
 * Makes failures point at the test. `bun test` prints the source around the innermost frame of the throw,
 * which would be in the library and does not help the author of a test. It takes that frame from the throw
 * itself and not from `error.stack`, so `Error.captureStackTrace` alone has no effect. Therefore a native
 * function throws, called in tail position: in JavaScriptCore, tail calls of strict code leave no frame, so
 * the innermost frame is the caller's. For a rejected promise, `error.stack` is used.
 */
import { InputError } from "../../emu/input-error.ts";
import { GameError } from "./errors.ts";

type AnyFunction = (...args: never[]) => unknown;

/**
 * Throws `error` without a frame of its own. Call it in tail position, so that the caller has none either,
 * and after `pointAtCaller`.
 */
function raise(error: unknown): never {
  // An abort signal without a reason throws an error of its own.
  if (error === undefined) throw error;
  return AbortSignal.abort(error).throwIfAborted() as never;
}

/** Gives a failure the stack of the caller of `from`, which is running. Other errors keep their stack. */
function pointAtCaller(error: unknown, from: AnyFunction): unknown {
  if (isOurs(error)) Error.captureStackTrace(error, from);
  return error;
}

/** Returns the same function with failures, thrown or rejected, that point at the line that calls it. */
export function throwsAtCaller<F extends AnyFunction>(action: F): F {
  function guarded(this: unknown, ...args: unknown[]): unknown {
    let failure: unknown;
    try {
      const result: unknown = Reflect.apply(action, this, args);
      return result instanceof Promise ? rejectsAtCaller(result, guarded as AnyFunction) : result;
    } catch (error) {
      failure = pointAtCaller(error, guarded as AnyFunction);
    }
    return raise(failure);
  }
  const { name, length } = action;
  Object.defineProperties(guarded, { name: { value: name }, length: { value: length } });
  return guarded as unknown as F;
}

/** A later failure no longer has the frames that called `from`, so they are stored now. */
function rejectsAtCaller(result: Promise<unknown>, from: AnyFunction): Promise<unknown> {
  const caller: { stack?: string } = {};
  Error.captureStackTrace(caller, from);
  const frames = (caller.stack ?? "").split("\n").slice(1);
  return result.catch((error: unknown) => {
    if (isOurs(error)) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
    throw error;
  });
}

/** Does the same for every method of a class, except the hot ones in `except`. */
export function methodsThrowAtCaller(type: { prototype: object }, except: readonly string[] = []): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(type.prototype))) {
    if (name === "constructor" || except.includes(name) || typeof property.value !== "function") continue;
    Object.defineProperty(type.prototype, name, { ...property, value: throwsAtCaller(property.value) });
  }
}

function isOurs(error: unknown): error is Error {
  return error instanceof GameError || error instanceof InputError;
}

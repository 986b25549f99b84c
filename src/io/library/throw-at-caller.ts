/**
 * Failures that point at the test. `bun test` prints the source around the innermost frame of what was
 * thrown, which would be ours and tells the author of a test nothing. It takes that frame from the throw
 * itself and not from the error's own stack, so `Error.captureStackTrace` alone changes nothing. Here a
 * native function throws, and is called in tail position: tail calls of strict code leave no frame in
 * JavaScriptCore, so the innermost frame is the caller's. A rejected promise has the error's own stack.
 */
import { InputError } from "../../emu/input-error.ts";
import { GameError } from "./errors.ts";

type AnyFunction = (...args: never[]) => unknown;

/**
 * Throws `error` without a frame of its own. Call it in tail position, so that the caller has none either,
 * and after `pointAtCaller`.
 */
function raise(error: unknown): never {
  // A signal without a reason throws one of its own.
  if (error === undefined) throw error;
  return AbortSignal.abort(error).throwIfAborted() as never;
}

/** Gives a failure the stack of whoever called `from`, which is running; errors of other kinds keep theirs. */
function pointAtCaller(error: unknown, from: AnyFunction): unknown {
  if (isOurs(error)) Error.captureStackTrace(error, from);
  return error;
}

/** The same function, whose failures point at the line that calls it, be they thrown or rejected. */
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

/** A later failure has none of the frames that called `from`, so they are noted while they are there. */
function rejectsAtCaller(result: Promise<unknown>, from: AnyFunction): Promise<unknown> {
  const caller: { stack?: string } = {};
  Error.captureStackTrace(caller, from);
  const frames = (caller.stack ?? "").split("\n").slice(1);
  return result.catch((error: unknown) => {
    if (isOurs(error)) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
    throw error;
  });
}

/** Does so for every method of a class but `except`: those that are hot. */
export function methodsThrowAtCaller(type: { prototype: object }, except: readonly string[] = []): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(type.prototype))) {
    if (name === "constructor" || except.includes(name) || typeof property.value !== "function") continue;
    Object.defineProperty(type.prototype, name, { ...property, value: throwsAtCaller(property.value) });
  }
}

function isOurs(error: unknown): error is Error {
  return error instanceof GameError || error instanceof InputError;
}

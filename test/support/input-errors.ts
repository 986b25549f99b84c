import { InputError } from "../../src/emu/input-error.ts";

/** Returns the `InputError` that `action` throws; fails the test for any other result. */
export function inputErrorOf(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** `inputErrorOf` for promises. */
export async function inputErrorFrom(promise: Promise<unknown>): Promise<InputError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

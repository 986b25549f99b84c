import { InputError } from "../../src/emu/input-error.ts";

/** The `InputError` that `action` throws; anything else that it does is a failed test. */
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

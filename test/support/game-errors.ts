import { GameError } from "../../src/io/library/index.ts";

/** Returns the `GameError` that an action throws. Throws if it throws none. */
export function gameErrorOf(action: () => unknown): GameError {
  try {
    action();
  } catch (error) {
    if (error instanceof GameError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

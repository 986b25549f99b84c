import { InputError } from "../../emu/input-error.ts";
import type { StopCause } from "./checker.ts";
import type { DebugSession } from "./session.ts";

/** The result of a command. */
export interface CommandResult {
  readonly text: string;
  /** Why the program stopped, if the command has moved it. */
  readonly stop?: StopCause;
}

/** A command of the debugger's console. */
export interface Command {
  /** The arguments and a description, for `help`. */
  readonly usage: string;
  readonly help: string;
  /** Runs it with the words after its name, which are also given as one text. */
  run(session: DebugSession, words: readonly string[], text: string): Promise<CommandResult> | CommandResult;
}

/** Throws the error of a command that was not written as its `usage` says. */
export function usageError(usage: string): never {
  throw new InputError("usage", `usage: ${usage}`);
}

/** Reads a whole number from `min` to `max`. Throws `InputError` ("usage"). */
export function wholeWord(text: string | undefined, min: number, max: number, expected: string): number {
  const value = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new InputError("usage", `${expected} was expected, not ${(text ?? "nothing").slice(0, 40)}`);
}

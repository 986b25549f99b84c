import { COMMAND_NAMES } from "./commands.ts";
import type { DebugSession } from "./session.ts";

/** A name that can be typed. */
export interface Completion {
  readonly name: string;
  readonly kind: "command" | "local" | "register" | "variable" | "constant";
}

/** The word that is being typed, and what it can become. */
export interface Completions {
  /** Offset of the word in the text. */
  readonly start: number;
  readonly length: number;
  readonly found: readonly Completion[];
}

const WORD = /[\w.@:$]*$/;

/**
 * Completes the last word of `before`, the text up to the cursor: commands at the start of a line, and the
 * names of expressions in a frame of the call stack.
 */
export function completionsOf(session: DebugSession, before: string, frame = 0, limit = 200): Completions {
  const word = WORD.exec(before)?.[0] ?? "";
  const kinds = new Map<string, Completion["kind"]>();
  if (before.trim() === word) for (const name of COMMAND_NAMES) kinds.set(name, "command");
  for (const { variable } of session.frames.locals(frame)) kinds.set(variable.name, "local");
  for (const name of session.scope(frame).registerNames) kinds.set(name, "register");
  for (const { name, isLabel } of session.target.symbols.symbols) {
    kinds.set(name.replace(/^_(?=\w)/, ""), isLabel ? "variable" : "constant");
  }
  const found = [...kinds]
    .filter(([name]) => name.toLowerCase().startsWith(word.toLowerCase()) && name !== word)
    .slice(0, limit)
    .map(([name, kind]) => ({ name, kind }));
  return { start: before.length - word.length, length: word.length, found };
}

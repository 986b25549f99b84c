import { expect } from "bun:test";
import { EXIT_BUG } from "../../src/cli/exit-codes.ts";

/** A line of a stack trace, as Bun and V8 print them. */
const STACK_LINE = /^\s+at (?:async )?(?:[\w.<>#$ ]+ \()?(?:file:|\/|[A-Z]:\\|bun:|native:).*:\d+/m;
/** Words of JavaScript's messages about bugs. */
const BUG_WORDS =
  /\b(?:TypeError|ReferenceError|RangeError|SyntaxError|AssertionError):|Unhandled rejection|panic\(/;

/** Returns true if output shows a bug in emu instead of a message about bad input. */
export function showsBug(output: string): boolean {
  return STACK_LINE.test(output) || BUG_WORDS.test(output);
}

/**
 * For all tests that pass bad input to a program: exit code 70, a stack trace or a signal is always a bug in
 * emu. `exitCode` is null if the program has not ended yet.
 */
export function expectNoBug(output: string, exitCode: number | null): void {
  expect({
    exitCode,
    isBug: exitCode === EXIT_BUG || (exitCode ?? 0) > 130,
    output: showsBug(output) ? output : "",
  }).toEqual({ exitCode, isBug: false, output: "" });
}

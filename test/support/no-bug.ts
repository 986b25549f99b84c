import { expect } from "bun:test";
import { EXIT_BUG } from "../../src/cli/exit-codes.ts";

/** A line of a stack trace, as Bun and V8 print them. */
const STACK_LINE = /^\s+at (?:async )?(?:[\w.<>#$ ]+ \()?(?:file:|\/|[A-Z]:\\|bun:|native:).*:\d+/m;
/** What JavaScript says of bugs. */
const BUG_WORDS =
  /\b(?:TypeError|ReferenceError|RangeError|SyntaxError|AssertionError):|Unhandled rejection|panic\(/;

/** Whether output shows a bug of ours instead of an answer to bad input. */
export function showsBug(output: string): boolean {
  return STACK_LINE.test(output) || BUG_WORDS.test(output);
}

/**
 * For every test that gives a program bad input: whatever that was, exit code 70, a stack trace or a signal
 * is a bug of ours. `exitCode` is null where the program is still to end.
 */
export function expectNoBug(output: string, exitCode: number | null): void {
  expect({
    exitCode,
    isBug: exitCode === EXIT_BUG || (exitCode ?? 0) > 130,
    output: showsBug(output) ? output : "",
  }).toEqual({ exitCode, isBug: false, output: "" });
}

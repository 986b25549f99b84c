import { printableLines } from "../../files/text.ts";
import { type ConformReport, shownName, type TestResult, type Verdict } from "../types.ts";

/** Counts the verdicts. */
export function makeReport(tests: readonly TestResult[]): ConformReport {
  const count = (verdict: Verdict): number => tests.filter((test) => test.verdict === verdict).length;
  return {
    tests,
    passed: count("pass"),
    failed: count("fail"),
    errors: count("error"),
    skipped: count("skip"),
  };
}

/** "106 passed, 1 failed, 0 errors, 1 skipped". */
export function summaryLine({ passed, failed, errors, skipped }: ConformReport): string {
  return `${passed} passed, ${failed} failed, ${errors} errors, ${skipped} skipped`;
}

/** Colours from the 16 that every terminal has. */
const COLORS: Readonly<Record<Verdict, number>> = { pass: 32, fail: 31, error: 35, skip: 33 };
const WORD_COLUMNS = 5;
/** Longer lists repeat the failures at the end. */
const LINES_IN_VIEW = 20;

/** Properties of a terminal. */
export interface TerminalTraits {
  readonly isColored: boolean;
  readonly columns: number;
}

/** One line per test for people, then the summary. On a terminal, only failures take more than one row. */
export function textReport(report: ConformReport, terminal?: TerminalTraits): string {
  const line = (test: TestResult): string => {
    const { verdict, detail } = test;
    const word = verdict.padEnd(WORD_COLUMNS);
    const colored = terminal?.isColored === true ? `\x1b[${COLORS[verdict]}m${word}\x1b[0m` : word;
    const rest = `  ${shownName(test)}${detail === "" ? "" : `  ${printableLines(detail)}`}`;
    const room = (terminal?.columns ?? Number.POSITIVE_INFINITY) - WORD_COLUMNS;
    return colored + (verdict === "pass" && rest.length > room ? `${rest.slice(0, room - 1)}…` : rest);
  };
  const lines = report.tests.map(line);
  const bad = report.tests.filter(({ verdict }) => verdict === "fail" || verdict === "error");
  if (lines.length > LINES_IN_VIEW && bad.length > 0) lines.push("", ...bad.map(line));
  return `${[...lines, summaryLine(report)].join("\n")}\n`;
}

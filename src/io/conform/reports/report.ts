import { type ConformReport, type TestResult, testName, type Verdict } from "../types.ts";

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

/** Colours of the 16 that every terminal has. */
const COLORS: Readonly<Record<Verdict, number>> = { pass: 32, fail: 31, error: 35, skip: 33 };
/** Longer lists say once more at the end what failed. */
const LINES_IN_VIEW = 20;

/** A line a test for people, the summary last. */
export function textReport(report: ConformReport, isColored = false): string {
  const line = (test: TestResult): string => {
    const { verdict, detail } = test;
    const word = isColored ? `\x1b[${COLORS[verdict]}m${verdict.padEnd(5)}\x1b[0m` : verdict.padEnd(5);
    return `${word}  ${testName(test)}${detail === "" ? "" : `  ${detail}`}`;
  };
  const lines = report.tests.map(line);
  const bad = report.tests.filter(({ verdict }) => verdict === "fail" || verdict === "error");
  if (lines.length > LINES_IN_VIEW && bad.length > 0) lines.push("", ...bad.map(line));
  return `${[...lines, summaryLine(report)].join("\n")}\n`;
}

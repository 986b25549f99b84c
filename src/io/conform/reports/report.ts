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

/** A line a test for people, the summary last. */
export function textReport(report: ConformReport): string {
  const lines = report.tests.map((test) => {
    const { verdict, detail } = test;
    return `${verdict.padEnd(5)}  ${testName(test)}${detail === "" ? "" : `  ${detail}`}`;
  });
  return `${[...lines, summaryLine(report)].join("\n")}\n`;
}

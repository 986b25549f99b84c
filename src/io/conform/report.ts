import type { CaseResult, ConformReport, TestResult, Verdict } from "./types.ts";

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
  const lines = report.tests.map(({ verdict, rom, detail }) => {
    return `${verdict.padEnd(5)}  ${rom}${detail === "" ? "" : `  ${detail}`}`;
  });
  return `${[...lines, summaryLine(report)].join("\n")}\n`;
}

/** The report in the XML that CI systems read: a test case a ROM, or one for each of its own cases. */
export function junitReport(report: ConformReport): string {
  const cases: string[] = [];
  for (const test of report.tests) {
    const seconds = test.milliseconds / 1000;
    if (test.cases === undefined) {
      cases.push(testCase(test.rom, test.protocol, seconds, test));
      continue;
    }
    const share = seconds / test.cases.length;
    for (const one of test.cases) cases.push(testCase(`${one.page}: ${one.name}`, test.rom, share, one));
  }
  const totals = {
    tests: cases.length,
    failures: cases.filter((xml) => xml.includes("<failure")).length,
    errors: cases.filter((xml) => xml.includes("<error")).length,
    skipped: cases.filter((xml) => xml.includes("<skipped")).length,
  };
  const attributes = Object.entries(totals).map(([name, value]) => `${name}="${value}"`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="emu conform" ${attributes.join(" ")}>`,
    `  <testsuite name="conform" ${attributes.join(" ")}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const JUNIT_ELEMENT: Readonly<Record<Exclude<Verdict, "pass">, string>> = {
  fail: "failure",
  error: "error",
  skip: "skipped",
};

function testCase(
  name: string,
  className: string,
  seconds: number,
  { verdict, detail }: Pick<CaseResult, "verdict" | "detail">,
): string {
  const start = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(className)}" time="${seconds.toFixed(3)}"`;
  if (verdict === "pass") return `${start}/>`;
  return `${start}><${JUNIT_ELEMENT[verdict]} message="${escapeXml(detail)}"/></testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML and HTML, attributes included. Control characters, which XML cannot hold, become spaces. */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  return text.replace(/[\u0000-\u001f\u007f\ufffe\uffff]/g, " ").replace(/[&<>"]/g, (c) => ENTITIES[c]!);
}

import { type CaseResult, type ConformReport, type TestResult, testName, type Verdict } from "../types.ts";
import { escapeXml } from "./xml.ts";

const ELEMENT: Readonly<Record<Exclude<Verdict, "pass">, string>> = {
  fail: "failure",
  error: "error",
  skip: "skipped",
};

/** A test case of the XML. */
interface Line {
  readonly name: string;
  readonly className: string;
  readonly seconds: number;
  readonly result: Pick<CaseResult, "verdict" | "detail">;
  /** Pictures to attach, by path. */
  readonly attachments: readonly string[];
}

/**
 * The report as JUnit XML for CI systems, valid for the schema of Jenkins' xunit plugin: one test case per
 * ROM. A ROM that grades many cases is a suite with one test case for each.
 */
export function junitReport(report: ConformReport): string {
  const single = report.tests.filter(({ cases }) => cases === undefined);
  const several = report.tests.filter(({ cases }) => cases !== undefined);
  const suites = [
    ...(single.length > 0 ? [suiteXml("conform", single.map(lineOf))] : []),
    ...several.map((test) => suiteXml(testName(test), caseLines(test))),
  ];
  const all = [...single.map(lineOf), ...several.flatMap(caseLines)];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    // The schema only allows skipped counts in suites.
    `<testsuites name="emu conform" ${attributes(totals(all))} time="${secondsOf(all)}">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function lineOf(test: TestResult): Line {
  return {
    name: testName(test),
    className: test.protocol,
    seconds: test.milliseconds / 1000,
    result: test,
    attachments: filesOf(test),
  };
}

/** The files with details of a test. */
function filesOf({ pictures = {}, trace }: TestResult): string[] {
  return [...Object.values(pictures), ...(trace === undefined ? [] : [trace])];
}

function caseLines(test: TestResult): Line[] {
  const cases = test.cases ?? [];
  const seconds = test.milliseconds / 1000 / Math.max(1, cases.length);
  const lines = cases.map((one, index): Line => {
    const attachments = index === 0 ? filesOf(test) : [];
    return { name: `${one.page}: ${one.name}`, className: testName(test), seconds, result: one, attachments };
  });
  // A failure that is not one of the cases, such as differing runs, gets a line of its own.
  const isSeen = cases.some(({ verdict }) => verdict === "fail" || verdict === "error");
  if (isSeen || test.verdict === "pass" || test.verdict === "skip") return lines;
  return [...lines, { ...lineOf(test), className: testName(test), seconds: 0 }];
}

function suiteXml(name: string, lines: readonly Line[]): string {
  const skipped = lines.filter(({ result }) => result.verdict === "skip").length;
  const head = `name="${escapeXml(name)}" ${attributes({ ...totals(lines), skipped })} time="${secondsOf(lines)}"`;
  return [`  <testsuite ${head}>`, ...lines.map(caseXml), "  </testsuite>"].join("\n");
}

function totals(lines: readonly Line[]): Record<string, number> {
  const count = (wanted: Verdict): number => lines.filter(({ result }) => result.verdict === wanted).length;
  return { tests: lines.length, failures: count("fail"), errors: count("error") };
}

function attributes(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ");
}

function secondsOf(lines: readonly Line[]): string {
  return lines.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);
}

function caseXml({ name, className, seconds, result, attachments }: Line): string {
  const { verdict, detail } = result;
  const head = `name="${escapeXml(name)}" classname="${escapeXml(className)}" time="${seconds.toFixed(3)}"`;
  const inner: string[] = [];
  if (verdict !== "pass") {
    const element = ELEMENT[verdict];
    const type = verdict === "skip" ? "" : ` type="${verdict}"`;
    inner.push(`<${element}${type} message="${escapeXml(detail)}"/>`);
  }
  // The syntax by which Jenkins and GitLab find files that belong to a test.
  const attached = attachments.map((path) => `[[ATTACHMENT|${path}]]`).join("\n");
  if (attached !== "") inner.push(`<system-out>${escapeXml(attached)}</system-out>`);
  return inner.length === 0
    ? `    <testcase ${head}/>`
    : `    <testcase ${head}>${inner.join("")}</testcase>`;
}

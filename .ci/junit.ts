/** Reads the JUnit reports that `bun test` writes. */

/** A test of a JUnit report, where its source is. */
export interface ReportedTest {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/** Bun reports the hooks of a skipped group as tests of this name. */
const HOOK = "(unnamed)";

/** The skipped tests of a report. */
export function skippedTests(xml: string): ReportedTest[] {
  return testsWith("skipped", xml).filter(({ name }) => name !== HOOK);
}

/** In the place of a file's tests if the process that ran it crashed. */
const CRASH = "(worker crashed)";

/** The failed tests of a report, without crashes, which are no test's. `junitCounts` counts those too. */
export function failedTests(xml: string): ReportedTest[] {
  return testsWith("failure", xml).filter(({ name }) => name !== CRASH);
}

/** The counts of a report. Bun counts the hooks of a skipped group as skipped tests; they are left out. */
export function junitCounts(xml: string): { passed: number; failed: number; skipped: number } {
  const root = /<testsuites[^>]*>/.exec(xml)?.[0] ?? "";
  const count = (name: string): number => Number(attribute(root, name) || 0);
  const failed = count("failures") + count("errors");
  const passed = count("tests") - failed - count("skipped");
  return { passed, failed, skipped: skippedTests(xml).length };
}

function testsWith(result: "skipped" | "failure", xml: string): ReportedTest[] {
  const cases = xml.matchAll(new RegExp(`<testcase\\b([^>]*[^/])>\\s*<${result}\\b`, "g"));
  return [...cases].map(([, attributes = ""]) => ({
    file: attribute(attributes, "file"),
    line: Number(attribute(attributes, "line")),
    name: attribute(attributes, "name"),
  }));
}

function attribute(text: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "";
}

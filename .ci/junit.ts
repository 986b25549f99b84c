/** Reads the JUnit reports that `bun test` writes, and the counts that it prints. */

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

/**
 * Returns true if a report has everything that failed, by the counts at the end of the output of the same
 * run. Reports leave out errors outside of tests, such as those while a file is loaded.
 */
export function isComplete(xml: string, output: string): boolean {
  // Colours are escape sequences.
  const lines = Bun.stripANSI(output).split("\n");
  const last = lines.findLastIndex((line) => /^Ran \d+ tests? across \d+ files?\./.test(line));
  if (last < 0) return false;
  // One count in a line: passes, skipped tests, failures, errors and expectations, if there are any.
  const first = lines.findLastIndex((line, at) => at < last && line.trim() === "");
  const counts = new Map<string, number>();
  for (const line of lines.slice(first + 1, last)) {
    const [, count, what = ""] = /^ *(\d+) (.+?)s?$/.exec(line) ?? [];
    counts.set(what, Number(count));
  }
  return counts.get("fail") === junitCounts(xml).failed && !counts.has("error");
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

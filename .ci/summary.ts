/**
 * Adds up the counts of the steps of .ci/run and prints them as the last line. Lines before it give the
 * reason for each skipped test; a skipped test without a condition beside it is a failure.
 *
 *   bun .ci/summary.ts <folder> <passed steps> <failed steps> <failed counted steps>
 *
 * The folder contains JUnit files of test runs (*.xml) and counts of other steps (*.json). Counted steps are
 * those that write such counts. A counted step that failed although its counts contain no failure, for
 * example because it crashed, counts as one failure.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { skipCondition, skippedTests } from "./skips.ts";

const ROOT = join(import.meta.dir, "..");

const [folder = "", ...numbers] = process.argv.slice(2);
const [passedSteps = 0, failedSteps = 0, failedCountedSteps = 0] = numbers.map(Number);
const total = { passed: passedSteps, failed: 0, skipped: 0 };
const skippedWithoutReason: string[] = [];

for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), "utf8");
  const isJunit = name.endsWith(".xml");
  if (isJunit) tellSkipped(text);
  const counts = isJunit ? junitCounts(text) : JSON.parse(text);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
for (const test of skippedWithoutReason) console.log(`FAILED: skipped without a condition: ${test}`);
total.failed = failedSteps + skippedWithoutReason.length + Math.max(total.failed, failedCountedSteps);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

/** Prints how many tests each condition has skipped in each file. */
function tellSkipped(xml: string): void {
  const counts = new Map<string, number>();
  for (const { file, line, name } of skippedTests(xml)) {
    const condition = skipCondition(readFileSync(join(ROOT, file), "utf8"), line);
    if (condition === undefined) skippedWithoutReason.push(`${file}:${line} ${name}`);
    else counts.set(`${file}: ${condition}`, (counts.get(`${file}: ${condition}`) ?? 0) + 1);
  }
  for (const [reason, count] of counts) console.log(`skipped ${count}: ${reason}`);
}

function junitCounts(xml: string): typeof total {
  const root = /<testsuites[^>]*>/.exec(xml)?.[0] ?? "";
  const attribute = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const failed = attribute("failures") + attribute("errors");
  // Bun counts the hooks of a skipped group as skipped tests.
  const passed = attribute("tests") - failed - attribute("skipped");
  return { passed, failed, skipped: skippedTests(xml).length };
}

/**
 * Adds up the counts of the steps of .ci/run and prints them as the last line. Lines before it give the
 * reason for each skipped test; a skipped test without a condition beside it is a failure. They also name
 * each test that passed only on its second run (second-run.ts).
 *
 *   bun .ci/summary.ts <folder> <passed steps> <failed steps> <failed counted steps>
 *
 * The folder contains JUnit files of test runs (*.xml) and their output (*.txt), counts of other steps
 * (*.json), and the list of tests that passed on their second run (second-run.json). Counted steps are those
 * that write such counts. A counted step that failed although its counts contain no failure, for
 * example because it crashed, counts as one failure.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { junitCounts, type ReportedTest, skippedTests } from "./junit.ts";
import { skipCondition } from "./skips.ts";

const ROOT = join(import.meta.dir, "..");

const [folder = "", ...numbers] = process.argv.slice(2);
const [passedSteps = 0, failedSteps = 0, failedCountedSteps = 0] = numbers.map(Number);
const SECOND_RUN = "second-run.json";
const total = { passed: passedSteps, failed: 0, skipped: 0 };
const skippedWithoutReason: string[] = [];

for (const name of readdirSync(folder)) {
  if (name === SECOND_RUN || name.endsWith(".txt")) continue;
  const text = readFileSync(join(folder, name), "utf8");
  const isJunit = name.endsWith(".xml");
  if (isJunit) tellSkipped(text);
  const counts = isJunit ? junitCounts(text) : JSON.parse(text);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
for (const { file, line, name } of recoveredTests()) {
  console.log(`passed only on its second run: ${file}:${line} ${name}`);
  total.failed--;
  total.passed++;
}
for (const test of skippedWithoutReason) console.log(`FAILED: skipped without a condition: ${test}`);
total.failed = failedSteps + skippedWithoutReason.length + Math.max(total.failed, failedCountedSteps);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

function recoveredTests(): ReportedTest[] {
  const path = join(folder, SECOND_RUN);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
}

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

/**
 * Adds up the counts of the steps of .ci/run and prints them as the last line.
 *
 *   bun .ci/summary.ts <folder> <passed steps> <failed steps> <failed counted steps>
 *
 * The folder contains JUnit files of test runs (*.xml) and counts of other steps (*.json). The last number
 * is how many of the steps that should write counts have failed. A step that failed without counting a
 * failure counts as one failure.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", ...numbers] = process.argv.slice(2);
const [passedSteps = 0, failedSteps = 0, failedCountedSteps = 0] = numbers.map(Number);
const total = { passed: passedSteps, failed: 0, skipped: 0 };

for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), "utf8");
  const counts = name.endsWith(".xml") ? junitCounts(text) : JSON.parse(text);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
total.failed = failedSteps + Math.max(total.failed, failedCountedSteps);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

function junitCounts(xml: string): typeof total {
  const root = /<testsuites[^>]*>/.exec(xml)?.[0] ?? "";
  const attribute = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const failed = attribute("failures") + attribute("errors");
  const skipped = attribute("skipped");
  return { passed: attribute("tests") - failed - skipped, failed, skipped };
}

/**
 * Runs the conformance suites with test/known-failures.json. Each test that fails must be listed there with
 * its reason, and each listed test must fail.
 *
 *   bun .ci/conform.ts <manifest> <counts.json>
 *
 * Writes `{ passed, failed, skipped }` to the second file; known failures count as skipped.
 */
import { join } from "node:path";
import type { ConformReport } from "../src/io/conform/types.ts";

const root = join(import.meta.dir, "..");
const [manifest = "", countsFile = ""] = process.argv.slice(2);

const { stdout, exitCode } = Bun.spawnSync(
  [process.execPath, "src/cli/main.ts", "conform", manifest, "--json", "--known", "test/known-failures.json"],
  { cwd: root, stderr: "inherit" },
);
if (exitCode > 1) process.exit(exitCode);
const { tests, passed, failed, errors, skipped } = JSON.parse(stdout.toString()) as ConformReport;
for (const { rom, verdict, detail } of tests) {
  if (verdict !== "pass") console.log(`${verdict.padEnd(5)}  ${rom}: ${detail}`);
}
const counts = { passed, failed: failed + errors, skipped };
console.log(`suites: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
await Bun.write(countsFile, JSON.stringify(counts));
process.exit(exitCode);

/**
 * Runs the conformance suites and holds them against test/known-failures.json in both directions: what
 * fails must be listed there with its reason, and what is listed must fail.
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
  [process.execPath, "src/cli/main.ts", "conform", manifest, "--json"],
  { cwd: root, stderr: "inherit" },
);
if (exitCode > 1) process.exit(exitCode);
const report = JSON.parse(stdout.toString()) as ConformReport;
const known = (await Bun.file(join(root, "test/known-failures.json")).json()) as Record<string, string>;

const counts = { passed: 0, failed: 0, skipped: 0 };
const seen = new Set<string>();
for (const { rom, verdict, detail } of report.tests) {
  seen.add(rom);
  const reason = known[rom];
  if (verdict === "pass" && reason === undefined) counts.passed++;
  else if (verdict === "skip" || (verdict === "fail" && reason !== undefined)) {
    counts.skipped++;
    console.log(`known  ${rom}: ${detail} (${reason})`);
  } else {
    counts.failed++;
    const why =
      verdict === "pass" ? "passes, but is listed as a known failure: take it off the list" : detail;
    console.log(`${verdict.padEnd(5)}  ${rom}: ${why}`);
  }
}
for (const rom of Object.keys(known)) {
  if (seen.has(rom)) continue;
  counts.failed++;
  console.log(`stale  ${rom}: a known failure that no suite has`);
}
console.log(`suites: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
await Bun.write(countsFile, JSON.stringify(counts));
process.exit(counts.failed === 0 ? 0 : 1);

/**
 * Runs the files of failed tests once more, each alone: on a busy machine a test can fail because a process
 * was not scheduled in time. A test that fails again is a failure. A test that passes now is printed in the
 * summary by name, because a test that needs a second run is a fault to mend.
 *
 *   bun .ci/second-run.ts <report.xml> <output.txt> <second-run.json>
 *
 * The first two are the report and the output of the first run. Nothing runs again if more than a few files
 * failed, which is no accident, or if something failed that is no test, such as an error between two tests.
 * Exits with 0 if every failed test passed now, else with 1.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { failedTests, isComplete, junitCounts } from "./junit.ts";

const ROOT = join(import.meta.dir, "..");
const MAX_FILES = 3;

const [report = "", output = "", recoveredFile = ""] = process.argv.slice(2);
const xml = readFileSync(report, "utf8");
const failed = failedTests(xml);
const files = [...new Set(failed.map(({ file }) => file))];
// A crash leaves failures that belong to no test.
const areAllNamed = failed.length > 0 && failed.length === junitCounts(xml).failed;
if (!areAllNamed || !isComplete(xml, readFileSync(output, "utf8")) || files.length > MAX_FILES)
  process.exit(1);

const passed = files.filter((file) => {
  console.log(`\n== Second run, alone: ${file}`);
  const command = [process.execPath, "test", "--timeout=120000", file];
  return Bun.spawnSync(command, { cwd: ROOT, stdout: "inherit", stderr: "inherit" }).exitCode === 0;
});
const recovered = failed.filter(({ file }) => passed.includes(file));
await Bun.write(recoveredFile, JSON.stringify(recovered));
process.exit(recovered.length === failed.length ? 0 : 1);

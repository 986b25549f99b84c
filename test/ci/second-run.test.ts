/** Which failed tests CI runs again: never those of a run in which something else failed too. */
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isComplete } from "../../.ci/junit.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROOT = join(import.meta.dir, "../..");
const folder = temporaryFolder("second-run");

/** Files of tests. Some count in a file how often they ran. */
const FILES = {
  recovers: `const again = existsSync(ran); writeFileSync(ran, ""); test("t", () => expect(again).toBe(true));`,
  fails: `test("t", () => expect(1).toBe(2));`,
  passes: `test("t", () => {});`,
  between: `test("t", () => {}); Promise.reject(new Error("between tests"));`,
  load: `throw new Error("while it is loaded");`,
  hook: `afterAll(() => { throw new Error("in a hook"); }); test("t", () => {});`,
};

/** Runs files as CI does. Returns exit codes of both runs, and the names of the files that recovered. */
function firstAndSecondRun(place: string, names: readonly (keyof typeof FILES)[], more: readonly string[]) {
  mkdirSync(place, { recursive: true });
  const files = names.map((name) => {
    const file = join(place, `${name}.test.ts`);
    const head = `import { afterAll, expect, test } from "bun:test";
      import { existsSync, writeFileSync } from "node:fs";
      const ran = ${JSON.stringify(join(place, `${name}.ran`))};`;
    writeFileSync(file, `${head}\n${FILES[name]}\n`);
    return file;
  });
  const [report = "", output = "", recovered = ""] = ["tests.xml", "output.txt", "second-run.json"].map(
    (name) => join(place, name),
  );
  const run = (...argv: string[]) =>
    Bun.spawnSync([process.execPath, ...argv], { cwd: ROOT, stdout: "pipe", stderr: "pipe" });
  const first = run("test", ...more, "--reporter=junit", `--reporter-outfile=${report}`, ...files);
  writeFileSync(output, `${first.stdout}${first.stderr}`);
  const second = run(".ci/second-run.ts", report, output, recovered);
  const list = second.exitCode === 0 ? JSON.parse(readFileSync(recovered, "utf8")) : [];
  const paths = list.map(({ file }: { file: string }) => file.replace(/^.*\/|\.test\.ts$/g, ""));
  return { first: first.exitCode, second: second.exitCode, recovered: paths };
}

test.each([
  ["a test that fails once", ["recovers", "passes"], 0],
  ["a test that fails again", ["recovers", "fails"], 1],
  ["an error between tests too", ["recovers", "between"], 1],
  ["an error while another file is loaded", ["recovers", "load"], 1],
  ["only an error while a file is loaded", ["load"], 1],
  ["a hook that fails too", ["recovers", "hook"], 1],
] as const)("after %s", (what, names, second) => {
  for (const more of [[], ["--parallel=2"]]) {
    const place = join(folder, `${what} ${more.join("")}`.replaceAll(" ", "-"));
    const recovered = second === 0 ? ["recovers"] : [];
    expect(firstAndSecondRun(place, names, more)).toEqual({ first: 1, second, recovered });
  }
});

test("a report is complete if the output has as many failures, and no error", () => {
  const xml = '<testsuites name="bun test" tests="3" failures="1" skipped="0">';
  const output = (...counts: string[]) => `(fail) t\n\n${counts.map((line) => ` ${line}\n`).join("")}`;
  const end = "Ran 3 tests across 1 file. [1.00s]\n";
  expect(isComplete(xml, output("2 pass", "1 fail", "4 expect() calls") + end)).toBe(true);
  expect(isComplete(xml, output("2 pass", "\u001b[31m1 fail\u001b[0m") + end)).toBe(true);
  expect(isComplete(xml, output("2 pass", "2 fail") + end)).toBe(false);
  expect(isComplete(xml, output("2 pass", "1 fail", "1 error") + end)).toBe(false);
  expect(isComplete(xml, output("2 pass", "1 fail", "2 errors") + end)).toBe(false);
  expect(isComplete(xml, output("2 pass", "1 fail"))).toBe(false);
  expect(isComplete(xml, "")).toBe(false);
});

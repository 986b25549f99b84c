/** Runs the programs in docs/env.md. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../../..");
const page = readFileSync(join(ROOT, "docs/env.md"), "utf8");
const programs = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, text]) => text!);

test("docs/env.md has programs", () => expect(programs.length).toBeGreaterThan(1));

test.each(programs.map((program, i) => [i + 1, program] as const))("program %d", (_, program) => {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, "-e", program], {
    cwd: ROOT,
    stdin: "ignore",
  });
  expect([stderr.toString(), exitCode]).toEqual(["", 0]);
});

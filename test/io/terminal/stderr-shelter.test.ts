import { expect, test } from "bun:test";
import { join } from "node:path";

const MODULE = join(import.meta.dir, "../../../src/io/terminal/stderr-shelter.ts");
/** Writes like a library, bypassing the runtime's own stream. */
const SAY = 'const say = (text) => require("node:fs").writeSync(2, text);';

async function runScript(script: string) {
  const source = `import { StderrShelter } from ${JSON.stringify(MODULE)}; ${SAY} ${script}`;
  const child = Bun.spawn(["bun", "-e", source], { stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { stdout, stderr };
}

test.skipIf(process.platform === "win32")(
  "output is shown afterwards, except what is discarded",
  async () => {
    const { stdout, stderr } = await runScript(`
    const shelter = new StderrShelter();
    say("before ");
    shelter.begin(true);
    say("noise ");
    shelter.discard();
    say("kept ");
    console.log("out");
    shelter.endAndShow();
    say("after");
    shelter.end();
  `);
    expect(stderr).toBe("before kept after");
    expect(stdout).toBe("out\n");
  },
);

test("does not redirect standard error that is not a terminal", async () => {
  const { stderr } = await runScript(
    'const s = new StderrShelter(); s.begin(); say("at once"); s.discard(); s.endAndShow();',
  );
  expect(stderr).toBe("at once");
});

import { expect, test } from "bun:test";
import { runTold } from "../../src/cli/told-run.mjs";

/** Runs a script with this Bun; returns what went wrong and how often the time was told. */
async function told(script: string): Promise<[problem: string | undefined, times: number]> {
  let times = 0;
  const tell = (): void => void times++;
  const problem = await runTold(process.execPath, ["-e", script], { stdio: "ignore" }, tell, 10);
  return [problem, times];
}

test("a program that takes long is reported on, and no longer when it has ended", async () => {
  const [problem, times] = await told("await Bun.sleep(200)");
  expect(problem).toBeUndefined();
  expect(times).toBeGreaterThan(0);
});

test("a program that fails, and one that does not exist", async () => {
  expect((await told("process.exit(3)"))[0]).toBe("it ended with 3, see above");
  expect(await runTold("no-such-program-of-emu", [], { stdio: "ignore" }, () => {})).toMatch(
    /ENOENT|not found/,
  );
});

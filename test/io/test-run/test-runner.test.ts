import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../../src/emu/input-error.ts";
import { runProjectTests, watchProjectTests } from "../../../src/io/test-run/test-runner.ts";
import { emu } from "../../support/cli.ts";

const root = mkdtempSync(join(tmpdir(), "emu-test-run-"));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
function project(): { cwd: string; runs: () => number; log: string } {
  const cwd = join(root, `project${++count}`);
  mkdirSync(join(cwd, "build"), { recursive: true });
  writeFileSync(join(cwd, "build/game.nes"), "1");
  writeFileSync(join(cwd, "main.s"), "1");
  const log = join(cwd, "log");
  writeFileSync(log, "");
  return { cwd, log, runs: () => readFileSync(log, "utf8").split("\n").length - 1 };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await Bun.sleep(10);
}

test("tests run again when the ROM, its debug information, a source or a test has changed", async () => {
  const { cwd, log, runs } = project();
  const said: string[] = [];
  const stop = new AbortController();
  const command = ["sh", "-c", `echo run >> ${log}`];
  const watching = watchProjectTests({ cwd, command, say: (text) => said.push(text) }, stop.signal);
  const changes = ["build/game.nes", "build/game.dbg", "main.s", "tests/a.test.ts", "new/deep/b.test.ts"];
  for (const [index, name] of changes.entries()) {
    await until(() => said.length === 2 * index + 1);
    expect(said.at(-1)).toBe("the tests have passed; watching for changes");
    mkdirSync(join(cwd, name, ".."), { recursive: true });
    writeFileSync(join(cwd, "notes.txt"), name);
    writeFileSync(join(cwd, name), `changed ${index}`);
    await until(() => runs() === index + 2);
  }
  stop.abort();
  await watching;
  expect(said.filter((text) => text.startsWith("changed"))).toEqual(
    changes.map((name) => `changed: ${name}`),
  );
});

test("a run that has not ended is ended by the next change", async () => {
  const { cwd, log, runs } = project();
  const stop = new AbortController();
  const command = ["sh", "-c", `echo run >> ${log}; exec sleep 1000`];
  const watching = watchProjectTests({ cwd, command, say: () => {} }, stop.signal);
  await until(() => runs() === 1);
  writeFileSync(join(cwd, "main.s"), "a change");
  await until(() => runs() === 2);
  stop.abort();
  await watching;
});

test("--build runs first; what it writes does not run the tests again, and a failed build no tests", async () => {
  const { cwd, log, runs } = project();
  const said: string[] = [];
  const stop = new AbortController();
  const build = ["sh", "-c", "date +%N > build/game.nes; grep -q good main.s"];
  writeFileSync(join(cwd, "main.s"), "good");
  const command = ["sh", "-c", `echo run >> ${log}`];
  const options = { cwd, command, build, say: (text: string) => void said.push(text) };
  const watching = watchProjectTests(options, stop.signal);
  await until(() => said.length === 1);
  writeFileSync(join(cwd, "main.s"), "bad source");
  await until(() => said.length === 3);
  stop.abort();
  await watching;
  expect(runs()).toBe(1);
  expect(said.slice(1)).toEqual([
    "changed: main.s",
    "the build has failed with code 1; watching for changes",
  ]);
});

test("without watching, only a failed build is told: the tests print their own verdict", async () => {
  for (const [build, command, code, said] of [
    ["true", "false", 1, []],
    ["false", "true", 1, ["the build has failed with code 1"]],
    ["true", "true", 0, []],
  ] as const) {
    const texts: string[] = [];
    const options = {
      cwd: root,
      build: [build],
      command: [command],
      say: (text: string) => void texts.push(text),
    };
    expect(await runProjectTests(options, new AbortController().signal)).toBe(code);
    expect(texts).toEqual([...said]);
  }
});

test("a program that does not exist is an error", async () => {
  const options = { cwd: root, command: ["no-such-program-at-all"], say: () => {} };
  const failed = runProjectTests(options, new AbortController().signal);
  await expect(failed).rejects.toThrow(InputError);
});

test.each(["text without #!", "\x7fELF"])("a file that is no program is an error: %p", async (contents) => {
  const program = join(root, "no-program");
  writeFileSync(program, contents, { mode: 0o755 });
  const options = { cwd: root, command: [program], say: () => {} };
  const failed = runProjectTests(options, new AbortController().signal);
  await expect(failed).rejects.toThrow(/cannot be started: it is no program of this system/);
});

test("emu test runs the tests of the folder and passes their verdict on", () => {
  const { cwd } = project();
  writeFileSync(
    join(cwd, "one.test.ts"),
    'import { expect, test } from "bun:test"; test("one", () => expect(1).toBe(1));',
  );
  writeFileSync(
    join(cwd, "two.test.ts"),
    'import { expect, test } from "bun:test"; test("two", () => expect(1).toBe(2));',
  );
  const codes = [["one"], ["two"], ["--run", "sh -c 'exit 0'"], ["--run", "'sh"]].map(
    (argv) => emu(["test", ...argv], { cwd }).exitCode,
  );
  expect(codes).toEqual([0, 1, 0, 2]);
});

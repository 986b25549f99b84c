/** The Python package, where Python and numpy are installed. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { InputError } from "../../src/emu/input-error.ts";
import { makeEnv } from "../../src/io/env/index.ts";

const ROOT = join(import.meta.dir, "../..");
const command = [process.execPath, join(ROOT, "src/cli/main.ts")];
// The tests start the emu of this checkout with the Bun that runs this test.
const env = {
  ...process.env,
  PYTHONPATH: join(ROOT, "python"),
  PYTHONDONTWRITEBYTECODE: "1",
  EMU_COMMAND: command.map((part) => `'${part}'`).join(" "),
};
const python = (...argv: string[]) =>
  Bun.spawnSync(["python3", ...argv], { cwd: ROOT, env, stdin: "ignore" });
/** They start dozens of processes: 40 s without other work. */
const ALL_TESTS_MS = 400_000;
const isInstalled = Bun.which("python3") !== null && python("-c", "import numpy").exitCode === 0;

test.skipIf(!isInstalled)(
  "the tests of the Python package pass",
  () => {
    const { exitCode, stderr } = python("-m", "unittest", "discover", "python/tests");
    const output = stderr.toString();
    if (exitCode !== 0) throw new Error(output);
    expect(Number(/Ran (\d+) tests/.exec(output)?.[1])).toBeGreaterThan(10);
  },
  ALL_TESTS_MS,
);

test.skipIf(!isInstalled)("Python and TypeScript see the same trajectory", async () => {
  const options = {
    observation: { format: "rgb", width: 40, height: 30 },
    actions: ["", "a", "b"],
    sticky: 0.25,
    noops: 20,
    starts: [{ movie: join(ROOT, "docs/swingby-input.json"), frames: 200 }, "power"],
    reward: "delta(frame) + [$0030]",
  } as const;
  const rom = join(ROOT, "roms/swingby.nes");
  const here = await makeEnv(rom, options);
  const crc = (bytes: Uint8Array): number => Bun.hash.crc32(bytes);
  const seen: number[] = [crc(here.reset({ seed: 2 ** 40 + 7 }).observation)];
  for (let step = 0; step < 25; step++) {
    const { observation, reward } = here.step(step % 3);
    seen.push(crc(observation), reward);
  }
  const program = `
import json, sys, zlib, emuterm
rom, options = json.loads(sys.argv[1])
env = emuterm.Env(rom, **options)
seen = [zlib.crc32(env.reset(seed=2**40 + 7)[0].tobytes())]
for step in range(25):
    observation, reward, *_ = env.step(step % 3)
    seen += [zlib.crc32(observation.tobytes()), reward]
print(json.dumps(seen))
env.close()`;
  const { stdout, stderr, exitCode } = python("-c", program, JSON.stringify([rom, options]));
  expect([stderr.toString(), exitCode]).toEqual(["", 0]);
  expect(JSON.parse(stdout.toString())).toEqual(seen);
});

test.skipIf(!isInstalled)("Python has every option of TypeScript", async () => {
  const rom = join(ROOT, "roms/swingby.nes");
  const error = await makeEnv(rom, { none: 1 } as object).catch((thrown: InputError) => thrown);
  const known = (error as InputError).remedy.replace("one of ", "").split(", ");
  const program = "import json, emuterm.options as o; print(json.dumps([*o.NAMES.values()]))";
  const names = JSON.parse(python("-c", program).stdout.toString()) as string[];
  // The buffer of observations is the shared memory.
  expect(names.toSorted()).toEqual(known.filter((name) => name !== "buffer").toSorted());
});

test.skipIf(!isInstalled)("the program in docs/env.md runs", () => {
  const [, program] = /```python\n(.*?)```/s.exec(readFileSync(join(ROOT, "docs/env.md"), "utf8")) ?? [];
  const { stderr, exitCode } = python("-c", program!);
  expect([stderr.toString(), exitCode]).toEqual(["", 0]);
});

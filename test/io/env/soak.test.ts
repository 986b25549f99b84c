/** A random agent that plays for a long time: 10,000,000 steps in soak. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { soakSize } from "../../support/soak.ts";

const ROOT = join(import.meta.dir, "../../..");
const STEPS = soakSize(1_600, 10_000_000);
const COUNT = 8;
/** A process may grow by this much after its first tenth: the compiler and the collector take some. */
const MAX_GROWTH_MIB = 48;

/** Plays at random on some threads; prints a hash of everything that it saw, and how its memory has grown. */
const PROGRAM = `
import { makeVectorEnv } from "${join(ROOT, "src/io/env/index.ts")}";
import { readFileSync } from "node:fs";
const [steps, count, workers] = process.argv.slice(-3).map(Number);
const envs = await makeVectorEnv("${join(ROOT, "roms/swingby.nes")}", {
  count, workers, frameSkip: 1, sticky: 0.25, noops: 20, maxSteps: 500,
  observation: { format: "gray", width: 21, height: 20 },
  actions: ["", "a", "b", "left", "right", "start"],
  starts: [{ movie: "${join(ROOT, "docs/swingby-input.json")}", frames: 200 }, "power"],
  reward: "delta(digits($0304, 6))", end: "[$0300] == 2", info: { lives: "[$030A]" },
});
const rss = () => Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) / 1024;
let { observations, rewards, terminated, truncated } = envs.reset({ seed: 1 });
let [state, hash, early] = [1, 0, 0];
const actions = new Uint32Array(count);
for (let step = 0; step < steps / count; step++) {
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    actions[i] = (state >>> 16) % 6;
  }
  const result = envs.step(actions);
  for (const seen of [observations, new Uint8Array(rewards.buffer, rewards.byteOffset, rewards.byteLength), terminated, truncated])
    hash = Bun.hash.crc32(seen, hash);
  if (step === Math.floor(steps / count / 10)) { Bun.gc(true); early = rss(); }
}
Bun.gc(true);
console.log(JSON.stringify({ hash, growthMib: rss() - early }));
envs.close();
process.exit(0);`;

/** The same from Python. */
const PYTHON = `
import json, sys, zlib, emuterm
steps, count, workers = map(int, sys.argv[-3:])
def rss():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]) / 1024
with emuterm.VectorEnv("${join(ROOT, "roms/swingby.nes")}", count, workers=workers, frame_skip=1, sticky=0.25, noops=20,
        max_steps=500, observation={"format": "gray", "width": 21, "height": 20},
        actions=["", "a", "b", "left", "right", "start"],
        starts=[{"movie": "${join(ROOT, "docs/swingby-input.json")}", "frames": 200}, "power"],
        reward="delta(digits($0304, 6))", end="[$0300] == 2", info={"lives": "[$030A]"}) as envs:
    envs.reset(seed=1)
    state, crc, early = 1, 0, 0
    for step in range(steps // count):
        actions = []
        for _ in range(count):
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
            actions.append((state >> 16) % 6)
        observations, rewards, terminated, truncated, _ = envs.step(actions)
        for seen in (observations, rewards, terminated, truncated):
            crc = zlib.crc32(seen.tobytes(), crc)
        if step == steps // count // 10:
            early = rss()
    print(json.dumps({"hash": crc, "growthMib": rss() - early}))`;

const hasNumpy =
  Bun.which("python3") !== null && Bun.spawnSync(["python3", "-c", "import numpy"]).exitCode === 0;
const RUNS: readonly (readonly string[])[] = [
  [process.execPath, "-e", PROGRAM, String(STEPS), String(COUNT), "2"],
  [process.execPath, "-e", PROGRAM, String(STEPS), String(COUNT), "0"],
  ...(hasNumpy ? [["python3", "-c", PYTHON, String(STEPS), String(COUNT), "2"]] : []),
];
const env = {
  ...process.env,
  PYTHONPATH: join(ROOT, "python"),
  PYTHONDONTWRITEBYTECODE: "1",
  EMU_COMMAND: `'${process.execPath}' '${join(ROOT, "src/cli/main.ts")}'`,
};

const title = `${STEPS} random steps are the same in another process and from Python, and memory stays flat`;
test(title, async () => {
  const results = await Promise.all(
    RUNS.map(async (argv) => {
      const child = Bun.spawn([...argv], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
      const [text, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      expect([errors, await child.exited]).toEqual(["", 0]);
      return JSON.parse(text) as { hash: number; growthMib: number };
    }),
  );
  console.log(results);
  expect(new Set(results.map(({ hash }) => hash)).size).toBe(1);
  // A short run measures the compiler, not the environments.
  const growth = Math.max(...results.map(({ growthMib }) => growthMib));
  if (STEPS > 100_000) expect(growth).toBeLessThan(MAX_GROWTH_MIB);
}, 36_000_000);

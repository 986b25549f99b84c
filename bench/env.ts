/**
 * Environments: steps per second beside a bare loop over the same machine, pictures, and 1,000 machines.
 *
 *   bun bench/env.ts [game.nes …]     the built-in game by default
 *
 * All kinds run in turn in each round, and the medians are compared, so that a busy computer slows all of
 * them.
 */
import { join } from "node:path";
import { PixelConverter } from "../src/io/capture/pixel-converter.ts";
import { pixelLayout } from "../src/io/capture/pixel-layout.ts";
import { makeEnv, makeVectorEnv } from "../src/io/env/index.ts";
import { loadRom } from "../src/io/files/rom-file.ts";
import { screenPalette } from "../src/io/library/index.ts";
import { createHeadless } from "../src/io/shared/headless.ts";

const ROOT = join(import.meta.dir, "..");
const ROUNDS = 5;
const STEPS = 400;
const FRAME_SKIP = 4;
const COUNT = 16;
const WORKERS = 2;
const MACHINES = 1000;
const OBSERVATION = { format: "gray", width: 84, height: 84 } as const;
const START = { frames: 300 };

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Steps per second of a function that takes `steps` steps. */
function rate(run: () => void, steps: number): number {
  const begin = performance.now();
  run();
  return (1000 * steps) / (performance.now() - begin);
}

async function steps(rom: string): Promise<void> {
  const { image } = await loadRom(rom);
  const nes = createHeadless(image);
  const pixels = new Uint16Array(nes.geometry.width * nes.geometry.height);
  for (let frame = 0; frame < START.frames; frame++) nes.runFrame(pixels);
  const options = { observation: OBSERVATION, actions: ["", "a"], starts: [START], reward: "delta([$0010])" };
  const env = await makeEnv(rom, options);
  const vector = await makeVectorEnv(rom, { ...options, count: COUNT, workers: WORKERS });
  env.reset({ seed: 1 });
  vector.reset({ seed: 1 });
  const actions = new Uint32Array(COUNT);
  const kinds: Readonly<Record<string, () => number>> = {
    "bare loop: 3 frames undrawn, 1 drawn": () =>
      rate(() => {
        for (let step = 0; step < STEPS; step++) {
          for (let frame = 1; frame < FRAME_SKIP; frame++) nes.runFrame();
          nes.runFrame(pixels);
        }
      }, STEPS),
    makeEnv: () =>
      rate(() => {
        for (let step = 0; step < STEPS; step++) env.step(step & 1);
      }, STEPS),
    [`makeVectorEnv, ${COUNT} on ${WORKERS} threads`]: () =>
      rate(() => {
        for (let step = 0; step < STEPS / COUNT; step++) vector.step(actions);
      }, STEPS),
    "Python's VectorEnv, the same": () => python(rom),
  };
  const results = new Map(Object.keys(kinds).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, run] of Object.entries(kinds)) {
      const result = run();
      if (round > 0) results.get(name)!.push(result);
    }
  vector.close();
  const bare = median([...results.values()][0]!);
  console.log(`\n${rom}: 84 × 84 grey, ${FRAME_SKIP} frames a step, steps per second`);
  for (const [name, values] of results)
    console.log(
      `  ${name.padEnd(42)} ${median(values).toFixed(0).padStart(6)}  × ${(median(values) / bare).toFixed(2)}`,
    );
}

/** Steps per second from Python; NaN without numpy. */
function python(rom: string): number {
  const program = `
import sys, time, emuterm, numpy as np
envs = emuterm.VectorEnv(sys.argv[1], ${COUNT}, workers=${WORKERS}, actions=["", "a"], starts=[{"frames": ${START.frames}}],
    observation={"format": "gray", "width": 84, "height": 84}, reward="delta([$0010])")
envs.reset(seed=1)
actions = np.zeros(${COUNT}, int)
def run():
    begin = time.perf_counter()
    for _ in range(${STEPS / COUNT}): envs.step(actions)
    return ${STEPS} / (time.perf_counter() - begin)
run()
print(run())
envs.close()`;
  const env = {
    ...process.env,
    PYTHONPATH: join(ROOT, "python"),
    EMU_COMMAND: `'${process.execPath}' '${join(ROOT, "src/cli/main.ts")}'`,
  };
  const { stdout } = Bun.spawnSync(["python3", "-c", program, rom], { env, stdin: "ignore" });
  return Number.parseFloat(stdout.toString());
}

async function pictures(rom: string): Promise<void> {
  const nes = createHeadless((await loadRom(rom)).image);
  const frame = new Uint16Array(nes.geometry.width * nes.geometry.height);
  for (let count = 0; count < START.frames; count++) nes.runFrame(frame);
  console.log("\npictures, µs each");
  for (const [name, options] of [
    ["RGB of a whole frame", { format: "rgb" }],
    ["grey of a whole frame", { format: "gray" }],
    ["84 × 84 grey", OBSERVATION],
    ["84 × 84 RGB", { ...OBSERVATION, format: "rgb" }],
  ] as const) {
    const converter = new PixelConverter(
      screenPalette(),
      pixelLayout(options, { width: 256, height: 240 }),
      256,
    );
    const into = new Uint8Array(converter.bytes);
    const times = Array.from(
      { length: 40 },
      () =>
        1e6 /
        rate(() => {
          for (let i = 0; i < 50; i++) converter.convert(frame, into);
        }, 50),
    );
    console.log(
      `  ${name.padEnd(42)} ${median(times).toFixed(1).padStart(6)}  best ${Math.min(...times).toFixed(1)}`,
    );
  }
}

async function machines(rom: string): Promise<void> {
  Bun.gc(true);
  const before = process.memoryUsage().rss;
  const begin = performance.now();
  const vector = await makeVectorEnv(rom, {
    count: MACHINES,
    workers: 0,
    observation: OBSERVATION,
    actions: ["", "a"],
  });
  const seconds = (performance.now() - begin) / 1000;
  vector.reset({ seed: 1 });
  const mib = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(
    `\n${MACHINES} machines: started in ${seconds.toFixed(2)} s, ${mib.toFixed(0)} MiB after a reset`,
  );
  vector.close();
}

const roms = process.argv.slice(2);
if (roms.length === 0) roms.push(join(ROOT, "roms/swingby.nes"));
for (const rom of roms) await steps(rom);
await pictures(roms[0]!);
await machines(roms[0]!);
process.exit(0);

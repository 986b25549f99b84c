import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  type EnvOptions,
  makeEnv,
  makeVectorEnv,
  type VectorEnv,
  type VectorEnvOptions,
} from "../../../src/io/env/index.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { LIBRARY_ROM } from "../../support/library-game.ts";

const ROOT = join(import.meta.dir, "../../..");
const SWINGBY = join(ROOT, "roms/swingby.nes");
const A_COUNT = "[$21]";

const open: VectorEnv[] = [];
afterEach(() => {
  for (const vector of open.splice(0)) vector.close();
});

async function vectorOf(rom: string | Uint8Array, options: VectorEnvOptions): Promise<VectorEnv> {
  const vector = await makeVectorEnv(rom, options);
  open.push(vector);
  return vector;
}

const SWINGBY_OPTIONS = {
  observation: { format: "gray", width: 21, height: 20, stack: 2 },
  actions: ["", "a", "b"],
  sticky: 0.25,
  noops: 5,
  starts: [{ movie: join(ROOT, "docs/swingby-input.json"), frames: 200 }, "power"],
  reward: "delta(digits($0304, 6))",
  end: "[$0300] == 2",
  info: { comets: "[$030A]" },
} satisfies EnvOptions;

/** A game of presses: an episode ends at the fourth. */
const PRESSES = {
  observation: { format: "ram", from: 0x20, bytes: 2 },
  actions: ["", "a"],
  frameSkip: 1,
  reward: `delta(${A_COUNT})`,
  end: `${A_COUNT} == 4`,
  // The program waits two frames before it reads the controller.
  starts: [{ frames: 10 }],
  info: { presses: A_COUNT },
  maxSteps: 6,
} satisfies EnvOptions;

describe("a vector of environments", () => {
  test.each([0, 1, 2, 5])("%d threads: each is as one of makeEnv with its seed", async (workers) => {
    const vector = await vectorOf(SWINGBY, { ...SWINGBY_OPTIONS, count: 5, workers });
    const alone = await Promise.all(Array.from({ length: 5 }, () => makeEnv(SWINGBY, SWINGBY_OPTIONS)));
    const bytes = vector.shape.reduce((product, length) => product * length, 1);
    const observationOf = (i: number) => vector.result.observations.subarray(i * bytes, (i + 1) * bytes);
    vector.reset({ seed: 40 });
    for (const [i, env] of alone.entries()) {
      expect(Buffer.compare(env.reset({ seed: 40 + i }).observation, observationOf(i))).toBe(0);
    }
    for (let step = 0; step < 12; step++) {
      const actions = alone.map((_, i) => (step + i) % 3);
      const { rewards, info } = vector.step(actions);
      for (const [i, env] of alone.entries()) {
        const one = env.step(actions[i]!);
        expect(Buffer.compare(one.observation, observationOf(i))).toBe(0);
        const values = { reward: rewards[i]!, frame: info.frame![i]!, comets: info.comets![i]! };
        expect(values).toEqual({ reward: one.reward, frame: one.info.frame!, comets: one.info.comets! });
      }
    }
  });

  test('"next-step" resets an ended episode in its next step', async () => {
    const vector = await vectorOf(LIBRARY_ROM, { ...PRESSES, count: 2, workers: 1 });
    vector.reset({ seed: 1 });
    const seen = Array.from({ length: 8 }, () => {
      const { rewards, terminated, truncated, observations } = vector.step([1, 0]);
      return [...rewards, ...terminated, ...truncated, observations[1]];
    });
    expect(seen).toEqual([
      [1, 0, 0, 0, 0, 0, 1],
      [1, 0, 0, 0, 0, 0, 2],
      [1, 0, 0, 0, 0, 0, 3],
      [1, 0, 1, 0, 0, 0, 4],
      [0, 0, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 1, 1],
      [1, 0, 0, 0, 0, 0, 2],
      [1, 0, 0, 0, 0, 0, 3],
    ]);
  });

  test('"same-step" resets it at once and keeps its last observation', async () => {
    const vector = await vectorOf(LIBRARY_ROM, { ...PRESSES, count: 2, workers: 2, autoreset: "same-step" });
    vector.reset({ seed: 1 });
    for (let step = 0; step < 3; step++) expect([...vector.step([1, 0]).hasFinal]).toEqual([0, 0]);
    const ended = vector.step([1, 0]);
    expect([...ended.terminated, ...ended.hasFinal]).toEqual([1, 0, 1, 0]);
    expect([ended.finalObservations[1], ended.observations[1]]).toEqual([4, 0]);
    expect([ended.finalInfo.presses![0], ended.info.presses![0]]).toEqual([4, 0]);
    expect([...vector.step([1, 0]).terminated, ...vector.result.rewards]).toEqual([0, 0, 1, 0]);
  });

  test('"off" leaves it to the caller, for each environment', async () => {
    const vector = await vectorOf(LIBRARY_ROM, { ...PRESSES, count: 3, workers: 2, autoreset: "off" });
    expect(inputErrorOf(() => vector.step([0, 0, 0])).message).toContain("environment 0 must be reset");
    vector.reset({ seed: 1 });
    for (let step = 0; step < 4; step++) vector.step([0, 1, 0]);
    const frames = [...vector.result.info.frame!];
    expect(inputErrorOf(() => vector.step([0, 0, 0])).message).toContain("environment 1 must be reset");
    expect([...vector.result.info.frame!]).toEqual(frames);
    vector.reset({ mask: [0, 1, 0] });
    expect([...vector.result.info.frame!]).toEqual([frames[0]!, 11, frames[2]!]);
    vector.step([0, 0, 0]);
  });

  test("starts from a state, also of another vector", async () => {
    const one = await vectorOf(LIBRARY_ROM, { ...PRESSES, count: 3, workers: 2 });
    one.reset();
    one.step([1, 1, 0]);
    one.step([1, 0, 0]);
    const state = one.saveState(0);
    const other = await vectorOf(LIBRARY_ROM, { ...PRESSES, count: 2, workers: 1 });
    expect([...other.reset({ state }).info.presses!]).toEqual([2, 2]);
    expect(inputErrorOf(() => other.reset({ state: state.slice(1) })).kind).toBe("data");
    const damaged = state.slice();
    damaged[4]! ^= 0xff;
    expect(inputErrorOf(() => other.reset({ state: damaged })).message).toContain("of another game");
    expect([...other.step([1, 0]).info.presses!]).toEqual([3, 2]);
  });

  test.each([
    [{ count: 0 }, "count 0"],
    [{ count: 4097 }, "count 4097"],
    [{ count: 2, workers: 257 }, "workers 257"],
    [{ count: 2, workers: 1, reward: () => 0 }, "functions cannot be sent to other threads"],
    [{ count: 2, autoreset: "never" }, "unknown autoreset never"],
    [{ count: 2, seed: 1 }, "unknown option seed"],
    [{ count: 4096, observation: { width: 2048, height: 512 } }, "the observations would take"],
  ])("%j is rejected", async (options, message) => {
    expect((await inputErrorFrom(makeVectorEnv(LIBRARY_ROM, options as never))).message).toContain(message);
  });

  test("bad calls are rejected, and closing twice is not", async () => {
    const vector = await vectorOf(LIBRARY_ROM, { ...PRESSES, count: 2, workers: 1 });
    const calls: [() => unknown, string][] = [
      [() => vector.reset({ seed: [1] }), "there are 1 seeds"],
      [() => vector.reset({ seed: -1 }), "seed -1"],
      [() => vector.reset({ mask: [1] }), "the mask has 1 values"],
      [() => vector.step([0]), "there are 1 actions"],
      [() => vector.step([0, 7]), "action 7"],
      [() => vector.saveState(2), "index 2"],
    ];
    for (const [call, message] of calls) expect(inputErrorOf(call).message).toContain(message);
    vector.close();
    vector.close();
    expect(inputErrorOf(() => vector.reset()).message).toContain("have been closed");
  });

  test("functions run on the calling thread", async () => {
    const vector = await vectorOf(LIBRARY_ROM, {
      ...PRESSES,
      count: 2,
      workers: 0,
      reward: (game) => game.peek(0x21),
    });
    vector.reset();
    vector.step([1, 0]);
    expect([...vector.step([1, 0]).rewards]).toEqual([2, 0]);
  });

  test("a program that forgets to close it still ends", () => {
    const index = JSON.stringify(join(ROOT, "src/io/env/index.ts"));
    const program = `import { makeVectorEnv } from ${index};
      const vector = await makeVectorEnv(${JSON.stringify(SWINGBY)}, { count: 2, workers: 2 });
      vector.reset(); vector.step([0, 0]); console.log(vector.result.info.frame[1]);`;
    const { stdout, exitCode } = Bun.spawnSync([process.execPath, "-e", program], { stderr: "inherit" });
    expect([stdout.toString(), exitCode]).toEqual(["5\n", 0]);
  });
});

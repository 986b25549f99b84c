import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FarmOptions, runOnFarm } from "../../src/io/conform/farm/submit.ts";
import type { Graded } from "../../src/io/conform/grade.ts";
import type { TestSpec } from "../../src/io/conform/types.ts";
import { endingWithThis, type TestRedis } from "./redis.ts";
import { blarggStatus, TestProgram } from "./test-program.ts";

const ROOT = join(import.meta.dir, "../..");

/** The workers' process ids that have begun each test without a result, by index. */
export async function begunTests(redis: TestRedis): Promise<Map<number, number[]>> {
  const found = new Map<number, number[]>();
  const [key] = (await redis.send("KEYS", "emufarm:run:*:starts")) as string[];
  if (key === undefined) return found;
  const starts = (await redis.send("HGETALL", key)) as Record<string, string>;
  const results = new Set((await redis.send("HKEYS", key.replace(/starts$/, "results"))) as string[]);
  for (const [index, names] of Object.entries(starts)) {
    if (results.has(index)) continue;
    found.set(
      Number(index),
      names
        .trim()
        .split(" ")
        .map((name) => Number(name.split(":").at(-2))),
    );
  }
  return found;
}

/** The keys that fit a pattern and stay in Redis for ever. */
export async function keysWithoutExpiry(redis: TestRedis, pattern: string): Promise<string[]> {
  const found: string[] = [];
  for (const key of (await redis.send("KEYS", pattern)) as string[]) {
    // A key that has expired in the meantime has −2.
    if ((await redis.send("PTTL", key)) === -1) found.push(key);
  }
  return found;
}

/** Calls `condition` until it returns a value. */
export async function until<T>(condition: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await condition();
    if (value !== undefined) return value;
    await Bun.sleep(20);
  }
}

/** ROMs of tests that pass, fail, or never end, in a folder. */
export function farmRoms(folder: string) {
  const romFile = (name: string, program: TestProgram): string => {
    const path = join(folder, name);
    writeFileSync(path, program.toRom());
    return path;
  };
  const start = (): TestProgram => blarggStatus(new TestProgram().waitFrames(2), 0x80).waitFrames(3);
  const PASSING = romFile("pass.nes", blarggStatus(start(), 0, "ok").forever());
  const FAILING = romFile("fail.nes", blarggStatus(start(), 3, "no").forever());
  const ENDLESS = romFile("endless.nes", start().forever());
  const spec = (name: string, file = PASSING, more: Partial<TestSpec> = {}): TestSpec => ({
    rom: name,
    name,
    romFile: file,
    protocol: "blargg-6000",
    maxFrames: 100,
    ...more,
  });
  return { romFile, start, spec, PASSING, FAILING, ENDLESS };
}

export type WorkerMore = [url?: string, stderr?: "ignore" | "pipe", env?: Readonly<Record<string, string>>];

/** Starts a worker with its cache in `folder`. */
export function startFarmWorker(
  folder: string,
  redisUrl: string,
  lostAfter = 3,
  ...[url = redisUrl, stderr = "ignore", env = {}]: WorkerMore
): Bun.Subprocess {
  const argv = [process.execPath, "src/cli/main.ts", "worker", url, "--jobs", "1"];
  return Bun.spawn(endingWithThis([...argv, "--lost-after", String(lostAfter)]), {
    cwd: ROOT,
    env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), ...env },
    stderr,
    stdin: "ignore",
  });
}

/** The results of tests on a farm, and their names in the order in which they came. */
export async function submitTo(
  url: string,
  tests: readonly TestSpec[],
  more: Partial<FarmOptions> = {},
): Promise<{ readonly graded: Graded[]; readonly told: string[] }> {
  const told: string[] = [];
  const graded = await runOnFarm(tests, {
    url,
    pictures: true,
    repeat: 1,
    hangSeconds: 30,
    waitMs: 60_000,
    onResult: ({ result }) => told.push(result.rom),
    ...more,
  });
  return { graded, told };
}

export const verdictsOf = (graded: readonly Graded[]): string[] =>
  graded.map(({ result }) => `${result.rom} ${result.verdict}`);

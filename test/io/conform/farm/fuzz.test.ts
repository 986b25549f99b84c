/** A campaign of `emu fuzz` on a farm of real processes. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCampaign } from "../../../../src/cli/fuzz/campaign.ts";
import type { CampaignResult } from "../../../../src/io/campaign/types.ts";
import { PLANTED_CONDITION, plantedRom } from "../../../support/fuzz-game.ts";
import { endingWithThis, hasRedis, TestRedis } from "../../../support/redis.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const ROOT = join(import.meta.dir, "../../../..");
const folder = temporaryFolder("farm-fuzz");

const ROM = join(folder, "planted.nes");
writeFileSync(ROM, plantedRom("condition"));

function campaign(out: string, farm?: string): Promise<CampaignResult> {
  const options = {
    seeds: { from: 1, to: 8 },
    frames: 40,
    runs: 6,
    fail: [PLANTED_CONDITION],
    ignore: [],
    lag: 0,
    hang: 0,
    frozen: 0,
    buttons: ["a", "start"] as const,
    pads: 1,
    set: [],
    shrinkFrames: 8000,
    out: join(folder, out),
    jobs: 1,
    hangSeconds: 30,
    farmWait: 60,
    ...(farm === undefined ? {} : { farm }),
  };
  return runCampaign(ROM, options, new AbortController().signal);
}

function comparable({ milliseconds: _, failures, ...rest }: CampaignResult): unknown {
  return { ...rest, failures: failures.map(({ files: _files, ...failure }) => failure) };
}

const contents = (out: string): string[] =>
  readdirSync(join(folder, out))
    .filter((name) => !name.endsWith(".txt"))
    .sort()
    .map((name) => `${name} ${readFileSync(join(folder, out, name), "base64")}`);

function startWorker(url: string): Bun.Subprocess {
  const argv = [process.execPath, "src/cli/main.ts", "worker", url, "--jobs", "1", "--lost-after", "1"];
  return Bun.spawn(endingWithThis(argv), {
    cwd: ROOT,
    env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), TMPDIR: folder },
    stdin: "ignore",
    stderr: "ignore",
  });
}

/** Waits until a worker has begun a test. */
async function someTestBegun(redis: TestRedis): Promise<void> {
  for (;;) {
    const keys = (await redis.send("KEYS", "emufarm:run:*:starts")) as string[];
    if (keys.length > 0) return;
    await Bun.sleep(5);
  }
}

test.skipIf(!hasRedis)("a farm finds what one machine finds, even if a worker is killed", async () => {
  const local = await campaign("local");
  expect(local.failures.map(({ finding }) => finding.key)).toEqual(["condition-1"]);
  const redis = await new TestRedis().start();
  const workers = [startWorker(redis.url)];
  try {
    const running = campaign("farm", redis.url);
    await someTestBegun(redis);
    workers[0]!.kill("SIGKILL");
    workers.push(startWorker(redis.url));
    expect(comparable(await running)).toEqual(comparable(local));
    expect(contents("farm")).toEqual(contents("local"));
    expect(await redis.send("KEYS", "emufarm:run:*")).toEqual([]);
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
    await Promise.all(workers.map(({ exited }) => exited));
    await redis.stop();
  }
});

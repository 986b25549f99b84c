/** The farm when the network between its parts is cut and comes back. */
import { afterEach, describe, expect, test } from "bun:test";
import type { FarmOptions } from "../../../../src/io/conform/farm/submit.ts";
import type { TestSpec } from "../../../../src/io/conform/types.ts";
import {
  begunTests,
  farmRoms,
  startFarmWorker,
  submitTo,
  until,
  verdictsOf as verdicts,
} from "../../../support/farm.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { CuttableProxy, hasRedis, TestRedis } from "../../../support/redis.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const folder = temporaryFolder("farm-cut");
const { spec, ENDLESS } = farmRoms(folder);
let workers: Bun.Subprocess[] = [];
let redis: TestRedis;

function startWorker(lostAfter?: number, url = redis.url): Bun.Subprocess {
  const worker = startFarmWorker(folder, url, lostAfter);
  workers.push(worker);
  return worker;
}
const submit = (tests: readonly TestSpec[], more: Partial<FarmOptions> = {}) =>
  submitTo(redis.url, tests, more);
const begun = () => begunTests(redis);

afterEach(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await Promise.all(workers.map((worker) => worker.exited));
  workers = [];
  await redis?.stop();
});

describe.skipIf(!hasRedis)("a farm", () => {
  test("counts a test once that a worker finishes after it was cut off and came back", async () => {
    redis = await new TestRedis().start();
    const proxy = await new CuttableProxy(redis.url).start();
    try {
      const tests = Array.from({ length: 6 }, (_, i) => spec(`t${i}`, ENDLESS, { maxFrames: 1500 + i }));
      const cutOff = startWorker(2, proxy.url);
      const running = submit(tests);
      // Cut while Redis knows of a test that runs.
      const index = await until(async () => {
        proxy.cut();
        const [first] = (await begun()).keys();
        if (first === undefined) proxy.heal();
        return first;
      });
      startWorker(2);
      await until(async () => ((await begun()).get(index)?.length === 2 ? true : undefined));
      proxy.heal();
      const { graded, told } = await running;
      expect(verdicts(graded)).toEqual(tests.map(({ name }) => `${name} fail`));
      expect(told.toSorted()).toEqual(tests.map(({ name }) => name));
      expect(cutOff.exitCode).toBeNull();
    } finally {
      proxy.stop();
    }
  });

  test("goes on after Redis was cut off from workers and submitter for longer than --lost-after", async () => {
    redis = await new TestRedis().start();
    const proxy = await new CuttableProxy(redis.url).start();
    const locks = async () => ((await redis.send("KEYS", "emufarm:*:lock")) as string[]).length;
    try {
      const tests = Array.from({ length: 4 }, (_, i) => spec(`t${i}`, ENDLESS, { maxFrames: 1500 + i }));
      startWorker(1, proxy.url);
      const running = submit(tests, { url: proxy.url });
      await until(async () => ((await locks()) > 0 ? true : undefined));
      proxy.cut();
      await until(async () => ((await locks()) === 0 ? true : undefined));
      proxy.heal();
      const { graded, told } = await running;
      expect(verdicts(graded)).toEqual(tests.map(({ name }) => `${name} fail`));
      expect(told.toSorted()).toEqual(tests.map(({ name }) => name));
    } finally {
      proxy.stop();
    }
  });

  test("goes on when a submitter that was cut off comes back, or ends after --farm-wait", async () => {
    redis = await new TestRedis().start();
    const proxies = [
      await new CuttableProxy(redis.url, "a").start(),
      await new CuttableProxy(redis.url, "b").start(),
    ];
    const [short, long] = proxies.map(({ url }) => url);
    const count = async (pattern: string) => ((await redis.send("KEYS", pattern)) as string[]).length;
    try {
      const tests = Array.from({ length: 3 }, (_, i) => spec(`t${i}`));
      const waits = submit(tests, { url: short! });
      const ends = inputErrorFrom(submit([spec("other")], { url: long!, waitMs: 500 }));
      await until(async () => ((await count("emufarm:run:*:lease")) === 2 ? true : undefined));
      // All jobs of both are in their queues.
      await until(async () =>
        (await count("emufarm:conform-*:????????????????????????????????-*")) === 4 ? true : undefined,
      );
      for (const proxy of proxies) proxy.cut();
      startWorker();
      const ended = await ends;
      expect([ended.kind, ended.message]).toEqual(["unavailable", "no Redis answers at this address"]);
      await until(async () => ((await count("emufarm:run:*:results")) === 2 ? true : undefined));
      proxies[0]!.heal();
      const { graded, told } = await waits;
      expect(verdicts(graded)).toEqual(tests.map(({ name }) => `${name} pass`));
      expect(told.toSorted()).toEqual(tests.map(({ name }) => name));
    } finally {
      for (const proxy of proxies) proxy.stop();
    }
  });
});

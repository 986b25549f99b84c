/** The farm when values in Redis or answers of Redis are damaged, and a worker whose Redis is gone. */
import { afterEach, describe, expect, test } from "bun:test";
import { seal, unseal } from "../../../../src/io/conform/farm/seal.ts";
import { farmRoms, startFarmWorker, submitTo, until, verdictsOf } from "../../../support/farm.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { CuttableProxy, hasRedis, TestRedis } from "../../../support/redis.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const folder = temporaryFolder("farm-damage");
const { spec, ENDLESS } = farmRoms(folder);
let workers: Bun.Subprocess[] = [];
let redis: TestRedis;

function startWorker(lostAfter?: number): Bun.Subprocess {
  const worker = startFarmWorker(folder, redis.url, lostAfter);
  workers.push(worker);
  return worker;
}

const keys = async (pattern: string) => (await redis.send("KEYS", pattern)) as string[];
/** The key of the only job. */
const jobKeyInRedis = () => until(async () => (await keys("emufarm:conform-*:????????????????*-0"))[0]);

afterEach(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await Promise.all(workers.map((worker) => worker.exited));
  workers = [];
  await redis?.stop();
});

test("a sealed text is refused if a character of it, of its checksum or of its place differs", () => {
  const sealed = seal("run 1", "text");
  expect(unseal("run 1", sealed, "a text")).toBe("text");
  const wrong = [...sealed].map(
    (c, i) => `${sealed.slice(0, i)}${c === "x" ? "y" : "x"}${sealed.slice(i + 1)}`,
  );
  for (const one of [...wrong.filter((each) => each !== sealed), sealed.slice(0, -1), ""]) {
    expect(() => unseal("run 1", one, "a text")).toThrow("a text in Redis is damaged");
  }
  expect(() => unseal("run 2", sealed, "a text")).toThrow("a text in Redis is damaged");
});

describe.skipIf(!hasRedis)("a farm with damage", () => {
  test.each([
    ["data that is no JSON", "data", "{"],
    ["data of another shape", "data", "[]"],
    ["data with another checksum", "data", '{"sum":"0","job":{"tests":[]}}'],
    ["options that are no JSON", "opts", "{"],
  ])("sends a job again that has %s", async (_what, field, text) => {
    redis = await new TestRedis().start();
    const running = submitTo(redis.url, [spec("a")]);
    await redis.send("HSET", await jobKeyInRedis(), field, text);
    startWorker(1);
    expect(verdictsOf((await running).graded)).toEqual(["a pass"]);
  });

  test("gives up a test whose job has failed three times", async () => {
    redis = await new TestRedis().start();
    const running = submitTo(redis.url, [spec("a")]);
    for (let failures = 0; failures < 3; failures++) {
      await until(async () => (await keys("emufarm:conform-*:wait"))[0]);
      const key = await jobKeyInRedis();
      const queue = key.split(":").slice(0, -1).join(":");
      await redis.send("HSET", key, "failedReason", "a job in Redis is damaged");
      await redis.send("DEL", `${queue}:wait`);
      await redis.send("ZADD", `${queue}:failed`, "1", key.split(":").at(-1)!);
    }
    const { graded } = await running;
    expect(graded[0]?.result.detail).toBe("its job failed 3 times: a job in Redis is damaged");
  });

  test("makes a test an error whose result is damaged", async () => {
    redis = await new TestRedis().start();
    const running = submitTo(redis.url, [spec("a")]);
    const key = (await until(async () => (await keys("emufarm:run:*:lease"))[0])).replace(/lease$/, "");
    await redis.send("HSET", `${key}results`, "0", "damaged");
    await redis.send("RPUSH", `${key}done`, "0");
    const { graded } = await running;
    expect(graded[0]?.result.detail).toBe("the result of this test in Redis is damaged");
  });

  test.each([
    [
      "a changed byte in a result",
      (bytes: Buffer) => replaced(bytes, '"verdict":"pass"', '"verdict":"fail"'),
    ],
    ["a changed sign of an answer", (bytes: Buffer) => Buffer.concat([Buffer.from("?"), bytes.subarray(1)])],
    ["lost bytes", (bytes: Buffer) => (bytes.length < 40 ? undefined : bytes.subarray(20))],
  ])("gives all verdicts after %s", async (_what, damage) => {
    redis = await new TestRedis().start();
    const proxy = await new CuttableProxy(redis.url).start();
    try {
      const tests = Array.from({ length: 4 }, (_, i) => spec(`t${i}`));
      const running = submitTo(proxy.url, tests);
      await jobKeyInRedis();
      proxy.damage((bytes) => {
        const damaged = damage(bytes);
        if (damaged !== undefined) proxy.damage();
        return damaged ?? bytes;
      });
      startWorker();
      expect(verdictsOf((await running).graded)).toEqual(tests.map(({ name }) => `${name} pass`));
    } finally {
      proxy.stop();
    }
  });

  test("ends as unavailable if all answers are damaged", async () => {
    redis = await new TestRedis().start();
    const proxy = await new CuttableProxy(redis.url).start();
    try {
      const running = inputErrorFrom(submitTo(proxy.url, [spec("a")], { waitMs: 500 }));
      await jobKeyInRedis();
      proxy.damage((bytes) => Buffer.alloc(bytes.length, "?"));
      expect((await running).kind).toBe("unavailable");
    } finally {
      proxy.stop();
    }
  });

  test("lets an interrupted worker end whose Redis is gone", async () => {
    redis = await new TestRedis().start();
    const worker = startWorker();
    void submitTo(redis.url, [spec("a", ENDLESS, { maxFrames: 1000 })], { waitMs: 100 }).catch(() => {});
    await until(async () => (await keys("emufarm:run:*:starts"))[0]);
    await redis.kill();
    worker.kill("SIGINT");
    expect(await worker.exited).toBe(0);
  });
});

function replaced(bytes: Buffer, from: string, to: string): Buffer | undefined {
  const text = bytes.toString("latin1");
  return text.includes(from) ? Buffer.from(text.replace(from, to), "latin1") : undefined;
}

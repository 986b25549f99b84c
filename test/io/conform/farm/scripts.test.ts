/** How long the keys of a run stay in Redis, whatever workers do after its end. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { runKeys, WORKERS_KEY } from "../../../../src/io/conform/farm/keys.ts";
import { Lease } from "../../../../src/io/conform/farm/lease.ts";
import { FarmRedis, readCount, readNothing } from "../../../../src/io/conform/farm/redis.ts";
import {
  BEGIN,
  COUNT_FIELD,
  LEAVE,
  RENEW,
  SET_FIELDS,
  STEP,
  UNMARK,
} from "../../../../src/io/conform/farm/scripts.ts";
import { keysWithoutExpiry } from "../../../support/farm.ts";
import { hasRedis, TestRedis } from "../../../support/redis.ts";

const SUBMITTER_MS = 3000;
const LEASE_MS = 600_000;
const keys = runKeys("r");
const { lease, starts, results, done, moved, lost } = keys;
const all = Object.values(keys);

describe.skipIf(!hasRedis)("the keys of a run", () => {
  let redis: TestRedis;
  let farm: FarmRedis;
  const renew = (submitter: string) => farm.script(RENEW, all, [submitter, `${LEASE_MS}`], readNothing);
  const leave = (submitter: string) => farm.script(LEAVE, all, [submitter, `${SUBMITTER_MS}`], readCount);
  const begin = (...tests: string[]) =>
    farm.script(BEGIN, [lease, starts, WORKERS_KEY], ["w", "1000", ...tests], readNothing);
  const step = (...args: string[]) => farm.script(STEP, [lease, starts, results, done], args, readNothing);
  const setField = () => farm.script(SET_FIELDS, [lease, starts, moved], ["0", "id"], readCount);
  const countField = () => farm.script(COUNT_FIELD, [lease, starts, lost], ["0"], readCount);
  const left = async () => ((await redis.send("KEYS", "emufarm:run:*")) as string[]).toSorted();
  /** Everything that a worker may still do for a run. */
  const WORK: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["begins a job", () => begin("0", "1")],
    ["marks a test", () => step("w", "1")],
    ["stores a result", () => step("w", "", "0", "result")],
    ["stores a result and marks a test", () => step("w", "1", "0", "result")],
    ["takes back a mark", () => farm.script(UNMARK, [starts], ["w", "0"], readNothing)],
    ["gives tests back", setField],
    ["counts a lost file", countField],
  ];

  beforeAll(async () => {
    redis = await new TestRedis().start();
    farm = new FarmRedis(redis.url, 60_000);
  });
  beforeEach(() => redis.send("FLUSHALL"));
  afterAll(async () => {
    farm?.close();
    await redis?.stop();
  });

  test.each(WORK)("stay away after the run was removed when a worker %s", async (_what, work) => {
    await renew("s");
    await begin("0", "1");
    expect(await leave("s")).toBe(1);
    await work();
    expect(await left()).toEqual([]);
  });

  test.each(WORK)("expire with those of a killed submitter when a worker %s", async (_what, work) => {
    await renew("killed");
    await renew("s");
    await begin("0", "1");
    expect(await leave("s")).toBe(0);
    await work();
    for (const key of await left()) {
      expect(Number(await redis.send("PTTL", key))).toBeWithin(0, 2 * SUBMITTER_MS + 1);
    }
  });

  test.each(WORK)("never stay for ever when a worker %s", async (_what, work) => {
    await renew("s");
    await work();
    expect(await keysWithoutExpiry(redis, "emufarm:run:*")).toEqual([]);
  });

  test("get a result whose run is in Redis, though its lease has ended or Redis has lost the rest", async () => {
    await renew("s");
    await begin("0", "1");
    await redis.send("DEL", lease);
    await step("w", "1", "0", "first");
    await redis.send("FLUSHALL");
    await renew("s");
    await step("w", "", "1", "second");
    expect(await redis.send("HGETALL", results)).toEqual({ 1: "second" });
    expect(await redis.send("LRANGE", done, "0", "-1")).toEqual(["1"]);
  });

  test("set and count fields of a run that is there", async () => {
    await renew("s");
    expect([await setField(), await countField(), await countField()]).toEqual([1, 1, 2]);
    expect(await redis.send("HGETALL", moved)).toEqual({ 0: "id" });
  });
});

test("a lease that ends waits for a renewal that is repeated", async () => {
  const renewal = Promise.withResolvers<void>();
  const renewing = Promise.withResolvers<void>();
  const ran: string[] = [];
  const redis = {
    async script<T>(text: string, _keys: unknown, _args: unknown, read: (answer: unknown) => T): Promise<T> {
      if (text === RENEW && ran.includes("begun")) {
        renewing.resolve();
        await renewal.promise;
      }
      ran.push(text === LEAVE ? "left" : ran.length === 0 ? "begun" : "renewed");
      return read(1);
    },
  };
  const held = new Lease(redis, "r", LEASE_MS);
  await held.begin();
  await renewing.promise;
  const leaving = held.leave();
  await Bun.sleep(0);
  renewal.resolve();
  expect(await leaving).toBe(true);
  expect(ran).toEqual(["begun", "renewed", "left"]);
});

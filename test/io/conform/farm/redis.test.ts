import { describe, expect, test } from "bun:test";
import { runOnFarm } from "../../../../src/io/conform/farm/submit.ts";
import type { TestSpec } from "../../../../src/io/conform/types.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { hasRedis, TestRedis } from "../../../support/redis.ts";

const TEST: TestSpec = { rom: "a", name: "a", romFile: "a.nes", protocol: "blargg-6000", maxFrames: 1 };

describe("a Redis that cannot be used", () => {
  const errorOf = (url: string) =>
    inputErrorFrom(runOnFarm([TEST], { url, pictures: false, repeat: 1, hangSeconds: 30, waitMs: 100 }));

  test.each([
    ["http://farm.example", "usage", "is not the address of a Redis"],
    ["redis+unix:///nowhere/s", "unavailable", "Redis cannot be reached"],
    ["redis://:secret@127.0.0.1:1", "unavailable", "Redis cannot be reached"],
  ])("%s is an error", async (url, kind, message) => {
    const error = await errorOf(url);
    expect([error.kind, error.message] as string[]).toEqual([kind, message]);
    expect(error.where).not.toContain("secret");
  });

  test.each([
    ["-NOAUTH Authentication required.", "", "Redis wants a password"],
    ["-WRONGPASS invalid username-password pair", ":bad@", "Redis refuses the name or password"],
    ["-ERR AUTH <password> called without any password", ":bad@", "Redis refuses the name or password"],
    ["-READONLY You can't write against a read only replica.", "", "this Redis is a read-only replica"],
  ])("answers %s", async (line, login, message) => {
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (peer) => void peer.write(`${line}\r\n`) },
    });
    try {
      const error = await errorOf(`redis://${login}127.0.0.1:${server.port}`);
      expect([error.kind, error.message] as string[]).toEqual(["unavailable", message]);
      expect(error.where).not.toContain("bad");
    } finally {
      server.stop(true);
    }
  });

  test.skipIf(!hasRedis)("has no memory", async () => {
    const redis = await new TestRedis("--maxmemory", "1mb").start();
    try {
      const error = await errorOf(redis.url);
      expect([error.kind, error.message] as string[]).toEqual(["unavailable", "Redis is out of memory"]);
    } finally {
      await redis.stop();
    }
  });
});

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FarmRedis, readCount } from "../../../../src/io/conform/farm/redis.ts";
import { DamagedAnswer } from "../../../../src/io/conform/farm/redis-errors.ts";
import { runOnFarm } from "../../../../src/io/conform/farm/submit.ts";
import type { TestSpec } from "../../../../src/io/conform/types.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { hasRedis, TestRedis } from "../../../support/redis.ts";

const pem = (name: string) =>
  readFileSync(join(import.meta.dir, `../../../fixtures/tls/${name}.pem`), "utf8");
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

  test.each([
    ["wants a password", "", "unavailable", "Redis wants a password"],
    ["refuses a password", ":bad@", "unavailable", "Redis refuses the name or password"],
    ["takes a password", ":g%40heim@", "missing", "no worker"],
  ])("on a Unix socket %s", async (_what, login, kind, message) => {
    if (!hasRedis) return;
    const redis = await new TestRedis().start();
    try {
      await redis.send("CONFIG", "SET", "requirepass", "g@heim");
      const url = redis.url.replace("//", `//${login}`);
      const graded = runOnFarm([TEST], { url, pictures: false, repeat: 1, hangSeconds: 30, waitMs: 100 });
      const error = await graded.then(
        ([one]) => ({ kind: "missing", message: one!.result.detail, where: "" }),
        (thrown) => thrown,
      );
      expect(error.kind).toBe(kind);
      expect(error.message).toContain(message);
      expect(error.where).not.toMatch(/bad|heim/);
    } finally {
      await redis.stop();
    }
  });

  test("has a certificate that is not trusted, or TLS where none is expected", async () => {
    const tls = { cert: pem("cert"), key: pem("key") };
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, tls, socket: { data() {} } });
    try {
      const encrypted = await errorOf(`rediss://:secret@localhost:${server.port}`);
      expect(encrypted.message).toBe("the certificate of this Redis is not trusted");
      expect(encrypted.remedy).toContain("NODE_EXTRA_CA_CERTS");
      const plain = await errorOf(`redis://:secret@localhost:${server.port}`);
      expect([plain.message, plain.remedy]).toEqual([
        "no Redis answers at this address",
        "check the network; a Redis with TLS has rediss:// addresses",
      ]);
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

test.each([[""], ["1"], [null], [true], [[]], [-1], [0.5], [Number.NaN], [2 ** 53]])(
  "%p is no count",
  (answer) => {
    expect(() => readCount(answer)).toThrow(DamagedAnswer);
  },
);

test.skipIf(!hasRedis)("an error that is not of Redis is thrown at once, as it is", async () => {
  const redis = await new TestRedis().start();
  const farm = new FarmRedis(redis.url, 60_000);
  try {
    let calls = 0;
    const error = new TypeError("a bug");
    const asked = farm.script("return 1", [], [], () => {
      calls++;
      throw error;
    });
    expect(await asked.catch((thrown) => thrown)).toBe(error);
    expect(calls).toBe(1);
  } finally {
    farm.close();
    await redis.stop();
  }
});

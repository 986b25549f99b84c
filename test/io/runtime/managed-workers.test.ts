import { describe, expect, test } from "bun:test";
import { ManagedWorkers } from "../../../src/io/runtime/managed-workers.ts";
import type { TestOrder } from "./threads/order-server.ts";

const MODULE = new URL("./threads/order-server.ts", import.meta.url);

function workers(options: { threads?: number; queue?: number; endTimeoutMs?: number } = {}) {
  return new ManagedWorkers<TestOrder, number>({ module: MODULE, threads: 2, queue: 4, ...options });
}

describe("managed worker threads", () => {
  test("carry out orders and return each one's own result", async () => {
    const pool = workers({ queue: 100 });
    const squares = await Promise.all(Array.from({ length: 50 }, (_, i) => pool.submit({ square: i })));
    expect(squares).toEqual(Array.from({ length: 50 }, (_, i) => i * i));
    await pool.end();
  });

  test("reject orders that their queue cannot hold", async () => {
    const pool = workers();
    const accepted = Array.from({ length: 6 }, () => pool.submit({ sleepMs: 5 }));
    await expect(pool.submit({ square: 1 })).rejects.toMatchObject({ kind: "unavailable" });
    expect([pool.running, pool.queued]).toEqual([2, 4]);
    await Promise.all(accepted);
    expect(await pool.submit({ square: 3 })).toBe(9);
    await pool.end();
  });

  test("a failed order affects no others, and a dead thread is replaced", async () => {
    const pool = workers({ threads: 1 });
    await expect(pool.submit({ fail: "no good" })).rejects.toThrow("no good");
    await expect(pool.submit({ exit: 3 })).rejects.toThrow();
    expect(await pool.submit({ square: 4 })).toBe(16);
    await pool.end();
  });

  test("end cleanly: running orders finish, waiting ones are rejected, no thread is left", async () => {
    const pool = workers({ threads: 1 });
    const running = pool.submit({ sleepMs: 20 });
    const waiting = pool.submit({ square: 2 });
    const ending = pool.end();
    await expect(waiting).rejects.toMatchObject({ kind: "unavailable" });
    expect(await running).toBe(0);
    await ending;
    await expect(pool.submit({ square: 1 })).rejects.toThrow("ending");
  });

  test("terminate threads that do not finish", async () => {
    const pool = workers({ threads: 1, endTimeoutMs: 20 });
    const endless = pool.submit({ sleepMs: 1e9 }).catch((error: Error) => error.message);
    await pool.end();
    expect(await endless).toBe("the threads have ended");
  });
});

import { expect, test } from "bun:test";
import { AsyncLoop } from "../../../src/io/runtime/async-loop.ts";
import type { BackendName } from "../../../src/io/runtime/backend.ts";
import { EventBatch } from "../../../src/io/runtime/event-batch.ts";
import { KEY_WAKE, keyKind, postedKey } from "../../../src/io/runtime/keys.ts";
import { nowNs, Runtime } from "../../../src/io/runtime/runtime.ts";
import { runThread } from "../../support/test-thread.ts";
import type { PostOrder } from "./threads/poster.ts";

const MS = 1e6;

/** A batch's entries as text: kind, number or slot, data. */
function entries(batch: EventBatch): string[] {
  return Array.from({ length: batch.count }, (_, at) => `${keyKind(batch.keys[at]!)} ${batch.data[at]}`);
}

/**
 * The contract of every backend, whatever it can wait for: timers, posts, wake-ups, time limits, fairness.
 */
export function coreContract(backend: BackendName): void {
  const open = (options = {}) => new Runtime({ backend, ...options });

  /** Runs a test body once with `wait` and, if the backend can, once with `waitSync`. */
  const waits = (name: string, body: (runtime: Runtime, wait: WaitFunction) => Promise<void>) => {
    test(name, async () => {
      const runtime = open();
      await body(runtime, (batch, timeoutNs) => runtime.wait(batch, timeoutNs));
      runtime.close();
      if (!runtime.capabilities.blockingWait) return;
      const blocking = open();
      await body(blocking, async (batch, timeoutNs) => blocking.waitSync(batch, timeoutNs));
      blocking.close();
    });
  };

  waits("a wait without events ends when its time is over, not earlier", async (_runtime, wait) => {
    const batch = new EventBatch();
    for (const milliseconds of [0, 0.3, 2.5]) {
      const start = nowNs();
      expect(await wait(batch, milliseconds * MS)).toBe(0);
      expect(nowNs() - start).toBeGreaterThanOrEqual(milliseconds * MS);
    }
  });

  waits("timers come in order and never early", async (runtime, wait) => {
    const batch = new EventBatch();
    // A busy machine may stop this thread between two starts, so a timer's time is only known to be in this
    // range.
    const due = new Map<number, { earliest: number; latest: number }>();
    for (const delay of [5.2, 0.4, 3.1, 1.7, 0]) {
      const before = nowNs();
      const key = runtime.startTimer(delay * MS);
      due.set(key, { earliest: before + delay * MS, latest: nowNs() + delay * MS });
    }
    let last = 0;
    while (due.size > 0) {
      await wait(batch, -1);
      for (let at = 0; at < batch.count; at++) {
        const key = batch.keys[at]!;
        expect(keyKind(key)).toBe("timer");
        const { earliest, latest } = due.get(key)!;
        expect(nowNs()).toBeGreaterThanOrEqual(earliest);
        expect(latest).toBeGreaterThanOrEqual(last);
        last = earliest;
        due.delete(key);
      }
    }
  });

  waits(
    "a periodic timer reports how many periods have passed, and keeps to its period",
    async (runtime, wait) => {
      const batch = new EventBatch();
      const start = nowNs();
      const key = runtime.startTimer(1 * MS, 2 * MS);
      let times = 0;
      while (times < 10) {
        await wait(batch, -1);
        expect(batch.keys[0]).toBe(key);
        times += batch.data[0]!;
        expect(nowNs()).toBeGreaterThanOrEqual(start + (1 + 2 * (times - 1)) * MS);
      }
      expect(runtime.stopTimer(key)).toBe(true);
      expect(runtime.stopTimer(key)).toBe(false);
      expect(await wait(batch, 5 * MS)).toBe(0);
    },
  );

  waits(
    "a stopped timer is not reported, even if the batch has already been filled",
    async (runtime, wait) => {
      const batch = new EventBatch();
      const first = runtime.startTimer(0);
      const second = runtime.startTimer(0);
      await wait(batch, -1);
      expect(batch.count).toBe(2);
      expect(runtime.stopTimer(first)).toBe(false);
      expect([...batch.keys.subarray(0, 2)]).toEqual([0, second]);
    },
  );

  waits("posts arrive in order with their data; several wake-ups arrive as one", async (runtime, wait) => {
    const batch = new EventBatch();
    runtime.post(7, 1);
    runtime.post(9, -2);
    for (let i = 0; i < 3; i++) runtime.wake();
    await wait(batch, -1);
    expect([...batch.keys.subarray(0, batch.count)]).toEqual([KEY_WAKE, postedKey(7), postedKey(9)]);
    expect([...batch.data.subarray(1, 3)]).toEqual([1, -2]);
    expect(await wait(batch, 0)).toBe(0);
  });

  test("a full queue rejects a post and loses nothing", async () => {
    const runtime = open({ posts: 4 });
    expect([0, 1, 2, 3, 4].map((data) => runtime.post(1, data))).toEqual([true, true, true, true, false]);
    const batch = new EventBatch();
    await runtime.wait(batch, 0);
    expect([...batch.data.subarray(0, batch.count)]).toEqual([0, 1, 2, 3]);
    expect(runtime.post(1, 5)).toBe(true);
    runtime.close();
  });

  waits("posts carry bytes, up to the room for them", async (_runtime, wait) => {
    const runtime = open({ payloadBytes: 32, payloads: 3 });
    const batch = new EventBatch();
    const bytes = (length: number) => new Uint8Array(length).fill(length);
    expect(() => runtime.postBytes(1, 0, bytes(33))).toThrow("at most 32 bytes");
    for (let round = 0; round < 5; round++) {
      const posted = [1, 2, 32, 4].map((length) => runtime.postBytes(5, length, bytes(length)));
      expect(posted).toEqual([true, true, true, false]);
      expect(runtime.post(5, 7)).toBe(true);
      await runtime.wait(batch, 0);
      expect([...batch.data.subarray(0, batch.count)]).toEqual([1, 2, 32, 7]);
      expect([0, 1, 2, 3].map((at) => batch.payload(at))).toEqual([bytes(1), bytes(2), bytes(32), undefined]);
    }
    runtime.close();
    await wait(batch, 0);
    expect(batch.payload(0)).toBeUndefined();
  });

  test("a signal is an event, counted, and does nothing else", async () => {
    const runtime = open();
    const batch = new EventBatch();
    const key = runtime.watchSignal("SIGUSR2");
    const waiting = runtime.wait(batch, 10_000 * MS);
    process.kill(process.pid, "SIGUSR2");
    expect(await waiting).toBe(1);
    expect([keyKind(key), batch.keys[0], batch.data[0]]).toEqual(["signal", key, 1]);
    expect(await runtime.wait(batch, 0)).toBe(0);
    expect(process.listenerCount("SIGUSR2")).toBe(1);
    runtime.close();
    expect(process.listenerCount("SIGUSR2")).toBe(0);
  });

  test("a wait that starts with an aborted signal, or without a free timer, leaves nothing behind", async () => {
    const runtime = open({ timers: 1 });
    const loop = new AsyncLoop(runtime);
    const aborted = { signal: AbortSignal.abort() };
    for (let i = 0; i < 3; i++) {
      await expect(loop.sleep(MS, aborted.signal)).rejects.toMatchObject({ code: "ECANCELED" });
      await expect(loop.completion(1, aborted)).rejects.toMatchObject({ code: "ECANCELED" });
    }
    const last = runtime.startTimer(1e12);
    await expect(loop.completion(1, { timeoutNs: MS })).rejects.toThrow("all 1 timers are in use");
    expect(loop.waiting).toBe(0);
    runtime.stopTimer(last);
    const slept = loop.sleep(MS);
    await loop.run();
    await slept;
    runtime.close();
  });

  test("a loop's task awaits bytes and signals", async () => {
    const loop = new AsyncLoop(open({ payloadBytes: 16 }));
    const message = loop.message(3);
    const signalled = loop.signal("SIGUSR2");
    loop.runtime.postBytes(3, 0, Buffer.from("hello"));
    process.kill(process.pid, "SIGUSR2");
    await loop.run();
    expect(Buffer.from(await message).toString()).toBe("hello");
    expect(await signalled).toBe(1);
    loop.runtime.close();
  });

  waits("a post, a wake-up and a timer end a sleeping wait", async (runtime, wait) => {
    const batch = new EventBatch();
    if (runtime.capabilities.blockingWait) runtime.startTimer(3 * MS);
    else setTimeout(() => runtime.post(1, 1), 3);
    await wait(batch, 5_000 * MS);
    expect(batch.count).toBe(1);
  });

  test("changes of interest take effect on a sleeping wait", async () => {
    const runtime = open();
    const batch = new EventBatch();
    const start = nowNs();
    const waiting = runtime.wait(batch, 10_000 * MS);
    await Bun.sleep(3);
    runtime.startTimer(1 * MS);
    expect(await waiting).toBe(1);
    const again = runtime.wait(batch, 10_000 * MS);
    await Bun.sleep(3);
    runtime.wake();
    expect(await again).toBe(1);
    expect(nowNs() - start).toBeLessThan(5_000 * MS);
    runtime.close();
  });

  waits("in a full batch every kind of event has its share", async (runtime, wait) => {
    const batch = new EventBatch(6);
    for (let i = 0; i < 20; i++) {
      runtime.startTimer(0);
      runtime.post(1, i);
    }
    await wait(batch, -1);
    const kinds = entries(batch).map((entry) => entry.split(" ")[0]);
    expect(kinds.filter((kind) => kind === "timer").length).toBeGreaterThanOrEqual(2);
    expect(kinds.filter((kind) => kind === "posted").length).toBeGreaterThanOrEqual(2);
  });

  test("timers beyond the limit are rejected", () => {
    const runtime = open({ timers: 2 });
    runtime.startTimer(MS);
    const key = runtime.startTimer(MS);
    expect(() => runtime.startTimer(MS)).toThrow("all 2 timers are in use");
    runtime.stopTimer(key);
    runtime.startTimer(MS);
    runtime.close();
  });

  test("only one wait at a time, and none after the end", async () => {
    const runtime = open();
    const batch = new EventBatch();
    const waiting = runtime.wait(batch);
    await expect(runtime.wait(batch)).rejects.toThrow("waited for already");
    runtime.close();
    expect(await waiting).toBe(0);
    await expect(runtime.wait(batch)).rejects.toThrow("closed");
  });

  test.each([
    ["250,000 times each", 250_000, false],
    ["50,000 times each with bytes", 50_000, true],
  ])(
    "four threads post %s: every accepted post arrives once, in the order of its thread",
    async (_what, posts, withBytes) => {
      const runtime = open({ posts: 512, payloadBytes: 8, payloads: 64 });
      const module = new URL("./threads/poster.ts", import.meta.url);
      const posters = [1, 2, 3, 4].map((number) =>
        runThread<PostOrder, number>(module, { handle: runtime.poster, number, posts, withBytes }),
      );
      const next = new Map([1, 2, 3, 4].map((number) => [postedKey(number), 0]));
      const batch = new EventBatch(1024);
      let wrong = 0;
      for (let seen = 0; seen < 4 * posts; ) {
        await runtime.wait(batch);
        for (let at = 0; at < batch.count; at++) {
          const key = batch.keys[at]!;
          if (batch.data[at] !== next.get(key)) wrong++;
          next.set(key, batch.data[at]! + 1);
          const bytes = batch.payload(at);
          if (withBytes && (bytes === undefined || new Int32Array(bytes.buffer)[0] !== batch.data[at]))
            wrong++;
        }
        seen += batch.count;
      }
      expect(wrong).toBe(0);
      expect([...next.values()]).toEqual([posts, posts, posts, posts]);
      const full = await Promise.all(posters);
      expect(Math.max(...full)).toBeGreaterThan(0);
      runtime.close();
    },
    { timeout: 120_000 },
  );
}

type WaitFunction = (batch: EventBatch, timeoutNs: number) => Promise<number>;

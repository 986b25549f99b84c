import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Arena } from "../../../src/emu/arena.ts";
import { linuxIo } from "../../../src/io/ffi/libc.ts";
import { AsyncLoop } from "../../../src/io/runtime/async-loop.ts";
import type { BackendName } from "../../../src/io/runtime/backend.ts";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { BlockPool } from "../../../src/io/runtime/block-pool.ts";
import { EventBatch } from "../../../src/io/runtime/event-batch.ts";
import {
  FILE_ENGINES,
  FileBatch,
  openFileEngine,
  openFlags,
  probeFileEngine,
} from "../../../src/io/runtime/files/index.ts";
import { READ } from "../../../src/io/runtime/keys.ts";
import { Runtime } from "../../../src/io/runtime/runtime.ts";
import { openSockets } from "../../../src/io/runtime/sockets/index.ts";
import type { StreamSocket } from "../../../src/io/runtime/sockets/types.ts";
import { Prng } from "../../support/prng.ts";
import { soakSize } from "../../support/soak.ts";
import { runThread } from "../../support/test-thread.ts";
import type { BurstOrder } from "./threads/burst.ts";

const BACKENDS = BACKEND_NAMES.filter((name) => probeBackend(name) === undefined);
const ENGINES = FILE_ENGINES.filter((name) => probeFileEngine(name) === undefined);
const folder = mkdtempSync(join(tmpdir(), "emu-stress-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(linuxIo() === undefined)("a burst of connections while the runtime falls asleep", () => {
  test.each(BACKENDS)("%s: none is missed, even without a time limit", async (backend) => {
    const rounds = soakSize(60, 2000);
    const burst = 100;
    const runtime = new Runtime({ backend });
    const listener = openSockets(runtime).listen({ host: "127.0.0.1", port: 0 }, 256);
    runtime.modify(listener.key, READ);
    const words = new Int32Array(new SharedArrayBuffer(4));
    const { port } = listener.endpoint as { port: number };
    const module = new URL("./threads/burst.ts", import.meta.url);
    const thread = runThread<BurstOrder, number>(module, { port, rounds, burst, words });
    const batch = new EventBatch();
    for (let round = 1; round <= rounds; round++) {
      const sockets: StreamSocket[] = [];
      while (sockets.length < burst) {
        await runtime.wait(batch);
        for (let one = listener.tryAccept(); one !== undefined; one = listener.tryAccept()) sockets.push(one);
      }
      for (const socket of sockets) socket.close();
      Atomics.store(words, 0, round);
      Atomics.notify(words, 0);
    }
    expect(await thread).toBe(rounds);
    listener.close();
    runtime.close();
  });
});

test("a loop continues for a task that does not wait for anything yet", async () => {
  const loop = new AsyncLoop(new Runtime());
  let isDone = false;
  void (async () => {
    await Promise.resolve();
    await loop.sleep(1e6);
    isDone = true;
  })();
  await loop.run();
  expect(isDone).toBe(true);
  loop.runtime.close();
});

test("300 connections in one turn of the loop are all accepted", async () => {
  const loop = new AsyncLoop(new Runtime());
  const listener = await loop.listen({ host: "127.0.0.1", port: 0 });
  const clients = Array.from({ length: 300 }, () => loop.connect(listener.endpoint));
  let accepted = 0;
  void (async () => {
    while (accepted < clients.length) {
      loop.close(await loop.accept(listener));
      accepted++;
    }
  })();
  void (async () => {
    for (const client of clients) loop.close(await client);
  })();
  await loop.run();
  expect(accepted).toBe(300);
  loop.close(listener);
  loop.runtime.close();
});

/** Everything that a loop can do, at once: every waiting task is resolved, and nothing is left over. */
async function storm(backend: BackendName, engineName: (typeof ENGINES)[number]): Promise<void> {
  const tasks = soakSize(40, 400);
  const turns = soakSize(20, 200);
  const random = new Prng(tasks);
  const arena = new Arena(new SharedArrayBuffer(1024 * 1024));
  const pool = new BlockPool(arena, "block", 3, 4096);
  const runtime = new Runtime({ backend, posts: 64, timers: 4096 });
  const loop = new AsyncLoop(runtime, pool);
  const listener = await loop.listen({ host: "127.0.0.1", port: 0 });
  const batch = new FileBatch(openFileEngine({ engine: engineName }).engine, arena.buffer);
  const scratch = arena.uint8("scratch", 64 * 1024);
  let done = 0;
  let refused = 0;

  const echo = async (socket: StreamSocket) => {
    for (;;) {
      const block = await loop.recv(socket);
      if (block === undefined) return loop.close(socket);
      await loop.send(socket, block.content);
      block.release();
    }
  };
  const ending = new AbortController();
  const accepting = (async () => {
    for (;;) void echo(await loop.accept(listener, { signal: ending.signal }));
  })().catch(() => undefined);

  const talk = async (bytes: Uint8Array) => {
    const socket = await loop.connect(listener.endpoint, { timeoutNs: 60e9 });
    for (let turn = 0; turn < turns; turn++) {
      const sending = loop.send(socket, bytes);
      for (let left = bytes.length; left > 0; ) {
        const block = await loop.recv(socket);
        left -= block!.length;
        block!.release();
      }
      await sending;
    }
    loop.close(socket);
    done++;
  };
  const nap = async () => {
    for (let turn = 0; turn < turns; turn++) await loop.sleep(random.below(2_000_000));
    done++;
  };
  const post = async (number: number) => {
    for (let turn = 0; turn < turns; turn++) {
      const waiting = loop.completion(number);
      // If the queue is full, the post is tried again.
      while (!runtime.post(number, turn)) {
        refused++;
        await loop.sleep(100_000);
      }
      expect(await waiting).toBe(turn);
    }
    done++;
  };
  const keep = async () => {
    for (let turn = 0; turn < turns; turn++) {
      const path = join(folder, `${backend}-${engineName}-${turn % 5}`);
      const bytes = scratch.subarray(0, 1 + random.below(scratch.length - 1)).fill(turn);
      const file = batch.opened(batch.open(path, openFlags.O_RDWR | openFlags.O_CREAT | openFlags.O_TRUNC));
      const written = batch.write(file, bytes, 0);
      batch.close(file);
      await batch.completeAsync();
      expect(batch.result(written)).toBe(bytes.length);
      expect(readFileSync(path).every((byte) => byte === (turn & 0xff))).toBe(true);
    }
    done++;
  };

  const work: Promise<void>[] = [keep()];
  for (let task = 0; task < tasks; task++) {
    work.push(talk(random.bytes(1 + random.below(10_000))), nap(), post(task + 1));
  }
  const all = Promise.all(work).then(() => ending.abort());
  await loop.run();
  await all;
  await accepting;
  expect(done).toBe(3 * tasks + 1);
  expect(refused).toBeGreaterThanOrEqual(0);
  // Echo tasks that have not seen their peer's end yet release their blocks when they do.
  while (runtime.sources.count > 1) await loop.runOnce(1e6);
  expect(pool.available).toBe(pool.count);
  loop.close(listener);
  expect(runtime.sources.count).toBe(0);
  runtime.close();
}

describe("sockets, timers, posts and files at once", () => {
  test.each(BACKENDS)("%s with blocking files", (backend) => storm(backend, "blocking"), {
    timeout: 600_000,
  });
  test.each(ENGINES)("%s files on the default backend", (engine) => storm("bun", engine), {
    timeout: 600_000,
  });
});

test("degraded: without io_uring the program behaves the same", () => {
  const script = `
    const { openFileEngine, FileBatch, openFlags } = await import(${JSON.stringify(join(import.meta.dir, "../../../src/io/runtime/files/index.ts"))});
    const arena = new SharedArrayBuffer(4096);
    const { engine } = openFileEngine();
    const batch = new FileBatch(engine, arena);
    const file = batch.opened(batch.open(process.argv[1], openFlags.O_RDONLY));
    const read = batch.read(file, new Uint8Array(arena), 0);
    batch.close(file);
    batch.complete();
    console.log(engine.name, batch.result(read));
    process.exit(0);`;
  const path = join(folder, "degraded");
  writeFileSync(path, new Uint8Array(1234));
  const run = (env: Record<string, string>) =>
    Bun.spawnSync([process.execPath, "-e", script, path], { env: { ...process.env, ...env } })
      .stdout.toString()
      .trim();
  expect(run({ EMU_NO_IO_URING: "1" })).toBe("threads 1234");
  expect(run({})).toBe(`${ENGINES[0]} 1234`);
});

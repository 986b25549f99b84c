import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Arena } from "../../../src/emu/arena.ts";
import { AsyncLoop } from "../../../src/io/runtime/async-loop.ts";
import type { BackendName } from "../../../src/io/runtime/backend.ts";
import { BlockPool } from "../../../src/io/runtime/block-pool.ts";
import { EventBatch } from "../../../src/io/runtime/event-batch.ts";
import { READ, WRITE } from "../../../src/io/runtime/keys.ts";
import { Runtime } from "../../../src/io/runtime/runtime.ts";
import { type Endpoint, type StreamSocket, WOULD_BLOCK } from "../../../src/io/runtime/sockets/types.ts";

const MS = 1e6;
const ANY_PORT: Endpoint = { host: "127.0.0.1", port: 0 };

/** A loop with a small pool, and a function that closes it. */
export function openLoop(
  backend: BackendName,
  options: { blocks?: number; sources?: number } = {},
): AsyncLoop {
  const { blocks = 8, sources = 64 } = options;
  const arena = new Arena(new SharedArrayBuffer(blocks * 4096 + 4096));
  const runtime = new Runtime({ backend, sources });
  return new AsyncLoop(runtime, new BlockPool(arena, "blocks", blocks, 4096));
}

/** Runs `body` as a task of a new loop; no block and no source may be left over. */
export async function inLoop(loop: AsyncLoop, body: () => Promise<void>): Promise<void> {
  let failure: unknown;
  const task = body().catch((error: unknown) => {
    failure = error;
  });
  let isDone = false;
  void task.then(() => {
    isDone = true;
    loop.stop();
  });
  while (!isDone) await loop.runOnce(100 * MS);
  loop.runtime.close();
  if (failure !== undefined) throw failure;
  expect(loop.pool!.available).toBe(loop.pool!.count);
  expect(loop.waiting).toBe(0);
}

/** Both ends of a connection. */
async function connectPair(
  loop: AsyncLoop,
  endpoint: Endpoint = ANY_PORT,
): Promise<{ client: StreamSocket; server: StreamSocket }> {
  const listener = await loop.listen(endpoint);
  const [client, server] = await Promise.all([loop.connect(listener.endpoint), loop.accept(listener)]);
  loop.close(listener);
  return { client, server };
}

/** Receives everything up to the end of the stream. */
export async function recvAll(loop: AsyncLoop, socket: StreamSocket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    const block = await loop.recv(socket, { timeoutNs: 10_000 * MS });
    if (block === undefined) return Buffer.concat(parts);
    parts.push(Buffer.from(block.content));
    block.release();
  }
}

function pattern(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
}

/** The contract of the sockets of every backend. */
export function socketContract(backend: BackendName): void {
  test("bytes go both ways, and the end of the stream is reported", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const { client, server } = await connectPair(loop);
      await loop.send(client, Buffer.from("hello"));
      const block = await loop.recv(server);
      expect(Buffer.from(block!.content).toString()).toBe("hello");
      await loop.send(server, block!.content);
      block!.release();
      loop.close(server);
      expect((await recvAll(loop, client)).toString()).toBe("hello");
      loop.close(client);
    });
  });

  test("after one half is closed, the other half still works", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const { client, server } = await connectPair(loop);
      await loop.send(client, Buffer.from("question"));
      client.shutdown();
      expect((await recvAll(loop, server)).toString()).toBe("question");
      await loop.send(server, pattern(200_000));
      server.shutdown();
      expect(await recvAll(loop, client)).toEqual(Buffer.from(pattern(200_000)));
      await expect(loop.send(client, Buffer.from("more"))).rejects.toMatchObject({ code: "EPIPE" });
      loop.close(client);
      loop.close(server);
    });
  });

  test("8 MB through a pool of two blocks arrive whole", async () => {
    const loop = openLoop(backend, { blocks: 2 });
    const sent = pattern(8_000_000);
    await inLoop(loop, async () => {
      const { client, server } = await connectPair(loop);
      const sending = loop.send(client, sent).then(() => client.shutdown());
      expect((await recvAll(loop, server)).equals(sent)).toBe(true);
      await sending;
      loop.close(client);
      loop.close(server);
    });
  });

  test("an empty pool stops reading, which blocks the peer, and a returned block resumes", async () => {
    const loop = openLoop(backend, { blocks: 1 });
    await inLoop(loop, async () => {
      const { client, server } = await connectPair(loop);
      const held = loop.pool!.take()!;
      const reading = recvAll(loop, server);
      const total = 64_000_000;
      const chunk = new Uint8Array(65_536);
      let sent = 0;
      let stalled = false;
      while (!stalled) {
        const taken = client.trySend(chunk);
        if (taken !== WOULD_BLOCK) sent += taken;
        else
          await loop.writable(client.key, { timeoutNs: 60 * MS }).catch(() => {
            stalled = true;
          });
        expect(sent).toBeLessThan(total);
      }
      held.release();
      client.shutdown();
      const received = await reading;
      expect(received.length).toBe(sent);
      loop.close(client);
      loop.close(server);
    });
  }, 20_000);

  test("a reset is an error with its name, for reader and writer", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const { client, server } = await connectPair(loop);
      const reading = loop.recv(server).catch((error: unknown) => error);
      await Bun.sleep(5);
      client.reset();
      expect(await reading).toMatchObject({ name: "IoError", kind: "io", code: "ECONNRESET" });
      loop.close(server);
    });
  });

  test("a refused connection is an error with its name", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const listener = await loop.listen(ANY_PORT);
      const { endpoint } = listener;
      loop.close(listener);
      await expect(loop.connect(endpoint)).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await expect(loop.connect({ host: "no.such.host.invalid", port: 1 })).rejects.toMatchObject({
        name: "IoError",
      });
    });
  });

  test("a port in use cannot be listened on", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const listener = await loop.listen(ANY_PORT);
      await expect(loop.listen(listener.endpoint)).rejects.toMatchObject({ code: "EADDRINUSE" });
      loop.close(listener);
    });
  });

  test("Unix sockets work like TCP", async () => {
    const folder = mkdtempSync(join(tmpdir(), "emu-"));
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const { client, server } = await connectPair(loop, { path: join(folder, "socket") });
      await loop.send(client, pattern(100_000));
      client.shutdown();
      expect((await recvAll(loop, server)).equals(pattern(100_000))).toBe(true);
      loop.close(client);
      loop.close(server);
    });
    rmSync(folder, { recursive: true });
  });

  test("names are resolved, and IPv6 works if the system has it", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const listener = await loop.listen({ host: "localhost", port: 0 });
      const { port } = listener.endpoint as { port: number };
      const [client, server] = await Promise.all([
        loop.connect({ host: "localhost", port }),
        loop.accept(listener),
      ]);
      loop.close(client);
      loop.close(server);
      loop.close(listener);
    });
  });

  test("datagrams arrive whole, with their sender", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const one = await loop.sockets.bindDatagram("127.0.0.1", 0);
      const other = await loop.sockets.bindDatagram("127.0.0.1", 0);
      const into = new Uint8Array(new SharedArrayBuffer(64));
      await loop.sendTo(one, Buffer.from("first"), "127.0.0.1", other.port);
      await loop.sendTo(one, Buffer.from("second"), "127.0.0.1", other.port);
      const first = await loop.recvFrom(other, into);
      expect(first).toEqual({ length: 5, host: "127.0.0.1", port: one.port });
      expect(Buffer.from(into.subarray(0, 5)).toString()).toBe("first");
      expect((await loop.recvFrom(other, into)).length).toBe(6);
      await expect(loop.recvFrom(other, into, { timeoutNs: 2 * MS })).rejects.toMatchObject({
        code: "ETIMEDOUT",
      });
      loop.close(one);
      loop.close(other);
    });
  });

  test("a datagram that nobody takes affects nothing", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const one = await loop.sockets.bindDatagram("127.0.0.1", 0);
      const gone = await loop.sockets.bindDatagram("127.0.0.1", 0);
      const other = await loop.sockets.bindDatagram("127.0.0.1", 0);
      loop.close(gone);
      const into = new Uint8Array(new SharedArrayBuffer(64));
      for (let time = 0; time < 3; time++) {
        // The kernel reports the refusal to the sender.
        await loop.sendTo(one, Buffer.from("nobody"), "127.0.0.1", gone.port);
        await loop.sendTo(one, Buffer.from("there"), "127.0.0.1", other.port);
        expect((await loop.recvFrom(other, into)).length).toBe(5);
        await loop.sendTo(other, Buffer.from("back"), "127.0.0.1", one.port);
        expect((await loop.recvFrom(one, into)).length).toBe(4);
      }
      loop.close(one);
      loop.close(other);
    });
  });

  test("a wait ends at its time limit, by its signal, or with its socket", async () => {
    const loop = openLoop(backend);
    await inLoop(loop, async () => {
      const { client, server } = await connectPair(loop);
      await expect(loop.recv(server, { timeoutNs: 2 * MS })).rejects.toMatchObject({ code: "ETIMEDOUT" });
      const abort = new AbortController();
      const aborted = loop.recv(server, { signal: abort.signal });
      setTimeout(() => abort.abort(), 2);
      await expect(aborted).rejects.toMatchObject({ code: "ECANCELED" });
      await expect(loop.recv(server, { signal: abort.signal })).rejects.toMatchObject({ code: "ECANCELED" });
      const closed = loop.recv(server);
      loop.close(server);
      await expect(closed).rejects.toMatchObject({ code: "ECANCELED" });
      await expect(loop.recv(server)).rejects.toMatchObject({ code: "EBADF" });
      loop.close(client);
    });
  });

  test("connections beyond the limit do not affect others", async () => {
    const loop = openLoop(backend, { sources: 6 });
    await inLoop(loop, async () => {
      const listener = await loop.listen(ANY_PORT);
      const { port } = listener.endpoint as { port: number };
      const outside = openLoop(backend);
      const clients: StreamSocket[] = [];
      const accepted: StreamSocket[] = [];
      await inLoop(outside, async () => {
        // A rejected connection may be reported immediately.
        for (let i = 0; i < 8; i++) {
          const client = await outside.connect({ host: "127.0.0.1", port }).catch(() => undefined);
          if (client !== undefined) clients.push(client);
        }
        for (let i = 0; i < 8; i++) {
          try {
            accepted.push(await loop.accept(listener, { timeoutNs: 50 * MS }));
          } catch (error) {
            expect(error).toMatchObject({ name: expect.stringMatching(/InputError|IoError/) });
          }
        }
        expect(accepted.length).toBe(5);
        await loop.send(accepted[0]!, Buffer.from("still here"));
        const block = await outside.recv(clients[0]!);
        expect(Buffer.from(block!.content).toString()).toBe("still here");
        block!.release();
        for (const client of clients) outside.close(client);
      });
      for (const socket of accepted) loop.close(socket);
      loop.close(listener);
    });
  });

  test("readiness is reported as long as it lasts, only if wanted, and never for a removed source", async () => {
    const loop = openLoop(backend);
    const { runtime } = loop;
    const batch = new EventBatch();
    let pair: { client: StreamSocket; server: StreamSocket } | undefined;
    const connecting = connectPair(loop).then((connected) => {
      pair = connected;
    });
    while (pair === undefined) await loop.runOnce(10 * MS);
    await connecting;
    const { client, server } = pair;
    const events = async (timeoutNs: number) => {
      await runtime.wait(batch, timeoutNs);
      return Array.from({ length: batch.count }, (_, at) => [batch.keys[at], batch.events[at]]);
    };
    client.trySend(Buffer.from("x"));
    expect(await events(10 * MS)).toEqual([]);
    runtime.modify(server.key, READ);
    expect(await events(1_000 * MS)).toEqual([[server.key, READ]]);
    expect(await events(1_000 * MS)).toEqual([[server.key, READ]]);
    runtime.modify(server.key, READ | WRITE);
    expect(await events(1_000 * MS)).toEqual([[server.key, READ | WRITE]]);
    runtime.modify(server.key, 0);
    expect(await events(5 * MS)).toEqual([]);
    runtime.modify(server.key, READ);
    expect(await events(1_000 * MS)).toEqual([[server.key, READ]]);
    const into = new Uint8Array(new SharedArrayBuffer(16));
    expect(server.tryRecv(into)).toBe(1);
    expect(server.tryRecv(into)).toBe(WOULD_BLOCK);
    expect(await events(5 * MS)).toEqual([]);
    client.trySend(Buffer.from("y"));
    expect(await events(1_000 * MS)).toEqual([[server.key, READ]]);
    server.close();
    expect(batch.keys[0]).toBe(0);
    expect(await events(5 * MS)).toEqual([]);
    client.close();
    runtime.close();
  });

  test("a disconnected peer causes no events for a source from which nothing is wanted", async () => {
    const loop = openLoop(backend, { blocks: 1 });
    await inLoop(loop, async () => {
      const { client, server } = await connectPair(loop);
      await loop.send(client, Buffer.from("last words"));
      loop.close(client);
      let waits = 0;
      const counted = loop.runtime.wait.bind(loop.runtime);
      loop.runtime.wait = (batch, timeoutNs) => {
        waits++;
        return counted(batch, timeoutNs);
      };
      await loop.sleep(30 * MS);
      expect(waits).toBeLessThan(5);
      expect((await recvAll(loop, server)).toString()).toBe("last words");
      loop.close(server);
    });
  });
}

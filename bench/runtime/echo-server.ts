/**
 * An echo server of the kind in its argument, for bench/runtime.ts. Prints its port. Kinds: bun-listen,
 * node-net, and for each backend "<backend>-tasks" and "<backend>-wait".
 */
import { createServer } from "node:net";
import { Arena } from "../../src/emu/arena.ts";
import { AsyncLoop } from "../../src/io/runtime/async-loop.ts";
import type { BackendName } from "../../src/io/runtime/backend.ts";
import { BlockPool } from "../../src/io/runtime/block-pool.ts";
import { EventBatch } from "../../src/io/runtime/event-batch.ts";
import { READ, WRITE } from "../../src/io/runtime/keys.ts";
import { Runtime } from "../../src/io/runtime/runtime.ts";
import { openSockets } from "../../src/io/runtime/sockets/index.ts";
import { type StreamSocket, WOULD_BLOCK } from "../../src/io/runtime/sockets/types.ts";

const BLOCK_BYTES = 64 * 1024;
const ANY = { host: "127.0.0.1", port: 0 };

function bunListen(): void {
  const pending = new WeakMap<object, Uint8Array[]>();
  const server = Bun.listen({
    hostname: ANY.host,
    port: 0,
    socket: {
      data(socket, bytes) {
        const queue = pending.get(socket);
        if (queue !== undefined) queue.push(bytes);
        else {
          const sent = socket.write(bytes);
          if (sent < bytes.length) pending.set(socket, [bytes.subarray(Math.max(0, sent))]);
        }
      },
      drain(socket) {
        const queue = pending.get(socket);
        while (queue !== undefined && queue.length > 0) {
          const sent = socket.write(queue[0]!);
          if (sent < queue[0]!.length) {
            queue[0] = queue[0]!.subarray(Math.max(0, sent));
            return;
          }
          queue.shift();
        }
        pending.delete(socket);
      },
    },
  });
  console.log(server.port);
}

function nodeNet(): void {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      if (!socket.write(bytes)) socket.pause();
    });
    socket.on("drain", () => socket.resume());
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, ANY.host, () => console.log((server.address() as { port: number }).port));
}

async function tasks(backend: BackendName): Promise<void> {
  const arena = new Arena(new SharedArrayBuffer(65 * BLOCK_BYTES));
  const loop = new AsyncLoop(new Runtime({ backend }), new BlockPool(arena, "block", 64, BLOCK_BYTES));
  const listener = await loop.listen(ANY);
  console.log((listener.endpoint as { port: number }).port);
  const serve = async (socket: StreamSocket) => {
    for (;;) {
      const block = await loop.recv(socket);
      if (block === undefined) return loop.close(socket);
      await loop.send(socket, block.content);
      block.release();
    }
  };
  void (async () => {
    for (;;) void serve(await loop.accept(listener)).catch(() => undefined);
  })();
  await loop.run();
}

async function waits(backend: BackendName): Promise<void> {
  const runtime = new Runtime({ backend });
  const listener = openSockets(runtime).listen(ANY, 128);
  console.log((listener.endpoint as { port: number }).port);
  runtime.modify(listener.key, READ);
  const batch = new EventBatch();
  const sockets = new Map<
    number,
    { socket: StreamSocket; unsent: Uint8Array | undefined; buffer: Uint8Array<SharedArrayBuffer> }
  >();
  const wait = runtime.capabilities.blockingWait
    ? async () => runtime.waitSync(batch)
    : () => runtime.wait(batch);
  for (;;) {
    await wait();
    for (let at = 0; at < batch.count; at++) {
      const key = batch.keys[at]!;
      if (key === listener.key) {
        for (let socket = listener.tryAccept(); socket !== undefined; socket = listener.tryAccept()) {
          const buffer = new Uint8Array(new SharedArrayBuffer(BLOCK_BYTES));
          sockets.set(socket.key, { socket, unsent: undefined, buffer });
          runtime.modify(socket.key, READ);
        }
        continue;
      }
      const connection = sockets.get(key);
      if (connection === undefined) continue;
      try {
        pump(connection);
        runtime.modify(key, connection.unsent === undefined ? READ : WRITE);
      } catch {
        connection.socket.close();
        sockets.delete(key);
      }
    }
  }
}

function pump(connection: {
  socket: StreamSocket;
  unsent: Uint8Array | undefined;
  buffer: Uint8Array<SharedArrayBuffer>;
}): void {
  if (connection.unsent === undefined) {
    const received = connection.socket.tryRecv(connection.buffer);
    if (received === WOULD_BLOCK) return;
    if (received === 0) throw new Error("the peer has ended");
    connection.unsent = connection.buffer.subarray(0, received);
  }
  const sent = connection.socket.trySend(connection.unsent);
  if (sent === WOULD_BLOCK) return;
  connection.unsent = sent < connection.unsent.length ? connection.unsent.subarray(sent) : undefined;
}

const kind = process.argv[2] ?? "bun-listen";
if (kind === "bun-listen") bunListen();
else if (kind === "node-net") nodeNet();
else if (kind.endsWith("-tasks")) await tasks(kind.slice(0, -6) as BackendName);
else await waits(kind.slice(0, -5) as BackendName);

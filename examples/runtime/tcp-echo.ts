/** A TCP echo server and eight clients on one loop, which share a pool of four blocks. */
import { Arena, AsyncLoop, BlockPool, Runtime, type StreamSocket } from "emuterm/runtime";

const BLOCK_BYTES = 16 * 1024;
const BLOCKS = 4;
const CLIENTS = 8;
const MESSAGE = new TextEncoder().encode("hello ".repeat(10_000));

const arena = new Arena(new SharedArrayBuffer(BLOCKS * BLOCK_BYTES + 4096));
const loop = new AsyncLoop(new Runtime(), new BlockPool(arena, "message", BLOCKS, BLOCK_BYTES));
arena.seal();

const listener = await loop.listen({ host: "127.0.0.1", port: 0 });

async function echo(socket: StreamSocket): Promise<void> {
  for (;;) {
    // Waits for bytes, then for a block. Without a block nothing is read, and the peer has to wait.
    const block = await loop.recv(socket);
    if (block === undefined) return loop.close(socket);
    await loop.send(socket, block.content);
    block.release();
  }
}

async function serve(): Promise<void> {
  for (let served = 0; served < CLIENTS; served++) {
    const socket = await loop.accept(listener);
    // An error closes only this connection.
    void echo(socket).catch(() => loop.close(socket));
  }
  loop.close(listener);
}

async function client(): Promise<number> {
  const socket = await loop.connect(listener.endpoint);
  const sending = loop.send(socket, MESSAGE).then(() => socket.shutdown());
  let received = 0;
  for (;;) {
    const block = await loop.recv(socket);
    if (block === undefined) break;
    received += block.length;
    block.release();
  }
  await sending;
  loop.close(socket);
  return received;
}

const serving = serve();
const results = Promise.all(Array.from({ length: CLIENTS }, client));
await Promise.all([loop.run(), serving]);
const received = await results;
console.log(`${CLIENTS} clients got ${received.reduce((sum, bytes) => sum + bytes, 0)} bytes back`);
loop.runtime.close();

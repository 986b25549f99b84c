/**
 * Program that accepts more connections than it has descriptors, answers each with one byte, and keeps them
 * open. Prints its port; then, after connections have come, the CPU time of some milliseconds in
 * microseconds. From then on it closes what it accepts. Arguments: backend, milliseconds. Linux only.
 */
import { AsyncLoop } from "../../src/io/runtime/async-loop.ts";
import type { BackendName } from "../../src/io/runtime/backend.ts";
import { Runtime } from "../../src/io/runtime/runtime.ts";
import type { StreamSocket } from "../../src/io/runtime/sockets/types.ts";

const [backend, milliseconds] = process.argv.slice(2);
const loop = new AsyncLoop(new Runtime({ backend: backend as BackendName }));
const listener = await loop.listen({ host: "127.0.0.1", port: 0 }, 256);
console.log("port", (listener.endpoint as { port: number }).port);
const sockets: StreamSocket[] = [];
let isOver = false;
void (async () => {
  for (;;) {
    const socket = await loop.accept(listener);
    socket.trySend(Buffer.from("a"));
    if (isOver) loop.close(socket);
    else sockets.push(socket);
  }
})();
void (async () => {
  // Continue until no more connections come.
  for (let before = -1; before < sockets.length || sockets.length < 10; ) {
    before = sockets.length;
    await loop.sleep(300e6);
  }
  const before = process.cpuUsage();
  await loop.sleep(Number(milliseconds) * 1e6);
  const { user, system } = process.cpuUsage(before);
  const open = sockets.length;
  isOver = true;
  for (const socket of sockets.splice(0)) loop.close(socket);
  console.log("cpu", user + system, "open", open);
})();
await loop.run();

/**
 * Program that waits to write to a peer that has ended its half of the connection and does not read. It
 * prints the CPU time that this took, in microseconds. Linux only. Arguments: backend, milliseconds.
 */
import { linuxIo } from "../../src/io/ffi/libc.ts";
import { AsyncLoop } from "../../src/io/runtime/async-loop.ts";
import type { BackendName } from "../../src/io/runtime/backend.ts";
import { SocketAddress } from "../../src/io/runtime/linux/address.ts";
import { Runtime } from "../../src/io/runtime/runtime.ts";
import { WOULD_BLOCK } from "../../src/io/runtime/sockets/types.ts";

const AF_INET = 2;
const SOCK_STREAM = 1;
const SHUT_WR = 1;

const [backend, milliseconds] = process.argv.slice(2);
const loop = new AsyncLoop(new Runtime({ backend: backend as BackendName }));
const listener = await loop.listen({ host: "127.0.0.1", port: 0 });
const io = linuxIo()!;
const address = new SocketAddress();
address.set(listener.endpoint);
const far = io.socket(AF_INET, SOCK_STREAM, 0);
io.connect(far, address.address, address.length);
io.shutdown(far, SHUT_WR);

const accepting = loop.accept(listener);
void accepting.then(async (socket) => {
  const bytes = new Uint8Array(65_536);
  for (;;) if (socket.trySend(bytes) === WOULD_BLOCK) await loop.writable(socket.key);
});
const until = async (nanoseconds: number) => {
  const sleeping = loop.sleep(nanoseconds).then(() => loop.stop());
  await loop.run();
  await sleeping;
};
await until(300e6);
const before = process.cpuUsage();
await until(Number(milliseconds) * 1e6);
const { user, system } = process.cpuUsage(before);
console.log(user + system);
process.exit(0);

/**
 * Spectators for bench/spectators.ts. Arguments: address, number of spectators, number of those that never
 * read, pictures per second.
 */
import { SocketAddress } from "../../src/io/runtime/linux/address.ts";
import { KernelMemory, libc } from "../../src/io/runtime/linux/calls.ts";

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SMALL_BYTES = 4096;

const [address = "", count = "0", stalled = "0", fps = "15"] = process.argv.slice(2);
const [hostname = "", port = ""] = address.split(":");
const line = `watch fps=${fps} columns=200 rows=80\n`;

/** A spectator that never reads and has a small buffer, so it is slow from the start. */
function stall(): void {
  const socket = libc().socket(AF_INET, SOCK_STREAM, 0);
  const memory = new KernelMemory(64);
  memory.words[0] = SMALL_BYTES;
  libc().setsockopt(socket, SOL_SOCKET, SO_RCVBUF, memory.address, 4);
  const endpoint = new SocketAddress();
  endpoint.set({ host: hostname, port: Number(port) });
  libc().connect(socket, endpoint.address, endpoint.length);
  memory.bytes.set(Buffer.from(line));
  libc().send(socket, memory.address, line.length, 0);
}

for (let i = 0; i < Number(count); i++) {
  if (i < Number(stalled)) {
    stall();
    continue;
  }
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: { data: () => undefined, close: () => console.error("a spectator was cut off") },
  });
  socket.write(line);
}

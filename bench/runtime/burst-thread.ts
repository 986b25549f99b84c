/** Opens connections in bursts, and records when each connection was requested. */
import { linuxIo } from "../../src/io/ffi/libc.ts";
import { SocketAddress } from "../../src/io/runtime/linux/address.ts";

declare const self: Worker;
const STREAM_NONBLOCK = 0x801;

self.onmessage = (
  event: MessageEvent<{ port: number; go: Int32Array; times: Float64Array; burst: number }>,
) => {
  const { port, go, times, burst } = event.data;
  const io = linuxIo()!;
  const address = new SocketAddress();
  address.set({ host: "127.0.0.1", port });
  for (let round = 0; round < times.length / burst; round++) {
    while (Atomics.load(go, 0) <= round) Atomics.wait(go, 0, round, 1000);
    const sockets = Array.from({ length: burst }, () => io.socket(2, STREAM_NONBLOCK, 0));
    for (const [i, socket] of sockets.entries()) {
      times[round * burst + i] = performance.timeOrigin + performance.now();
      io.connect(socket, address.address, address.length);
    }
    Atomics.store(go, 2, round + 1);
    Atomics.notify(go, 2);
    while (Atomics.load(go, 1) <= round) Atomics.wait(go, 1, round, 1000);
    for (const socket of sockets) io.close(socket);
  }
};

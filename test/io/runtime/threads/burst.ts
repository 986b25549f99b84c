import { linuxIo } from "../../../../src/io/ffi/libc.ts";
import { SocketAddress } from "../../../../src/io/runtime/linux/address.ts";
import { serveThread } from "../../../support/test-thread.ts";

const STREAM_NONBLOCK = 0x801;
const AF_INET = 2;

export interface BurstOrder {
  readonly port: number;
  readonly rounds: number;
  /** Number of connections in a burst. */
  readonly burst: number;
  /** One word: the number of bursts that main has accepted completely. */
  readonly words: Int32Array;
}

/** Connects in bursts, each after main has accepted the previous one. */
serveThread(({ port, rounds, burst, words }: BurstOrder): number => {
  const io = linuxIo()!;
  const address = new SocketAddress();
  address.set({ host: "127.0.0.1", port });
  for (let round = 0; round < rounds; round++) {
    const sockets = Array.from({ length: burst }, () => io.socket(AF_INET, STREAM_NONBLOCK, 0));
    for (const socket of sockets) io.connect(socket, address.address, address.length);
    while (Atomics.load(words, 0) <= round) Atomics.wait(words, 0, round);
    for (const socket of sockets) io.close(socket);
  }
  return rounds;
});

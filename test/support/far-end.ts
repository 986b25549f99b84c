/** The far end of connections, by Linux system calls: it uses nothing of the runtime under test. */
import { linuxIo } from "../../src/io/ffi/libc.ts";
import { SocketAddress } from "../../src/io/runtime/linux/address.ts";
import { KernelMemory } from "../../src/io/runtime/linux/calls.ts";
import type { Endpoint } from "../../src/io/runtime/sockets/types.ts";

const AF_UNIX = 1;
const AF_INET = 2;
const STREAM_NONBLOCK = 0x801;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;
const MAX_BYTES = 65_536;

const memory = new KernelMemory(MAX_BYTES);
const address = new SocketAddress();

/** A connected socket that never waits. */
export class FarEnd {
  readonly #io = linuxIo()!;
  readonly #descriptor: number;

  constructor(endpoint: Endpoint) {
    this.#descriptor = this.#io.socket("path" in endpoint ? AF_UNIX : AF_INET, STREAM_NONBLOCK, 0);
    address.set(endpoint);
    this.#io.connect(this.#descriptor, address.address, address.length);
  }

  /** Sends `length` bytes. Returns how many were sent; −1 if none can be. */
  send(length: number): number {
    return this.#io.send(this.#descriptor, memory.address, Math.min(length, MAX_BYTES), MSG_NOSIGNAL);
  }

  /** Sends until nothing more fits. Returns the number of bytes. */
  flood(): number {
    let total = 0;
    for (let sent = this.send(4096); sent > 0; sent = this.send(4096)) total += sent;
    return total;
  }

  /** Reads everything that has arrived. */
  empty(): void {
    while (this.#io.recv(this.#descriptor, memory.address, MAX_BYTES, 0) > 0);
  }

  end(): void {
    this.#io.shutdown(this.#descriptor, SHUT_WR);
  }

  close(): void {
    this.#io.close(this.#descriptor);
  }
}

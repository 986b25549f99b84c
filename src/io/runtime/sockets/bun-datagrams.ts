import type { BunBackend } from "../backends/bun.ts";
import { IoError, ioErrorFrom } from "../io-error.ts";
import { READ, WRITE } from "../keys.ts";
import type { Runtime } from "../runtime.ts";
import { Source } from "./bun-source.ts";
import type { Datagram, DatagramSocket } from "./types.ts";

/** Maximum number of unread datagrams. Later ones are dropped, as with a full kernel buffer. */
const MAX_DATAGRAMS = 256;
/** Reports of refused datagrams that one send may find. */
const MAX_REFUSALS = 16;

/** A UDP socket of Bun. */
export class BunDatagrams extends Source implements DatagramSocket {
  readonly port: number;
  #socket: Bun.udp.Socket<"buffer"> | undefined;
  readonly #waiting: { bytes: Uint8Array; host: string; port: number }[] = [];
  #isFull = false;

  constructor(runtime: Runtime, backend: BunBackend, socket: Bun.udp.Socket<"buffer">) {
    super(runtime, backend);
    this.#socket = socket;
    this.port = socket.port;
  }

  readiness(): number {
    return (this.#waiting.length > 0 ? READ : 0) | (this.#isFull ? 0 : WRITE);
  }

  tryRecvFrom(into: Uint8Array<SharedArrayBuffer>): Datagram | undefined {
    if (this.isClosed) throw new IoError("EBADF", "receiving");
    const datagram = this.#waiting.shift();
    if (datagram === undefined) return undefined;
    const { bytes, host, port } = datagram;
    const length = Math.min(bytes.length, into.length);
    into.set(bytes.subarray(0, length));
    return { length, host, port };
  }

  trySendTo(bytes: Uint8Array, host: string, port: number): boolean {
    if (this.isClosed) throw new IoError("EBADF", "sending");
    for (let tries = 1; ; tries++) {
      try {
        this.#isFull = !this.#socket!.send(bytes, port, host);
        return !this.#isFull;
      } catch (error) {
        const failure = ioErrorFrom(error, "sending", `${host}:${port}`);
        // Bun asks the kernel to report that earlier datagrams were refused, by whomever (IP_RECVERR): each
        // such report makes one send fail.
        if (failure.code !== "ECONNREFUSED" || tries === MAX_REFUSALS) throw failure;
      }
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.leave();
    this.#socket?.close();
  }

  received(bytes: Uint8Array, host: string, port: number): void {
    if (this.#waiting.length < MAX_DATAGRAMS) this.#waiting.push({ bytes, host, port });
    this.changed();
  }

  drained(): void {
    this.#isFull = false;
    this.changed();
  }
}

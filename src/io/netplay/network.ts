import { InputError } from "../../emu/input-error.ts";
import { AsyncLoop } from "../runtime/async-loop.ts";
import type { PosterHandle } from "../runtime/bell.ts";
import { IoError } from "../runtime/io-error.ts";
import { Runtime } from "../runtime/runtime.ts";
import { resolveEndpoints } from "../runtime/sockets/resolve.ts";
import type { DatagramSocket } from "../runtime/sockets/types.ts";
import { type LogRoot, NO_LOG_ROOT } from "../shared/log.ts";
import { NETPLAY_POST } from "../thread/messages.ts";

/** Longer datagrams are cut off, and then not ours. */
const DATAGRAM_BYTES = 2048;
const TICK_NS = 10e6;

/** Receives what happens on the network. */
export interface NetworkListener {
  received(packet: Uint8Array, address: string): void;
  /** Called at every frame time of the machine thread, and every 10 ms. */
  ticked(): void;
}

/** A UDP socket of the async runtime, which also waits for frames of the machine thread and for time. */
export class Network {
  /** The port that the socket is bound to. */
  readonly port: number;
  readonly #loop: AsyncLoop;
  readonly #socket: DatagramSocket;
  readonly #alive = new AbortController();

  private constructor(loop: AsyncLoop, socket: DatagramSocket) {
    this.#loop = loop;
    this.#socket = socket;
    this.port = socket.port;
  }

  /** Opens a socket on a numeric address. Rejects with `IoError` if that is not possible. */
  static async open(host: string, port: number, logs: LogRoot = NO_LOG_ROOT): Promise<Network> {
    const runtime = new Runtime({ log: logs.child({ scope: "runtime" }) });
    const loop = new AsyncLoop(runtime);
    try {
      return new Network(loop, await loop.sockets.bindDatagram(host, port));
    } catch (error) {
      runtime.close();
      throw error;
    }
  }

  /** What the machine thread posts its frame times to. */
  get poster(): PosterHandle {
    return this.#loop.runtime.poster;
  }

  /** Reports events to `listener` from now on. An exception of the listener rejects the promise. */
  async run(listener: NetworkListener): Promise<void> {
    const tasks = [this.#receive(listener), this.#followFrames(listener), this.#followTime(listener)];
    // The tasks wait from here on, so the loop does not end before `close`.
    const running = this.#loop.run();
    try {
      await Promise.all(tasks);
    } catch (error) {
      if (!this.#alive.signal.aborted) throw error;
    }
    await running;
  }

  /** Sends a datagram. One that cannot be sent is lost, as on the way. */
  send(packet: Uint8Array, address: string): void {
    if (this.#alive.signal.aborted) return;
    const at = address.lastIndexOf(" ");
    try {
      this.#socket.trySendTo(packet, address.slice(0, at), Number(address.slice(at + 1)));
    } catch (error) {
      if (!(error instanceof IoError)) throw error;
    }
  }

  async close(): Promise<void> {
    this.#alive.abort();
    this.#loop.close(this.#socket);
    this.#loop.stop();
    await new Promise(setImmediate);
    this.#loop.runtime.close();
  }

  async #receive(listener: NetworkListener): Promise<void> {
    const buffer = new Uint8Array(new SharedArrayBuffer(DATAGRAM_BYTES));
    for (;;) {
      const { length, host, port } = await this.#loop.recvFrom(this.#socket, buffer, this.#alive);
      // Bytes of shared memory cannot be hashed.
      listener.received(buffer.slice(0, length), addressText(host, port));
    }
  }

  async #followFrames(listener: NetworkListener): Promise<void> {
    for (;;) {
      await this.#loop.completion(NETPLAY_POST, this.#alive);
      listener.ticked();
    }
  }

  async #followTime(listener: NetworkListener): Promise<void> {
    for (;;) {
      await this.#loop.sleep(TICK_NS, this.#alive.signal);
      listener.ticked();
    }
  }
}

/** An address in the form that sessions use. */
function addressText(host: string, port: number): string {
  return `${host} ${port}`;
}

/** Resolves a host's name to an address in that form. Throws `InputError` ("unavailable"). */
export async function hostAddress(host: string, port: number): Promise<{ host: string; address: string }> {
  try {
    const [first] = await resolveEndpoints({ host, port });
    if (!("host" in first)) throw new Error("a host resolved to a path");
    return { host: first.host, address: addressText(first.host, port) };
  } catch (error) {
    if (!(error instanceof IoError)) throw error;
    throw new InputError("unavailable", "no such host", `${host}:${port}`);
  }
}

import type { BunBackend } from "../backends/bun.ts";
import { isNearLimit } from "../descriptor-limit.ts";
import { ioErrorFrom } from "../io-error.ts";
import { READ } from "../keys.ts";
import { endpointText } from "../linux/address.ts";
import type { Runtime } from "../runtime.ts";
import { Source } from "./bun-source.ts";
import { type BunSocket, BunStream, bunTls, socketHandlers } from "./bun-stream.ts";
import type { Endpoint, Listener, StreamSocket, TlsOptions } from "./types.ts";

/** Accepts connections through Bun. */
export class BunListener extends Source implements Listener {
  readonly endpoint: Endpoint;
  readonly #listener: Bun.SocketListener<BunStream | undefined>;
  readonly #waiting: BunStream[] = [];
  #isTelling = false;
  refused = 0;

  constructor(runtime: Runtime, backend: BunBackend, endpoint: Endpoint, tls?: TlsOptions) {
    super(runtime, backend);
    const open = (socket: BunSocket) => {
      // Bun has already accepted it, so only the room in the source table limits waiting connections.
      if (runtime.sources.count === runtime.sources.capacity || takesSpare(socket)) {
        this.refused++;
        socket.terminate();
        return;
      }
      const stream = new BunStream(runtime, backend, "path" in endpoint ? "unix" : "");
      socket.data = stream;
      stream.attach(socket, tls === undefined);
      this.#waiting.push(stream);
      this.#tell();
    };
    const common = { data: undefined, allowHalfOpen: true, socket: { ...socketHandlers, open } };
    const secure = tls === undefined ? {} : { tls: bunTls(tls) };
    try {
      this.#listener =
        "path" in endpoint
          ? Bun.listen({ ...common, ...secure, unix: endpoint.path })
          : Bun.listen({ ...common, ...secure, hostname: endpoint.host, port: endpoint.port });
    } catch (error) {
      this.leave();
      throw ioErrorFrom(error, "listening", endpointText(endpoint));
    }
    this.endpoint =
      "path" in endpoint
        ? endpoint
        : { host: endpoint.host, port: (this.#listener as unknown as { port: number }).port };
  }

  readiness(): number {
    return this.#waiting.length > 0 ? READ : 0;
  }

  tryAccept(): StreamSocket | undefined {
    return this.#waiting.shift();
  }

  close(): void {
    if (this.isClosed) return;
    this.leave();
    for (const stream of this.#waiting.splice(0)) stream.reset();
    this.#listener.stop();
  }

  /** Reports a burst of connections once, after Bun has accepted all of it. */
  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    setImmediate(() => {
      this.#isTelling = false;
      this.changed();
    });
  }
}

/**
 * Returns true if a socket uses one of the last descriptors. Bun does not report that it cannot accept
 * because no descriptor is left. It retries without a pause as long as a connection waits, so that state must
 * be avoided.
 */
function takesSpare(socket: BunSocket): boolean {
  const { fd } = socket as unknown as { fd?: number };
  return fd !== undefined && isNearLimit(fd);
}

import type { BunBackend } from "../backends/bun.ts";
import { ioErrorFrom } from "../io-error.ts";
import { endpointText } from "../linux/address.ts";
import type { Runtime } from "../runtime.ts";
import { BunDatagrams } from "./bun-datagrams.ts";
import { BunListener } from "./bun-listener.ts";
import { type BunSocket, BunStream, bunTls, socketHandlers } from "./bun-stream.ts";
import type { DatagramSocket, Endpoint, Listener, SocketFactory, StreamSocket, TlsOptions } from "./types.ts";

/** Sockets on Bun's own event loop: every platform, and TLS. */
export class BunSockets implements SocketFactory {
  readonly #runtime: Runtime;
  readonly #backend: BunBackend;

  constructor(runtime: Runtime, backend: BunBackend) {
    this.#runtime = runtime;
    this.#backend = backend;
  }

  listen(endpoint: Endpoint, _backlog: number, tls?: TlsOptions): Listener {
    return new BunListener(this.#runtime, this.#backend, endpoint, tls);
  }

  connect(endpoint: Endpoint, tls?: TlsOptions): StreamSocket {
    const where = endpointText(endpoint);
    const stream = new BunStream(this.#runtime, this.#backend, where, tls?.fingerprint);
    const open = (socket: BunSocket) => stream.attach(socket, tls === undefined);
    const connectError = (_socket: BunSocket, error: Error) => stream.failed(error, "connecting");
    const common = { data: stream, allowHalfOpen: true, socket: { ...socketHandlers, open, connectError } };
    const secure = tls === undefined ? {} : { tls: bunTls(tls) };
    const connecting =
      "path" in endpoint
        ? Bun.connect<BunStream | undefined>({ ...common, ...secure, unix: endpoint.path })
        : Bun.connect<BunStream | undefined>({
            ...common,
            ...secure,
            hostname: endpoint.host,
            port: endpoint.port,
          });
    connecting.catch((error: unknown) => stream.failed(error, "connecting"));
    return stream;
  }

  async bindDatagram(host: string, port: number): Promise<DatagramSocket> {
    let datagrams: BunDatagrams | undefined;
    try {
      const socket = await Bun.udpSocket({
        hostname: host,
        port,
        socket: {
          data: (_socket, bytes, fromPort, fromHost) => datagrams?.received(bytes, fromHost, fromPort),
          drain: () => datagrams?.drained(),
          // Bun reports here that an earlier datagram was refused, and prints an unhandled report.
          error: () => undefined,
        },
      });
      datagrams = new BunDatagrams(this.#runtime, this.#backend, socket);
      return datagrams;
    } catch (error) {
      throw ioErrorFrom(error, "binding", `${host}:${port}`);
    }
  }
}

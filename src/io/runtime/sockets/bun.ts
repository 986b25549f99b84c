import { KIB } from "../../../emu/units.ts";
import type { BunBackend, BunSource } from "../backends/bun.ts";
import { isNearLimit } from "../descriptor-limit.ts";
import { IoError, ioErrorFrom } from "../io-error.ts";
import { END, ERROR, HANGUP, READ, WRITE } from "../keys.ts";
import { endpointText } from "../linux/address.ts";
import type { Runtime } from "../runtime.ts";
import type {
  Datagram,
  DatagramSocket,
  Endpoint,
  Listener,
  SocketFactory,
  StreamSocket,
  TlsOptions,
} from "./types.ts";
import { WOULD_BLOCK } from "./types.ts";

type BunSocket = Bun.Socket<BunStream | undefined>;

/** A connection with this many unread bytes is paused, even if its owner wants to read. */
const MAX_UNREAD_BYTES = 128 * KIB;
/** Maximum number of unread datagrams. Later ones are dropped, as with a full kernel buffer. */
const MAX_DATAGRAMS = 256;
/** Reports of refused datagrams that one send may find. */
const MAX_REFUSALS = 16;

/**
 * A source of the bun backend: registers itself, and tells the runtime when its readiness may have changed.
 */
abstract class Source implements BunSource {
  readonly key: number;
  protected wanted = 0;
  protected isClosed = false;
  readonly #runtime: Runtime;
  readonly #backend: BunBackend;

  constructor(runtime: Runtime, backend: BunBackend) {
    this.#runtime = runtime;
    this.#backend = backend;
    this.key = runtime.sources.add(-1, 0);
    backend.register(this.key, this);
  }

  abstract readiness(): number;

  want(wanted: number): void {
    this.wanted = wanted;
  }

  protected changed(): void {
    // The owner wants nothing now; when it does, the backend checks readiness itself.
    if (this.isClosed || this.wanted === 0) return;
    this.#backend.changed(this.key);
    this.#runtime.ring();
  }

  protected leave(): void {
    this.isClosed = true;
    this.#runtime.remove(this.key);
    this.#backend.unregister(this.key);
  }
}

/**
 * A connection whose bytes Bun delivers by callbacks. It is paused while its owner does not want to read, so
 * that bytes stay in the kernel and the peer's window closes. Bytes that were already delivered, at most 512
 * KiB (Bun's receive buffer), wait here outside the block pool; the socket resumes when all of them have been
 * taken. While an owner wants to read, at most 128 KiB more can wait.
 */
class BunStream extends Source implements StreamSocket {
  #remote: string;
  readonly #fingerprint: string | undefined;
  #socket: BunSocket | undefined;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #isPaused = false;
  /** True if the peer has ended its half, or the whole connection is closed. */
  #hasEnded = false;
  #isGone = false;
  #isConnected = false;
  #isFull = false;
  #isShut = false;
  #error: IoError | undefined;

  /**
   * `remote` is empty for an accepted connection: its peer's address is requested only when it is needed.
   * `fingerprint` is that of the only certificate that is accepted.
   */
  constructor(runtime: Runtime, backend: BunBackend, remote: string, fingerprint?: string) {
    super(runtime, backend);
    this.#remote = remote;
    this.#fingerprint = fingerprint;
  }

  get remote(): string {
    const socket = this.#socket;
    // Bun forgets the address when the connection is closed.
    if (this.#remote === "" && socket?.remoteAddress !== undefined)
      this.#remote = endpointText({ host: socket.remoteAddress, port: socket.remotePort });
    return this.#remote;
  }

  readiness(): number {
    if (this.#error !== undefined) return READ | WRITE | ERROR;
    const canRead = this.#unread.length > 0 || this.#hasEnded;
    const canWrite = this.#isConnected && !this.#isFull;
    return (
      (canRead ? READ : 0) | (canWrite ? WRITE : 0) | (this.#hasEnded ? END : 0) | (this.#isGone ? HANGUP : 0)
    );
  }

  override want(wanted: number): void {
    super.want(wanted);
    this.#steer();
  }

  tryRecv(into: Uint8Array<SharedArrayBuffer>): number {
    this.#assertOpen("receiving");
    const chunk = this.#unread[0];
    if (chunk === undefined) {
      if (this.#error !== undefined) throw this.#error;
      return this.#hasEnded ? 0 : WOULD_BLOCK;
    }
    const length = Math.min(chunk.length, into.length);
    into.set(length === chunk.length ? chunk : chunk.subarray(0, length));
    if (length < chunk.length) this.#unread[0] = chunk.subarray(length);
    else this.#unread.shift();
    this.#unreadBytes -= length;
    this.#steer();
    return length;
  }

  trySend(bytes: Uint8Array): number {
    this.#assertOpen("sending");
    if (this.#error !== undefined) throw this.#error;
    if (this.#socket === undefined || !this.#isConnected) return WOULD_BLOCK;
    if (this.#isShut) throw new IoError("EPIPE", "sending", this.remote);
    if (bytes.length === 0) return 0;
    const taken = this.#socket.write(bytes);
    if (taken < 0) throw new IoError("EPIPE", "sending", this.remote);
    this.#isFull = taken < bytes.length;
    return taken === 0 ? WOULD_BLOCK : taken;
  }

  shutdown(): void {
    this.#isShut = true;
    if (!this.isClosed) this.#socket?.shutdown();
  }

  close(): void {
    if (this.isClosed) return;
    this.leave();
    this.#unread = [];
    this.#socket?.end();
    // `end` alone would also wait for the peer to end its half.
    this.#socket?.close();
  }

  reset(): void {
    if (this.isClosed) return;
    this.leave();
    this.#unread = [];
    this.#socket?.terminate();
  }

  /** Takes over Bun's socket. With TLS it can be used only after the handshake. */
  attach(socket: BunSocket, isConnected: boolean): void {
    this.#socket = socket;
    if (this.isClosed) {
      socket.terminate();
      return;
    }
    this.#isConnected = isConnected;
    this.#steer();
    this.changed();
  }

  /** The TLS handshake is over. `error` says why it has failed, or what is wrong with the certificate. */
  handshaken(socket: BunSocket, isTrusted: boolean, error: Error | null): void {
    const code = this.#reasonAgainst(socket, isTrusted, error);
    if (code !== undefined) {
      this.failed({ code }, "the TLS handshake failed");
      return;
    }
    this.#isConnected = true;
    this.#steer();
    this.changed();
  }

  #reasonAgainst(socket: BunSocket, isTrusted: boolean, error: Error | null): string | undefined {
    const code = isTrusted || error === null ? undefined : ((error as { code?: string }).code ?? "EPROTO");
    if (this.#fingerprint === undefined) return code;
    const certificate = socket.getPeerX509Certificate() as { readonly fingerprint256: string } | undefined;
    // Issuer, host and dates of a pinned certificate do not matter. But the handshake must be complete:
    // before its end, the peer has not proved that it has the certificate's key.
    if (certificate === undefined || code === "EPROTO") return code ?? "EPROTO";
    return certificate.fingerprint256 === this.#fingerprint ? undefined : "ERR_TLS_FINGERPRINT";
  }

  received(bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
    this.#steer();
    this.changed();
  }

  drained(): void {
    this.#isFull = false;
    this.changed();
  }

  ended(): void {
    this.#hasEnded = true;
    this.changed();
  }

  /** The connection is closed and can no longer be written to. */
  gone(): void {
    this.#isGone = true;
    this.ended();
  }

  failed(error: unknown, what: string): void {
    this.#error ??= ioErrorFrom(error, what, this.remote);
    this.gone();
  }

  /** Pauses and resumes the socket. A TLS handshake has to read before the owner wants to. */
  #steer(): void {
    if (this.#socket === undefined || this.isClosed || !this.#isConnected) return;
    const isWanted = (this.wanted & READ) !== 0;
    if (!this.#isPaused && (!isWanted || this.#unreadBytes >= MAX_UNREAD_BYTES)) {
      this.#isPaused = true;
      this.#socket.pause();
    } else if (this.#isPaused && this.#unreadBytes === 0 && isWanted) {
      this.#isPaused = false;
      this.#socket.resume();
    }
  }

  #assertOpen(what: string): void {
    if (this.isClosed) throw new IoError("EBADF", what, this.remote);
  }
}

const handlers: Bun.SocketHandler<BunStream | undefined> = {
  data: (socket, bytes) => socket.data?.received(bytes),
  drain: (socket) => socket.data?.drained(),
  end: (socket) => socket.data?.ended(),
  error: (socket, error) => socket.data?.failed(error, "the connection broke"),
  close: (socket, error) => {
    if (error) socket.data?.failed(error, "the connection broke");
    else socket.data?.gone();
  },
  handshake: (socket, isTrusted, error) => socket.data?.handshaken(socket, isTrusted, error),
};

class BunListener extends Source implements Listener {
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
    const common = { data: undefined, allowHalfOpen: true, socket: { ...handlers, open } };
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

class BunDatagrams extends Source implements DatagramSocket {
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
    const common = { data: stream, allowHalfOpen: true, socket: { ...handlers, open, connectError } };
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
          // Bun reports that somebody refused an earlier datagram, and prints that if nobody handles it.
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

function bunTls({ key, cert, ca, serverName, rejectUnauthorized, fingerprint }: TlsOptions): Bun.TLSOptions {
  return {
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { serverName }),
    // Never left out: Bun takes an object without settings for "no TLS".
    rejectUnauthorized: fingerprint === undefined && rejectUnauthorized !== false,
  };
}

import { KIB } from "../../../emu/units.ts";
import type { BunBackend } from "../backends/bun.ts";
import { IoError, ioErrorFrom } from "../io-error.ts";
import { END, ERROR, HANGUP, READ, WRITE } from "../keys.ts";
import { endpointText } from "../linux/address.ts";
import type { Runtime } from "../runtime.ts";
import { Source } from "./bun-source.ts";
import type { StreamSocket, TlsOptions } from "./types.ts";
import { WOULD_BLOCK } from "./types.ts";

export type BunSocket = Bun.Socket<BunStream | undefined>;

/** A connection with this many unread bytes is paused, even if its owner wants to read. */
const MAX_UNREAD_BYTES = 128 * KIB;

/**
 * A connection whose bytes Bun delivers by callbacks. It is paused while its owner does not want to read, so
 * that bytes stay in the kernel and the peer's window closes. Bytes that were already delivered, at most 512
 * KiB (Bun's receive buffer), wait here outside the block pool; the socket resumes when all of them have been
 * taken. While an owner wants to read, at most 128 KiB more can wait.
 */
export class BunStream extends Source implements StreamSocket {
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

/** Passes Bun's events on to the stream of a socket. */
export const socketHandlers: Bun.SocketHandler<BunStream | undefined> = {
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

/** Options of a connection as Bun takes them. */
export function bunTls({
  key,
  cert,
  ca,
  serverName,
  rejectUnauthorized,
  fingerprint,
}: TlsOptions): Bun.TLSOptions {
  return {
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { serverName }),
    // Never left out: Bun takes an object without settings for "no TLS".
    rejectUnauthorized: fingerprint === undefined && rejectUnauthorized !== false,
  };
}

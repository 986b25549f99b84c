/** Where a socket listens or connects to: a host and port, or a path in the file system. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** Returned by an operation that would have to wait. Wait for readiness, then try again. */
export const WOULD_BLOCK = -1;

/** TLS, where the backend has it: PEM texts, as Bun takes them. */
export interface TlsOptions {
  readonly key?: string;
  readonly cert?: string;
  readonly ca?: string;
  readonly serverName?: string;
  /** True if a server's certificate is checked. Default true. */
  readonly rejectUnauthorized?: boolean;
}

/**
 * A stream of bytes to a peer. Operations never wait; they throw `IoError` when the connection is broken.
 * Its `key` is what the runtime's events name; owners say by `Runtime.modify` what they want of it.
 */
export interface StreamSocket {
  readonly key: number;
  /** The peer, for people: "127.0.0.1:4711", or a path. */
  readonly remote: string;
  /** Reads into `into`. Returns the number of bytes, 0 at the end of the stream, or `WOULD_BLOCK`. */
  tryRecv(into: Uint8Array<SharedArrayBuffer>): number;
  /** Sends from `bytes`. Returns the number of bytes sent, or `WOULD_BLOCK`. */
  trySend(bytes: Uint8Array): number;
  /** Ends our half of the stream once what was sent is out; the peer's half can still be read. */
  shutdown(): void;
  /** Closes the connection and forgets what is still unread. Sources and events of it go with it. */
  close(): void;
  /** Closes it so that the peer sees a reset. */
  reset(): void;
}

/** A listening socket. READ means that a connection waits to be accepted. */
export interface Listener {
  readonly key: number;
  /** Where it listens: with the port that was chosen, if that was left open. */
  readonly endpoint: Endpoint;
  /** Connections that were closed at once, because there was no source or descriptor for them. */
  readonly refused: number;
  /** Returns the next connection, or undefined if none waits. */
  tryAccept(): StreamSocket | undefined;
  close(): void;
}

/** A datagram and who sent it. `length` is that of the datagram as far as it fitted. */
export interface Datagram {
  readonly length: number;
  readonly host: string;
  readonly port: number;
}

/** A UDP socket. */
export interface DatagramSocket {
  readonly key: number;
  readonly port: number;
  /** Receives one datagram into `into`. Returns undefined if none waits. */
  tryRecvFrom(into: Uint8Array<SharedArrayBuffer>): Datagram | undefined;
  /** Sends one datagram to a numeric address. Returns false if it would have to wait. */
  trySendTo(bytes: Uint8Array, host: string, port: number): boolean;
  close(): void;
}

/** Makes sockets on a runtime. Host names have been resolved by the time that these are called. */
export interface SocketFactory {
  /**
   * Throws `IoError` if the endpoint is not available. `backlog` connections may wait in the kernel to be
   * accepted; on Bun's loop, which accepts by itself, as many as there is room for among the sources.
   */
  listen(endpoint: Endpoint, backlog: number, tls?: TlsOptions): Listener;
  /** Begins to connect: the socket becomes writable when connected, and `trySend` then throws errors. */
  connect(endpoint: Endpoint, tls?: TlsOptions): StreamSocket;
  /** Throws `IoError` if the port is not available. Port 0 lets the system choose. */
  bindDatagram(host: string, port: number): DatagramSocket | Promise<DatagramSocket>;
}

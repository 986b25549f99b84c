/** Where a socket listens or connects: a host and port, or a path in the file system. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** Returned by an operation that would have to wait. Wait for readiness, then try again. */
export const WOULD_BLOCK = -1;

/** TLS settings as PEM texts in Bun's form, for backends that support TLS. */
export interface TlsOptions {
  readonly key?: string;
  readonly cert?: string;
  readonly ca?: string;
  readonly serverName?: string;
  /** True if a server's certificate is checked. Default true. */
  readonly rejectUnauthorized?: boolean;
  /**
   * SHA-256 of the only certificate that is accepted from a server, as "AB:CD:…". Its issuer, names and dates
   * then do not matter.
   */
  readonly fingerprint?: string;
}

/**
 * A stream of bytes to a peer. Operations never wait; they throw `IoError` if the connection is broken. The
 * runtime's events name it by `key`; owners set what they want from it with `Runtime.modify`.
 */
export interface StreamSocket {
  readonly key: number;
  /** The peer, for people: "127.0.0.1:4711", or a path. */
  readonly remote: string;
  /** Reads into `into`. Returns the number of bytes, 0 at the end of the stream, or `WOULD_BLOCK`. */
  tryRecv(into: Uint8Array<SharedArrayBuffer>): number;
  /** Sends from `bytes`. Returns the number of bytes sent, or `WOULD_BLOCK`. */
  trySend(bytes: Uint8Array): number;
  /**
   * Ends our half of the stream after everything sent has been transmitted; the peer's half can still be
   * read.
   */
  shutdown(): void;
  /** Closes the connection and drops unread bytes, its source and its events. */
  close(): void;
  /** Closes the connection so that the peer sees a reset. */
  reset(): void;
}

/** A listening socket. READ means that a connection waits to be accepted. */
export interface Listener {
  readonly key: number;
  /** Where it listens. If the port was left open, this has the port that the system chose. */
  readonly endpoint: Endpoint;
  /** Connections that were closed immediately because no source or descriptor was free. */
  readonly refused: number;
  /** Returns the next connection, or undefined if none waits. */
  tryAccept(): StreamSocket | undefined;
  close(): void;
}

/** A datagram and its sender. `length` counts the bytes that fitted into the buffer. */
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

/** Creates sockets on a runtime. Host names must be resolved before these functions are called. */
export interface SocketFactory {
  /**
   * Throws `IoError` if the endpoint is not available. Up to `backlog` connections wait in the kernel to be
   * accepted. Bun's loop accepts connections itself: with it, the number that can wait is limited by the room
   * in the source table.
   */
  listen(endpoint: Endpoint, backlog: number, tls?: TlsOptions): Listener;
  /**
   * Starts to connect: the socket becomes writable when the attempt ends; `trySend` then throws if it failed.
   */
  connect(endpoint: Endpoint, tls?: TlsOptions): StreamSocket;
  /** Throws `IoError` if the port is not available. Port 0 lets the system choose. */
  bindDatagram(host: string, port: number): DatagramSocket | Promise<DatagramSocket>;
}

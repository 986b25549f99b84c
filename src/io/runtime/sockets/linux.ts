import { ptr } from "bun:ffi";
import { InputError } from "../../../emu/input-error.ts";
import { KIB } from "../../../emu/units.ts";
import { errno, errnoText, linuxC } from "../../ffi/libc.ts";
import { isNearLimit } from "../descriptor-limit.ts";
import { IoError, lastError } from "../io-error.ts";
import { AF_INET6, AF_UNIX, endpointText, familyOf, SocketAddress } from "../linux/address.ts";
import { EAGAIN, EINTR, KernelMemory, libc } from "../linux/calls.ts";
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

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const SO_LINGER = 13;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const SHUT_WR = 1;
const MSG_NOSIGNAL = 0x4000;
const F_DUPFD_CLOEXEC = 1030;
const EINPROGRESS = 115;
/** Error of a connection that was closed before it was accepted. It is ignored. */
const ECONNABORTED = 103;

const address = new SocketAddress();
const option = new KernelMemory(16);
/** Buffer for bytes that are not in shared memory, because those could move during the call. */
const SEND_BYTES = 64 * KIB;
let sendBuffer: KernelMemory | undefined;

function setOption(descriptor: number, level: number, name: number, value: number): void {
  option.words[0] = value;
  libc().setsockopt(descriptor, level, name, option.address, 4);
}

/** Returns `WOULD_BLOCK`, or throws the error. */
function wouldBlock(what: string, where: string): typeof WOULD_BLOCK {
  const code = errno();
  if (code === EAGAIN || code === EINTR) return WOULD_BLOCK;
  throw new IoError(errnoText(code), what, where);
}

/** The address of bytes for one call, and how many of them it can send. */
function sendable(bytes: Uint8Array): { address: ReturnType<typeof ptr>; length: number } {
  if (bytes.length === 0) return { address: option.address, length: 0 };
  if (bytes.buffer instanceof SharedArrayBuffer) return { address: ptr(bytes), length: bytes.length };
  sendBuffer ??= new KernelMemory(SEND_BYTES);
  const length = Math.min(bytes.length, SEND_BYTES);
  sendBuffer.bytes.set(length === bytes.length ? bytes : bytes.subarray(0, length));
  return { address: sendBuffer.address, length };
}

/** A descriptor that is a source of a runtime as long as it is open. */
abstract class Descriptor {
  readonly key: number;
  protected readonly descriptor: number;
  readonly #runtime: Runtime;
  protected isClosed = false;

  constructor(runtime: Runtime, descriptor: number) {
    this.#runtime = runtime;
    this.descriptor = descriptor;
    this.key = runtime.sources.add(descriptor, 0);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#runtime.remove(this.key);
    libc().close(this.descriptor);
  }

  protected assertOpen(what: string): void {
    if (this.isClosed) throw new IoError("EBADF", what);
  }
}

class LinuxStream extends Descriptor implements StreamSocket {
  #remote: string;

  /** `remote` is empty for an accepted connection: its peer's address is requested only when it is needed. */
  constructor(runtime: Runtime, descriptor: number, remote: string) {
    super(runtime, descriptor);
    this.#remote = remote;
  }

  get remote(): string {
    if (this.#remote !== "" || this.isClosed) return this.#remote;
    address.prepare();
    // The kernel forgets the address when the connection is reset.
    if (libc().getpeername(this.descriptor, address.address, address.lengthAddress) === 0)
      this.#remote = endpointText(address.get());
    return this.#remote;
  }

  tryRecv(into: Uint8Array<SharedArrayBuffer>): number {
    this.assertOpen("receiving");
    const received = libc().recv(this.descriptor, ptr(into), into.length, 0);
    return received >= 0 ? received : wouldBlock("receiving", this.remote);
  }

  trySend(bytes: Uint8Array): number {
    this.assertOpen("sending");
    const { address: from, length } = sendable(bytes);
    const sent = libc().send(this.descriptor, from, length, MSG_NOSIGNAL);
    return sent >= 0 ? sent : wouldBlock("sending", this.remote);
  }

  shutdown(): void {
    if (!this.isClosed) libc().shutdown(this.descriptor, SHUT_WR);
  }

  reset(): void {
    if (this.isClosed) return;
    option.words[0] = 1;
    option.words[1] = 0;
    libc().setsockopt(this.descriptor, SOL_SOCKET, SO_LINGER, option.address, 8);
    this.close();
  }
}

/** A stream that is still connecting when it is created: its first operation checks the outcome. */
class LinuxConnection extends LinuxStream {
  #isConnecting = true;

  override tryRecv(into: Uint8Array<SharedArrayBuffer>): number {
    this.#finish();
    return super.tryRecv(into);
  }

  override trySend(bytes: Uint8Array): number {
    this.#finish();
    return super.trySend(bytes);
  }

  #finish(): void {
    if (!this.#isConnecting || this.isClosed) return;
    option.words[0] = 0;
    option.words[1] = 4;
    libc().getsockopt(this.descriptor, SOL_SOCKET, SO_ERROR, option.address, ptr(option.bytes, 4));
    const code = option.words[0]!;
    if (code !== 0) throw new IoError(errnoText(code), "connecting", this.remote);
    this.#isConnecting = false;
  }
}

class LinuxListener extends Descriptor implements Listener {
  readonly endpoint: Endpoint;
  refused = 0;
  /** A connection that could only get a spare descriptor and waits for another one; −1 if there is none. */
  #held = -1;
  readonly #runtime: Runtime;

  constructor(runtime: Runtime, descriptor: number, endpoint: Endpoint) {
    super(runtime, descriptor);
    this.#runtime = runtime;
    this.endpoint = endpoint;
  }

  tryAccept(): StreamSocket | undefined {
    if (this.isClosed) return undefined;
    const descriptor = this.#accept();
    if (descriptor < 0) return undefined;
    try {
      return adopt(descriptor, () => new LinuxStream(this.#runtime, descriptor, ""));
    } catch (error) {
      this.refused++;
      throw error;
    }
  }

  override close(): void {
    if (this.#held >= 0) libc().close(this.#held);
    this.#held = -1;
    super.close();
  }

  /**
   * The next connection's descriptor, or −1. Throws `IoError` EMFILE when only spare descriptors are left.
   */
  #accept(): number {
    let descriptor = this.#held;
    this.#held = -1;
    if (descriptor < 0)
      descriptor = libc().accept4(this.descriptor, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      const code = errno();
      if (code === EAGAIN || code === EINTR || code === ECONNABORTED) return -1;
      throw new IoError(errnoText(code), "accepting", endpointText(this.endpoint));
    }
    if (!isNearLimit(descriptor)) return descriptor;
    const lower = moveDown(descriptor);
    if (lower >= 0) return lower;
    this.#held = descriptor;
    throw new IoError("EMFILE", "accepting", endpointText(this.endpoint));
  }
}

/** Moves a connection to the lowest free descriptor, unless that is a spare one. */
function moveDown(descriptor: number): number {
  const lower = linuxC()?.fcntl(descriptor, F_DUPFD_CLOEXEC, 0) ?? -1;
  if (lower < 0) return -1;
  libc().close(isNearLimit(lower) ? lower : descriptor);
  return isNearLimit(lower) ? -1 : lower;
}

class LinuxDatagrams extends Descriptor implements DatagramSocket {
  readonly port: number;

  constructor(runtime: Runtime, descriptor: number, port: number) {
    super(runtime, descriptor);
    this.port = port;
  }

  tryRecvFrom(into: Uint8Array<SharedArrayBuffer>): Datagram | undefined {
    this.assertOpen("receiving");
    address.prepare();
    const length = libc().recvfrom(
      this.descriptor,
      ptr(into),
      into.length,
      0,
      address.address,
      address.lengthAddress,
    );
    if (length < 0) {
      wouldBlock("receiving", "");
      return undefined;
    }
    const from = address.get();
    return "host" in from ? { length, ...from } : { length, host: "", port: 0 };
  }

  trySendTo(bytes: Uint8Array, host: string, port: number): boolean {
    this.assertOpen("sending");
    address.set({ host, port });
    const { address: from, length } = sendable(bytes);
    if (length < bytes.length) throw new IoError("EMSGSIZE", "sending", host);
    const sent = libc().sendto(this.descriptor, from, length, MSG_NOSIGNAL, address.address, address.length);
    return sent >= 0 || wouldBlock("sending", `${host}:${port}`) !== WOULD_BLOCK;
  }
}

/**
 * Returns the socket that `build` creates. Closes the descriptor if that fails, for example because the table
 * is full.
 */
function adopt<T>(descriptor: number, build: () => T): T {
  try {
    return build();
  } catch (error) {
    libc().close(descriptor);
    throw error;
  }
}

/** Sockets by system calls, for a runtime that takes descriptors. */
export class LinuxSockets implements SocketFactory {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  listen(endpoint: Endpoint, backlog: number, tls?: TlsOptions): Listener {
    refuseTls(tls);
    const descriptor = this.#open(endpoint, SOCK_STREAM);
    return adopt(descriptor, () => {
      setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
      // Accepted connections inherit it.
      if (!("path" in endpoint)) setOption(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
      this.#bind(descriptor, endpoint);
      if (libc().listen(descriptor, backlog) < 0) throw lastError("listening", endpointText(endpoint));
      return new LinuxListener(this.#runtime, descriptor, boundTo(descriptor, endpoint));
    });
  }

  connect(endpoint: Endpoint, tls?: TlsOptions): StreamSocket {
    refuseTls(tls);
    const descriptor = this.#open(endpoint, SOCK_STREAM);
    return adopt(descriptor, () => {
      if (!("path" in endpoint)) setOption(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
      address.set(endpoint);
      const where = endpointText(endpoint);
      if (libc().connect(descriptor, address.address, address.length) < 0 && errno() !== EINPROGRESS)
        throw lastError("connecting", where);
      return new LinuxConnection(this.#runtime, descriptor, where);
    });
  }

  bindDatagram(host: string, port: number): DatagramSocket {
    const endpoint = { host, port };
    const descriptor = this.#open(endpoint, SOCK_DGRAM);
    return adopt(descriptor, () => {
      this.#bind(descriptor, endpoint);
      const bound = boundTo(descriptor, endpoint);
      return new LinuxDatagrams(this.#runtime, descriptor, "port" in bound ? bound.port : port);
    });
  }

  #open(endpoint: Endpoint, type: number): number {
    const family = familyOf(endpoint);
    const descriptor = libc().socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw lastError("opening a socket", endpointText(endpoint));
    if (family === AF_INET6) setOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    return descriptor;
  }

  #bind(descriptor: number, endpoint: Endpoint): void {
    address.set(endpoint);
    if (libc().bind(descriptor, address.address, address.length) < 0)
      throw lastError("binding", endpointText(endpoint));
  }
}

function boundTo(descriptor: number, endpoint: Endpoint): Endpoint {
  if (familyOf(endpoint) === AF_UNIX) return endpoint;
  address.prepare();
  libc().getsockname(descriptor, address.address, address.lengthAddress);
  return address.get();
}

function refuseTls(tls: TlsOptions | undefined): void {
  if (tls !== undefined) throw new InputError("unavailable", "TLS needs the bun backend");
}

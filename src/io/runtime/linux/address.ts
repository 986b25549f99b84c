import { isIPv4, isIPv6 } from "node:net";
import { InputError } from "../../../emu/input-error.ts";
import type { Endpoint } from "../sockets/types.ts";
import { KernelMemory } from "./calls.ts";

export const AF_UNIX = 1;
const AF_INET = 2;
export const AF_INET6 = 10;

/** The longest `struct sockaddr` in use, and the offset of a Unix socket's path in it. */
const MAX_BYTES = 128;
const PATH_OFFSET = 2;
/** A path must leave room for its closing zero in 108 bytes. */
const MAX_PATH_BYTES = 107;

/** The address family of an endpoint whose host is numeric. */
export function familyOf(endpoint: Endpoint): number {
  if ("path" in endpoint) return AF_UNIX;
  if (isIPv4(endpoint.host)) return AF_INET;
  if (isIPv6(endpoint.host)) return AF_INET6;
  throw new InputError("usage", `${endpoint.host} is not a numeric address`);
}

/** A `struct sockaddr` with its length, for calls that read or write an address. */
export class SocketAddress {
  readonly #memory = new KernelMemory(MAX_BYTES);
  readonly #length = new KernelMemory(4);
  readonly #view = new DataView(this.#memory.bytes.buffer);

  get address(): KernelMemory["address"] {
    return this.#memory.address;
  }

  /** Address of the length, which calls that write an address read and set. */
  get lengthAddress(): KernelMemory["address"] {
    return this.#length.address;
  }

  get length(): number {
    return this.#length.words[0]!;
  }

  /** The bytes of the address that was set. */
  get bytes(): Uint8Array {
    return this.#memory.bytes.slice(0, this.length);
  }

  /** Makes room for an address that a call will write. */
  prepare(): void {
    this.#memory.bytes.fill(0);
    this.#length.words[0] = MAX_BYTES;
  }

  /** Throws `InputError` ("usage") when a path is too long. */
  set(endpoint: Endpoint): void {
    const { bytes } = this.#memory;
    bytes.fill(0);
    const family = familyOf(endpoint);
    this.#view.setUint16(0, family, true);
    if ("path" in endpoint) {
      const path = Buffer.from(endpoint.path);
      if (path.length > MAX_PATH_BYTES)
        throw new InputError(
          "usage",
          `the path of a Unix socket has at most ${MAX_PATH_BYTES} bytes`,
          endpoint.path,
        );
      bytes.set(path, PATH_OFFSET);
      this.#length.words[0] = PATH_OFFSET + path.length + 1;
      return;
    }
    this.#view.setUint16(2, endpoint.port);
    bytes.set(
      family === AF_INET ? ipv4Bytes(endpoint.host) : ipv6Bytes(endpoint.host),
      family === AF_INET ? 4 : 8,
    );
    this.#length.words[0] = family === AF_INET ? 16 : 28;
  }

  /** The address that a call wrote. */
  get(): Endpoint {
    const family = this.#view.getUint16(0, true);
    const { bytes } = this.#memory;
    if (family === AF_INET) return { host: bytes.slice(4, 8).join("."), port: this.#view.getUint16(2) };
    if (family === AF_INET6) return { host: this.#ipv6(), port: this.#view.getUint16(2) };
    const end = Math.max(PATH_OFFSET, bytes.indexOf(0, PATH_OFFSET));
    return { path: Buffer.from(bytes.slice(PATH_OFFSET, end)).toString() };
  }

  #ipv6(): string {
    const groups = Array.from({ length: 8 }, (_, i) => this.#view.getUint16(8 + 2 * i).toString(16));
    return groups.join(":").replace(/(^|:)0(:0)+(:|$)/, "::");
  }
}

function ipv4Bytes(host: string): number[] {
  return host.split(".").map(Number);
}

function ipv6Bytes(host: string): number[] {
  const [bare = ""] = host.split("%");
  const mapped = bare.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const hex = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
    return `${hex(a, b)}:${hex(c, d)}`;
  });
  const [head = "", tail] = mapped.split("::");
  const words = (part: string | undefined) => (part ? part.split(":") : []);
  const before = words(head);
  const after = words(tail);
  const zeros = new Array(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].flatMap((word) => {
    const value = Number.parseInt(word, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Formats an endpoint for people. */
export function endpointText(endpoint: Endpoint): string {
  if ("path" in endpoint) return endpoint.path === "" ? "unix" : endpoint.path;
  return endpoint.host.includes(":")
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`;
}

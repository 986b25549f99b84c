import { createHmac, timingSafeEqual } from "node:crypto";

/** Bytes of the code at the end of each packet: HMAC-SHA-256, cut to its first half. */
export const MAC_BYTES = 16;

/** A secret of both sides, with which only they can compute authentication codes. */
export class PacketKey {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** The key of a game, from the token that its players were given. */
  static ofToken(token: string): PacketKey {
    return new PacketKey(new TextEncoder().encode(token.trim())).derive("emu netplay 1");
  }

  /** A key for one purpose, from which this one cannot be computed. */
  derive(label: string, ...parts: readonly Uint8Array[]): PacketKey {
    return new PacketKey(this.#code([new TextEncoder().encode(label), ...parts]));
  }

  /** The first `count` bytes of the code of `parts`. */
  code(count: number, ...parts: readonly Uint8Array[]): Uint8Array {
    return this.#code(parts).subarray(0, count);
  }

  /** Returns `packet` with its code at the end. */
  seal(packet: Uint8Array): Uint8Array {
    const sealed = new Uint8Array(packet.length + MAC_BYTES);
    sealed.set(packet);
    sealed.set(this.code(MAC_BYTES, packet), packet.length);
    return sealed;
  }

  /** Returns a packet without its code, or undefined if the code is wrong. */
  open(sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < MAC_BYTES) return undefined;
    const packet = sealed.subarray(0, sealed.length - MAC_BYTES);
    const code = sealed.subarray(sealed.length - MAC_BYTES);
    return timingSafeEqual(this.code(MAC_BYTES, packet), code) ? packet : undefined;
  }

  #code(parts: readonly Uint8Array[]): Uint8Array {
    const hmac = createHmac("sha256", this.#secret);
    // Lengths keep parts apart: "ab", "c" and "a", "bc" have different codes.
    for (const part of parts) hmac.update(new Uint32Array([part.length])).update(part);
    return new Uint8Array(hmac.digest());
  }
}

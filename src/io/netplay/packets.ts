import { MalformedMessage, MessageReader, MessageWriter } from "./message-bytes.ts";
import { MAC_BYTES, type PacketKey } from "./packet-key.ts";
import { ReplayWindow } from "./replay-window.ts";

/**
 * The packets of netplay. Each begins with "en", a version and its kind, and ends with the code of a key:
 *
 *   HELLO     player → host   nonce, cookie (zeros at first), SHA-1 of the ROM, SHA-256 of the machine's
 *                             options, wanted player; padded, so that no answer is longer
 *   CHALLENGE host → player   the nonce, and the cookie to send back
 *   REFUSAL   host → player   the nonce, a reason as text
 *   FROM_HOST, FROM_PLAYER    session, number, message: see messages.ts
 *
 * The first three have the code of the game's key, the last two that of a key for this session, which depends
 * on the nonce and the cookie.
 */
export const HELLO = 1;
export const CHALLENGE = 2;
export const REFUSAL = 3;
export const FROM_HOST = 4;
export const FROM_PLAYER = 5;

const MAGIC = 0x6e65;
const VERSION = 1;
const HEADER_BYTES = 4;
export const NONCE_BYTES = 16;
const ROM_BYTES = 20;
const MACHINE_BYTES = 32;
const HELLO_BYTES = 256;
const MAX_REASON_BYTES = 200;
const SESSION_HEADER_BYTES = HEADER_BYTES + 8;
/** Longest packet: it fits into one Ethernet frame through every usual tunnel. */
export const MAX_PACKET_BYTES = 1200;
/** Longest message in it. */
export const MAX_MESSAGE_BYTES = MAX_PACKET_BYTES - SESSION_HEADER_BYTES - MAC_BYTES;
const MIN_PACKET_BYTES = HEADER_BYTES + MAC_BYTES;

export interface Hello {
  readonly nonce: Uint8Array;
  /** What the host sent in its challenge; zeros before. */
  readonly cookie: Uint8Array;
  /** SHA-1 of the ROM. */
  readonly rom: Uint8Array;
  /** SHA-256 of the machine's options. */
  readonly machine: Uint8Array;
  /** The wanted player number, from 1; 0 for any, `SPECTATOR` for none. */
  readonly wantedPlayer: number;
}

/** Stands for the player in messages of a spectator. */
export const SPECTATOR = 0xff;

/** The kind of a packet; 0 if it cannot be one. */
export function kindOf(packet: Uint8Array): number {
  if (packet.length < MIN_PACKET_BYTES || packet.length > MAX_PACKET_BYTES) return 0;
  const isOurs = packet[0] === (MAGIC & 0xff) && packet[1] === MAGIC >> 8 && packet[2] === VERSION;
  return isOurs ? packet[3]! : 0;
}

function begin(kind: number): MessageWriter {
  return new MessageWriter().u16(MAGIC).u8(VERSION).u8(kind);
}

export function helloPacket(
  { nonce, cookie, rom, machine, wantedPlayer }: Hello,
  key: PacketKey,
): Uint8Array {
  const packet = begin(HELLO).bytes(nonce).bytes(cookie).bytes(rom).bytes(machine).u8(wantedPlayer);
  return key.seal(packet.padTo(HELLO_BYTES).finish());
}

/** Reads a HELLO; undefined if its code or its form is wrong. */
export function readHello(packet: Uint8Array, key: PacketKey): Hello | undefined {
  if (packet.length !== HELLO_BYTES + MAC_BYTES) return undefined;
  const body = key.open(packet);
  if (body === undefined) return undefined;
  const reader = new MessageReader(body, HEADER_BYTES);
  return {
    nonce: reader.bytes(NONCE_BYTES),
    cookie: reader.bytes(NONCE_BYTES),
    rom: reader.bytes(ROM_BYTES),
    machine: reader.bytes(MACHINE_BYTES),
    wantedPlayer: reader.u8(),
  };
}

export function challengePacket(nonce: Uint8Array, cookie: Uint8Array, key: PacketKey): Uint8Array {
  return key.seal(begin(CHALLENGE).bytes(nonce).bytes(cookie).finish());
}

/** Returns the cookie of a CHALLENGE to `nonce`; undefined for anything else. */
export function readChallenge(packet: Uint8Array, nonce: Uint8Array, key: PacketKey): Uint8Array | undefined {
  if (packet.length !== HEADER_BYTES + 2 * NONCE_BYTES + MAC_BYTES) return undefined;
  const body = key.open(packet);
  if (body === undefined) return undefined;
  const reader = new MessageReader(body, HEADER_BYTES);
  return isSame(reader.bytes(NONCE_BYTES), nonce) ? reader.bytes(NONCE_BYTES) : undefined;
}

export function refusalPacket(nonce: Uint8Array, reason: string, key: PacketKey): Uint8Array {
  const text = new TextEncoder().encode(reason).subarray(0, MAX_REASON_BYTES);
  return key.seal(begin(REFUSAL).bytes(nonce).bytes(text).finish());
}

/** Returns the reason of a REFUSAL of `nonce`; undefined for anything else. */
export function readRefusal(packet: Uint8Array, nonce: Uint8Array, key: PacketKey): string | undefined {
  const body = key.open(packet);
  if (body === undefined || body.length < HEADER_BYTES + NONCE_BYTES) return undefined;
  const reader = new MessageReader(body, HEADER_BYTES);
  if (!isSame(reader.bytes(NONCE_BYTES), nonce)) return undefined;
  return new TextDecoder().decode(reader.rest());
}

/** Returns true if two short byte strings are equal. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Returns the session that a packet claims to be of. */
export function sessionOf(packet: Uint8Array): number {
  return packet.length < SESSION_HEADER_BYTES ? -1 : new MessageReader(packet, HEADER_BYTES).u32();
}

/** One side of a session: numbers, codes and checks its packets. */
export class PacketLink {
  /** Names the session in its packets. */
  readonly session: number;
  readonly #key: PacketKey;
  readonly #sends: number;
  readonly #receives: number;
  readonly #window = new ReplayWindow();
  #sent = 0;

  /** `gameKey` is the key of the token. The two nonces make the session's key different from all others. */
  constructor(gameKey: PacketKey, nonce: Uint8Array, cookie: Uint8Array, isHost: boolean) {
    this.#key = gameKey.derive("session", nonce, cookie);
    this.session = new MessageReader(this.#key.code(4, new TextEncoder().encode("session id"))).u32();
    this.#sends = isHost ? FROM_HOST : FROM_PLAYER;
    this.#receives = isHost ? FROM_PLAYER : FROM_HOST;
  }

  /** Packs a message. */
  seal(message: Uint8Array): Uint8Array {
    if (message.length > MAX_MESSAGE_BYTES) throw new Error(`a message of ${message.length} bytes`);
    return this.#key.seal(
      begin(this.#sends)
        .u32(this.session)
        .u32(this.#sent++)
        .bytes(message)
        .finish(),
    );
  }

  /**
   * Unpacks a message. Returns undefined if the packet is of another session, its code is wrong, or it came
   * before. `isNewest` is true if no later packet came before it.
   */
  open(packet: Uint8Array): { readonly message: Uint8Array; readonly isNewest: boolean } | undefined {
    if (kindOf(packet) !== this.#receives || sessionOf(packet) !== this.session) return undefined;
    const body = this.#key.open(packet);
    if (body === undefined) return undefined;
    const reader = new MessageReader(body, HEADER_BYTES + 4);
    const number = reader.u32();
    if (!this.#window.accept(number)) return undefined;
    return { message: reader.rest(), isNewest: number === this.#window.newest };
  }
}

/** Calls `read`; returns undefined if the message is malformed. */
export function readMessage<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

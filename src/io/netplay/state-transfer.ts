import { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";
import { CHUNK_BYTES, type Offer, WANT_BITS, type Want } from "./messages.ts";
import { isSame } from "./packets.ts";

/** Largest state, compressed. Those of games have some ten kilobytes. */
const MAX_TRANSFER_BYTES = 8 * MIB;
/** A chunk that was sent is not sent again within this time. */
const RESEND_MS = 150;
/** Chunks sent at once. */
const BURST = 16;

/** SHA-256 of a state, by which the receiver checks it. */
export function sha256Of(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(new Bun.CryptoHasher("sha256").update(bytes).digest());
}

/** Sends a state in chunks, as the receiver asks for them. */
export class StateSender {
  readonly #bytes: Uint8Array;
  readonly #sentMs: Float64Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#sentMs = new Float64Array(Math.ceil(bytes.length / CHUNK_BYTES)).fill(Number.NEGATIVE_INFINITY);
  }

  /** Calls `send` with the next chunks that the receiver does not have. */
  answer({ base, bits }: Want, nowMs: number, send: (index: number, bytes: Uint8Array) => void): void {
    let burst = 0;
    const end = Math.min(this.#sentMs.length, base + WANT_BITS);
    for (let index = base; index < end && burst < BURST; index++) {
      const isThere = ((bits >>> (index - base)) & 1) !== 0;
      if (isThere || nowMs - this.#sentMs[index]! < RESEND_MS) continue;
      this.#sentMs[index] = nowMs;
      send(index, this.#bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES));
      burst++;
    }
  }
}

/** Collects the chunks of a state. */
export class StateReceiver {
  readonly #offer: Offer;
  readonly #bytes: Uint8Array;
  readonly #has: Uint8Array;
  #base = 0;

  /** Throws `InputError` ("data") if the offer is larger than any state. */
  constructor(offer: Offer) {
    if (offer.bytes === 0 || offer.bytes > MAX_TRANSFER_BYTES)
      throw new InputError("data", `the host offers a state of ${offer.bytes} bytes`);
    this.#offer = offer;
    this.#bytes = new Uint8Array(offer.bytes);
    this.#has = new Uint8Array(Math.ceil(offer.bytes / CHUNK_BYTES));
  }

  /** What to ask for. */
  get want(): Want {
    let bits = 0;
    for (let bit = 0; bit < WANT_BITS; bit++) if (this.#has[this.#base + bit] === 1) bits |= 1 << bit;
    return { base: this.#base, bits: bits >>> 0 };
  }

  /** Takes a chunk; ignores one that does not belong to the state. */
  take(index: number, bytes: Uint8Array): void {
    if (index >= this.#has.length || this.#has[index] === 1) return;
    const at = index * CHUNK_BYTES;
    if (bytes.length !== Math.min(CHUNK_BYTES, this.#bytes.length - at)) return;
    this.#bytes.set(bytes, at);
    this.#has[index] = 1;
    while (this.#has[this.#base] === 1) this.#base++;
  }

  /** The whole state; undefined until it is there. Throws `InputError` ("data") if it is damaged. */
  get whole(): Uint8Array | undefined {
    if (this.#base < this.#has.length) return undefined;
    if (!isSame(sha256Of(this.#bytes), this.#offer.sha256))
      throw new InputError("data", "the state from the host is damaged", "", "join again");
    return this.#bytes;
  }
}

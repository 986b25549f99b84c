import { InputError } from "../input-error.ts";

const STATE_VERSION = 2;
const SHA1_OFFSET = 4;
const SHA1_BYTES = 20;
export const STATE_HEADER_BYTES = 32;

/** The header of a state: the version of its layout, and the SHA-1 of the game. */
export class StateHeader {
  readonly #sha1: Uint8Array;

  /** `sha1` is the game's, in hexadecimal. */
  constructor(sha1: string) {
    const digit = (_: unknown, i: number): number => Number.parseInt(sha1.slice(2 * i, 2 * i + 2), 16) || 0;
    this.#sha1 = Uint8Array.from({ length: SHA1_BYTES }, digit);
  }

  write(into: Uint8Array): void {
    into.fill(0, 0, STATE_HEADER_BYTES);
    into[0] = STATE_VERSION;
    into.set(this.#sha1, SHA1_OFFSET);
  }

  /** Throws `InputError` ("data") if `from` is shorter than `stateBytes`, or of another version or game. */
  check(from: Uint8Array, stateBytes: number): void {
    if (from.length < stateBytes) {
      throw new InputError("data", `a state of this game has ${stateBytes} bytes, not ${from.length}`);
    }
    if (from[0] !== STATE_VERSION) {
      const message = `the state is of version ${from[0]}, this program reads ${STATE_VERSION}`;
      throw new InputError("data", message, "byte 0");
    }
    if (this.#sha1.some((byte, i) => from[SHA1_OFFSET + i] !== byte)) {
      throw new InputError("data", "the state is of another game", `byte ${SHA1_OFFSET}`);
    }
  }
}

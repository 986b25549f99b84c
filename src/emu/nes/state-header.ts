import { InputError } from "../input-error.ts";

const STATE_VERSION = 2;
const SHA1_OFFSET = 4;
const SHA1_BYTES = 20;
/** The mapper number plus 1, 32 bits. 0 in states that older versions saved, which did not name it. */
const BOARD_OFFSET = 24;
/** The length of the state, 32 bits; 0 in the same states. */
const LENGTH_OFFSET = 28;
export const STATE_HEADER_BYTES = 32;

/**
 * The header of a state: the version of its layout, the SHA-1 of the game, its board and the state's length.
 * The same ROMs can be on another board, with other memory, if the file's header has been corrected.
 */
export class StateHeader {
  readonly #sha1: Uint8Array;
  readonly #mapper: number;

  /** `sha1` is the game's, in hexadecimal. */
  constructor(sha1: string, mapper: number) {
    this.#mapper = mapper;
    const digit = (_: unknown, i: number): number => Number.parseInt(sha1.slice(2 * i, 2 * i + 2), 16) || 0;
    this.#sha1 = Uint8Array.from({ length: SHA1_BYTES }, digit);
  }

  /** Writes the header of a state of `stateBytes`. */
  write(into: Uint8Array, stateBytes: number): void {
    into.fill(0, 0, STATE_HEADER_BYTES);
    into[0] = STATE_VERSION;
    into.set(this.#sha1, SHA1_OFFSET);
    writeNumber(into, BOARD_OFFSET, this.#mapper + 1);
    writeNumber(into, LENGTH_OFFSET, stateBytes);
  }

  /**
   * Throws `InputError` ("data") if `from` is shorter than `stateBytes`, or of another version, game, board
   * or length.
   */
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
    const mapper = readNumber(from, BOARD_OFFSET) - 1;
    if (mapper >= 0 && mapper !== this.#mapper) {
      const message = `the state is of this game on mapper ${mapper}, not ${this.#mapper}`;
      throw new InputError("data", message, `byte ${BOARD_OFFSET}`);
    }
    const length = readNumber(from, LENGTH_OFFSET);
    if (length !== 0 && length !== stateBytes) {
      const message = `a state of this game has ${stateBytes} bytes, this one was saved with ${length}`;
      throw new InputError("data", message, `byte ${LENGTH_OFFSET}`);
    }
  }
}

function writeNumber(into: Uint8Array, at: number, value: number): void {
  for (let byte = 0; byte < 4; byte++) into[at + byte] = (value >>> (8 * byte)) & 0xff;
}

function readNumber(from: Uint8Array, at: number): number {
  return (from[at] | (from[at + 1] << 8) | (from[at + 2] << 16) | (from[at + 3] << 24)) >>> 0;
}

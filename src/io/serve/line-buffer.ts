import { InputError } from "../../emu/input-error.ts";
import type { MemoryBudget } from "./memory-budget.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Size of the buffer that a connection keeps between lines. */
const FIRST_BYTES = 4096;

/** Splits the bytes of one peer into lines. Its memory is limited, and so is that of all peers together. */
export class LineBuffer {
  readonly #budget: MemoryBudget;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #most: number;
  #bytes = new Uint8Array(FIRST_BYTES);
  #start = 0;
  #end = 0;
  /** Bytes before this offset have no newline. */
  #scanned = 0;

  constructor(budget: MemoryBudget, mostBytes: number) {
    this.#budget = budget;
    this.#most = mostBytes;
  }

  /** Sets the limit on line length. */
  set mostBytes(bytes: number) {
    this.#most = bytes;
  }

  /** The bytes after the last returned line. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Adds received bytes. Throws `InputError` ("unavailable") if all connections together hold too much. */
  append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * Returns the next complete line without its line break, or undefined. Throws `InputError` ("data") if the
   * line is too long or not UTF-8.
   */
  next(): string | undefined {
    const at = this.#bytes.subarray(0, this.#end).indexOf(NEWLINE, this.#scanned);
    const length = (at < 0 ? this.#end : at) - this.#start;
    if (length > this.#most)
      throw new InputError("data", `the line is longer than ${this.#most} bytes`, "", "send less at a time");
    if (at < 0) {
      this.#scanned = this.#end;
      return undefined;
    }
    const end = at > this.#start && this.#bytes[at - 1] === CARRIAGE_RETURN ? at - 1 : at;
    const line = this.#bytes.subarray(this.#start, end);
    this.#start = at + 1;
    this.#scanned = at + 1;
    try {
      return this.#decoder.decode(line);
    } catch {
      throw new InputError("data", "the line is not UTF-8");
    }
  }

  /** Returns its memory to the budget. */
  close(): void {
    this.#budget.take(FIRST_BYTES - this.#bytes.length);
    this.#bytes = new Uint8Array(FIRST_BYTES);
    this.#start = 0;
    this.#end = 0;
    this.#scanned = 0;
  }

  #makeRoom(bytes: number): void {
    const held = this.#end - this.#start;
    if (held === 0) this.#resize(FIRST_BYTES, bytes);
    else if (this.#end + bytes > this.#bytes.length) this.#resize(this.#bytes.length, held + bytes);
  }

  /** Moves the contents to the front of a buffer of `least` bytes, doubled until `needed` bytes fit. */
  #resize(least: number, needed: number): void {
    let size = least;
    while (size < needed) size *= 2;
    const held = this.rest;
    if (size === this.#bytes.length) this.#bytes.copyWithin(0, this.#start, this.#end);
    else {
      if (!this.#budget.take(size - this.#bytes.length))
        throw new InputError(
          "unavailable",
          "the server holds too many unfinished lines",
          "",
          "try again later",
        );
      const larger = new Uint8Array(size);
      larger.set(held);
      this.#bytes = larger;
    }
    this.#scanned -= this.#start;
    this.#end -= this.#start;
    this.#start = 0;
  }
}

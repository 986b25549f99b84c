import { InputError } from "../../emu/input-error.ts";
import type { MemoryBudget } from "./memory-budget.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** What a connection keeps between lines. */
const FIRST_BYTES = 4096;

/** Cuts the bytes of one peer into lines. What it holds is bounded, by itself and with all others. */
export class LineBuffer {
  readonly #budget: MemoryBudget;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #most: number;
  #bytes = new Uint8Array(FIRST_BYTES);
  #start = 0;
  #end = 0;
  /** There is no newline before this. */
  #scanned = 0;

  constructor(budget: MemoryBudget, mostBytes: number) {
    this.#budget = budget;
    this.#most = mostBytes;
  }

  /** The longest line from now on. */
  set mostBytes(bytes: number) {
    this.#most = bytes;
  }

  /** The bytes that no line has been made of yet. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Adds bytes that have come. Throws `InputError` ("unavailable") when all connections hold too much. */
  append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * The next whole line without its end, or undefined. Throws `InputError` ("data") when it is longer than
   * it may be, or is not UTF-8.
   */
  next(): string | undefined {
    const at = this.#bytes.subarray(0, this.#end).indexOf(NEWLINE, this.#scanned);
    const length = (at < 0 ? this.#end : at) - this.#start;
    if (length > this.#most)
      throw new InputError("data", `a line may have ${this.#most} bytes`, "", "send less at a time");
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
      throw new InputError("data", "a line is not UTF-8");
    }
  }

  /** Gives back what it holds. */
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

  /** Moves what is held to the front of a buffer of `least` bytes, or of as many doublings as are needed. */
  #resize(least: number, needed: number): void {
    let size = least;
    while (size < needed) size *= 2;
    const held = this.rest;
    if (size === this.#bytes.length) this.#bytes.copyWithin(0, this.#start, this.#end);
    else {
      if (!this.#budget.take(size - this.#bytes.length))
        throw new InputError("unavailable", "too much is waiting to be read", "", "try again later");
      const larger = new Uint8Array(size);
      larger.set(held);
      this.#bytes = larger;
    }
    this.#scanned -= this.#start;
    this.#end -= this.#start;
    this.#start = 0;
  }
}

import { Inflate } from "fflate";
import { InputError } from "../../emu/input-error.ts";

/**
 * Compressed bytes per step. Deflate expands at most 1,032 times, so one step adds at most 2 MiB before the
 * limit is checked again.
 */
const STEP_BYTES = 2048;

/** Smaller steps, for reading only the first bytes. */
const PEEK_STEP_BYTES = 64;

/** The maximum expansion of deflate. */
const MAX_RATIO = 1032;

/** A buffer of fixed size that reports when it overflows. */
class FixedBuffer {
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes);
  }

  get room(): number {
    return this.#bytes.length - this.#length;
  }

  append(chunk: Uint8Array): void {
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/**
 * Inflates a raw deflate stream of at most `maxBytes`; returns undefined if it holds more. It never allocates
 * more, and stops at the limit. Throws `InputError` ("data"), at `where`, if the stream is damaged or ends
 * early.
 */
export function inflateCapped(deflated: Uint8Array, maxBytes: number, where: string): Uint8Array | undefined {
  const out = new FixedBuffer(Math.min(maxBytes, (deflated.length + 1) * MAX_RATIO));
  let overflowed = false;
  const stream = new Inflate((chunk) => {
    if (chunk.length > out.room) overflowed = true;
    else out.append(chunk);
  });
  try {
    for (let at = 0; at < deflated.length || at === 0; at += STEP_BYTES) {
      stream.push(deflated.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= deflated.length);
      if (overflowed) return undefined;
    }
  } catch (error) {
    throw new InputError("data", `compressed data is damaged: ${messageOf(error)}`, where);
  }
  return out.view();
}

/**
 * The first `count` bytes of a raw deflate stream, or fewer if it is shorter. If the stream is damaged,
 * returns the bytes before the damage: reading the whole stream reports it.
 */
export function inflateStart(deflated: Uint8Array, count: number): Uint8Array {
  const out = new FixedBuffer(count);
  const stream = new Inflate((chunk) => out.append(chunk.subarray(0, out.room)));
  try {
    for (let at = 0; at < deflated.length && out.room > 0; at += PEEK_STEP_BYTES) {
      stream.push(deflated.subarray(at, at + PEEK_STEP_BYTES), false);
    }
  } catch {
    return out.view();
  }
  return out.view();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

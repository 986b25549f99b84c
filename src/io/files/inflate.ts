import { Inflate } from "fflate";
import { InputError } from "../../emu/input-error.ts";

/**
 * Compressed bytes handed over at a time. Deflate unfolds at most 1,032 times, so one step adds at most
 * 2 MiB before the limit is looked at again.
 */
const STEP_BYTES = 2048;

/** Smaller steps while only the first bytes are wanted. */
const PEEK_STEP_BYTES = 64;

/** Deflate cannot unfold a byte to more than this. */
const MAX_RATIO = 1032;

/** A buffer of fixed size that says when more comes than fits. */
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
 * Unfolds a raw deflate stream of at most `maxBytes`; undefined when it holds more. No more than that is
 * allocated, and unfolding stops there, whatever is left. Throws `InputError` ("data"), at `where`, when
 * the stream is damaged or ends early.
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
 * The first `count` bytes (fewer when there are no more) of a raw deflate stream. Damage gives what came
 * before it: whoever wants the whole hears of it later.
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

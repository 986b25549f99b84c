import { Inflate } from "fflate";
import { InputError } from "../../emu/input-error.ts";

/**
 * Compressed bytes handed over at a time. Deflate unfolds at most 1,032 times, so one step adds at most
 * 4 MiB before the limit is looked at again.
 */
const STEP_BYTES = 4096;

/** Smaller steps while only the first bytes are wanted. */
const PEEK_STEP_BYTES = 64;

/** Collects output up to `limit` bytes in one buffer that grows by half. */
class CappedBuffer {
  #bytes: Uint8Array;
  #length = 0;
  readonly #limit: number;

  constructor(expectedBytes: number, limit: number) {
    this.#limit = limit;
    this.#bytes = new Uint8Array(Math.max(16, Math.min(expectedBytes, limit)));
  }

  get length(): number {
    return this.#length;
  }

  /** False when the limit is passed; nothing is kept of `chunk` then. */
  append(chunk: Uint8Array): boolean {
    const needed = this.#length + chunk.length;
    if (needed > this.#limit) return false;
    if (needed > this.#bytes.length) {
      const capacity = Math.min(this.#limit, Math.max(needed, Math.ceil(this.#bytes.length * 1.5)));
      const larger = new Uint8Array(capacity);
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
    return true;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/**
 * Unfolds a raw deflate stream of at most `limit` bytes. `expectedBytes` is what the archive claims: a
 * hint for the first allocation, never trusted. Throws `InputError` ("data"), at `where`, when the stream
 * is damaged, ends early or unfolds to more than `limit`: it stops there, whatever is left.
 */
export function inflateCapped(
  deflated: Uint8Array,
  expectedBytes: number,
  limit: number,
  where: string,
): Uint8Array {
  const out = new CappedBuffer(expectedBytes, limit);
  let overflowed = false;
  const stream = new Inflate((chunk) => {
    if (!out.append(chunk)) overflowed = true;
  });
  try {
    for (let at = 0; at < deflated.length || at === 0; at += STEP_BYTES) {
      const step = deflated.subarray(at, at + STEP_BYTES);
      stream.push(step, at + STEP_BYTES >= deflated.length);
      if (overflowed) break;
    }
  } catch (error) {
    throw new InputError("data", `compressed data is damaged: ${messageOf(error)}`, where);
  }
  if (overflowed) {
    throw new InputError(
      "data",
      `unfolds to more than ${limit / 1024 / 1024} MiB: no ROM is that large`,
      where,
    );
  }
  return out.view();
}

/**
 * The first `count` bytes (fewer when there are no more) of a raw deflate stream. Damage gives what came
 * before it: whoever wants the whole hears of it later.
 */
export function inflateStart(deflated: Uint8Array, count: number): Uint8Array {
  const out = new CappedBuffer(count, count);
  const stream = new Inflate((chunk) => {
    out.append(chunk.subarray(0, count - out.length));
  });
  try {
    for (let at = 0; at < deflated.length && out.length < count; at += PEEK_STEP_BYTES) {
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

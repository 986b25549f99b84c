import { constants, inflateRawSync } from "node:zlib";
import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";

/** Number of compressed bytes that `inflateStart` reads first. A Huffman table alone can take a hundred. */
const FIRST_PREFIX_BYTES = 256;
/** Limit on the output of a prefix: a real file's first bytes are known long before this. */
const MAX_PREFIX_OUTPUT_BYTES = MIB;

/**
 * Inflates a raw deflate stream to at most `maxBytes`; returns undefined if it holds more. It stops at the
 * limit and allocates little more than that. Bytes after the end of the stream are ignored. Throws
 * `InputError` ("data"), at `where`, if the stream is damaged or ends early.
 */
export function inflateCapped(deflated: Uint8Array, maxBytes: number, where: string): Uint8Array | undefined {
  try {
    // zlib accepts no limit of 0.
    const out = inflateRawSync(deflated, { maxOutputLength: Math.max(1, maxBytes) });
    return out.length > maxBytes ? undefined : out;
  } catch (error) {
    if (isTooLarge(error)) return undefined;
    throw new InputError("data", `compressed data is damaged: ${messageOf(error)}`, where, "get a good copy");
  }
}

/**
 * The first `count` bytes of a raw deflate stream, or fewer if it is shorter. If the stream is damaged near
 * its start, returns only the bytes before the damage: reading the whole stream then reports it.
 */
export function inflateStart(deflated: Uint8Array, count: number): Uint8Array {
  let start: Uint8Array = new Uint8Array(0);
  try {
    for (let bytes = FIRST_PREFIX_BYTES; ; bytes *= 2) {
      start = inflateRawSync(deflated.subarray(0, bytes), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_PREFIX_OUTPUT_BYTES,
      }).subarray(0, count);
      if (start.length === count || bytes >= deflated.length) return start;
    }
  } catch {
    return start;
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

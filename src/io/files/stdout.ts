import { writeSync } from "node:fs";
import { sleepMs } from "../ffi/clock.ts";
import { writeError } from "./write-target.ts";

/** Thrown when the reader of our standard output has closed it, as `head` does: no more work is needed. */
export class OutputClosed extends Error {}

const STDOUT = 1;
const RETRY_MS = 1;

/**
 * Writes all of `data` to standard output before it returns, however slow the reader is, so that a following
 * `process.exit` loses nothing. Throws `OutputClosed` if the reader has closed its end, and `InputError`
 * ("io") if the bytes cannot be stored, for example on a full disk.
 */
export function writeStdout(data: Uint8Array | string): void {
  try {
    writeDescriptor(STDOUT, typeof data === "string" ? new TextEncoder().encode(data) : data);
  } catch (error) {
    throw error instanceof OutputClosed ? error : writeError(error, "standard output");
  }
}

/** Like `writeStdout`, for any open descriptor; throws the system's errors. */
export function writeDescriptor(descriptor: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(descriptor, bytes, done, bytes.length - done);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE" && descriptor === STDOUT) throw new OutputClosed("standard output was closed");
      // The pipe is full, and some program has made it non-blocking: wait for the reader.
      if (code !== "EAGAIN") throw error;
      sleepMs(RETRY_MS);
    }
  }
}

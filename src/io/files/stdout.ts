import { writeSync } from "node:fs";

/** Whoever read our standard output has closed it: there is nobody left to work for. */
export class OutputClosed extends Error {}

const STDOUT = 1;
const RETRY_MS = 1;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes all of `data` to standard output before it returns, however slow the reader is: `process.exit`
 * right after loses nothing. Throws `OutputClosed` when the reader is gone.
 */
export function writeStdout(data: Uint8Array | string): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(STDOUT, bytes, done, bytes.length - done);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE") throw new OutputClosed("standard output was closed");
      // A pipe that someone made non-blocking is full: the reader needs a moment.
      if (code !== "EAGAIN") throw error;
      Atomics.wait(sleeper, 0, 0, RETRY_MS);
    }
  }
}

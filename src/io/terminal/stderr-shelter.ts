import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linuxC, macSystem } from "../ffi/libc.ts";

const STDERR = 2;
/** Maximum number of bytes that are shown afterwards: the first ones, which matter most. */
const MAX_BYTES = 16_384;

/**
 * Keeps standard error out of the picture: sound libraries write to it unasked. The output goes to an unnamed
 * file, which is read at the end.
 */
export class StderrShelter {
  #original = -1;
  #file = -1;

  /** Redirects standard error to the file if it is a terminal, or if `always` is set. */
  begin(always = false): void {
    const libc = linuxC() ?? macSystem();
    if (libc === undefined || this.#original >= 0 || !(always || process.stderr.isTTY === true)) return;
    const path = join(tmpdir(), `emuterm-${process.pid}-${Date.now()}-stderr`);
    try {
      this.#file = openSync(path, "ax+", 0o600);
      unlinkSync(path);
    } catch {
      // If no file can be made, standard error is not redirected.
      return;
    }
    this.#original = libc.dup(STDERR);
    libc.dup2(this.#file, STDERR);
  }

  /** Discards what has been written so far. */
  discard(): void {
    if (this.#original >= 0) ftruncateSync(this.#file);
  }

  /** Restores standard error. Returns what was written meanwhile, at most its first 16 KiB. */
  end(): string {
    const libc = linuxC() ?? macSystem();
    if (libc === undefined || this.#original < 0) return "";
    libc.dup2(this.#original, STDERR);
    closeSync(this.#original);
    this.#original = -1;
    const bytes = new Uint8Array(Math.min(MAX_BYTES, fstatSync(this.#file).size));
    const length = readSync(this.#file, bytes, 0, bytes.length, 0);
    closeSync(this.#file);
    return new TextDecoder().decode(bytes.subarray(0, length));
  }

  /** Restores standard error and writes the output to it. */
  endAndShow(): void {
    const text = this.end();
    if (text !== "") writeSync(STDERR, text);
  }
}

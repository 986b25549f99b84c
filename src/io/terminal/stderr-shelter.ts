import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linuxC, macSystem } from "../ffi/libc.ts";

const STDERR = 2;
/** What is shown afterwards at most; the beginning says most. */
const MAX_BYTES = 16_384;

/**
 * Keeps what is written to standard error out of the picture: sound libraries write there without asking.
 * It goes to a file without a name, from which the end can take it.
 */
export class StderrShelter {
  #original = -1;
  #file = -1;

  /** Standard error goes to the file from now on, if it is a terminal or `always`. */
  begin(always = false): void {
    const libc = linuxC() ?? macSystem();
    if (libc === undefined || this.#original >= 0 || !(always || process.stderr.isTTY === true)) return;
    const path = join(tmpdir(), `emuterm-${process.pid}-${Date.now()}-stderr`);
    try {
      this.#file = openSync(path, "ax+", 0o600);
      unlinkSync(path);
    } catch {
      // Without a place for it, it goes where it always went.
      return;
    }
    this.#original = libc.dup(STDERR);
    libc.dup2(this.#file, STDERR);
  }

  /** Forgets what has been written so far. */
  discard(): void {
    if (this.#original >= 0) ftruncateSync(this.#file);
  }

  /** Standard error is as it was. Returns what was written meanwhile, or its first 16 KiB. */
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

  /** The same, and standard error gets it. */
  endAndShow(): void {
    const text = this.end();
    if (text !== "") writeSync(STDERR, text);
  }
}

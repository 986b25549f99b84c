import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { writeStdout } from "./stdout.ts";
import { printable } from "./text.ts";

/** Where a dump's bytes go. Nothing can be seen under the final name before `commit`. */
export interface Sink {
  /** Takes all of `bytes`, which may be reused afterwards. */
  write(bytes: Uint8Array): void;
  /** The output is complete. */
  commit(): void;
  /** The output is not wanted any more. Does nothing after `commit`. */
  abort(): void;
}

/** Opens a file, or standard output for "-". Throws `InputError` ("io", "missing") when that is impossible. */
export function openSink(path: string): Sink {
  if (path === "-") return new StdoutSink();
  return isDevice(path) ? new DeviceSink(path) : new FileSink(path);
}

class StdoutSink implements Sink {
  write(bytes: Uint8Array): void {
    writeStdout(bytes);
  }
  commit(): void {}
  abort(): void {}
}

/** A pipe or device such as /dev/null: written as it is, since replacing it would destroy it. */
class DeviceSink implements Sink {
  readonly #path: string;
  #descriptor: number;

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = attempt(path, () => openSync(path, "w"));
  }

  write(bytes: Uint8Array): void {
    attempt(this.#path, () => writeAll(this.#descriptor, bytes));
  }

  commit(): void {
    this.abort();
  }

  abort(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }
}

/** A temporary file beside the target that takes its place when it is complete and on the disk. */
class FileSink implements Sink {
  readonly #path: string;
  readonly #temporary: string;
  #descriptor: number;

  constructor(path: string) {
    // A symbolic link stays one.
    this.#path = existsSync(path) ? realpathSync(path) : path;
    this.#temporary = join(dirname(this.#path), `.${basename(this.#path)}.${process.pid}.tmp`);
    this.#descriptor = attempt(path, () => openSync(this.#temporary, "w"));
  }

  write(bytes: Uint8Array): void {
    attempt(this.#path, () => writeAll(this.#descriptor, bytes));
  }

  commit(): void {
    attempt(this.#path, () => {
      fsyncSync(this.#descriptor);
      closeSync(this.#descriptor);
      this.#descriptor = -1;
      renameSync(this.#temporary, this.#path);
    });
  }

  abort(): void {
    if (this.#descriptor < 0) return;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
    unlinkSync(this.#temporary);
  }
}

function isDevice(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory()) throw new InputError("io", "is a folder, not a file", printable(path));
  return status !== undefined && !status.isFile();
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done);
}

/** Runs `action`; what the system refuses becomes an error of the output at `path`. */
export function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new InputError("missing", "the folder of the output does not exist", printable(path));
    }
    const reason = REASONS[code] ?? code;
    throw new InputError("io", `cannot be written: ${reason}`, printable(path));
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
};

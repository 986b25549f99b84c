import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
} from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { removeAbandonedBeside } from "./abandoned.ts";
import { writeDescriptor, writeStdout } from "./stdout.ts";
import { printable } from "./text.ts";
import { findTarget, temporaryBeside, writeError } from "./write-target.ts";

/** Receives the bytes of a dump. Nothing appears under the final name before `commit`. */
export interface Sink {
  /** Writes all of `bytes`, which may be reused afterwards. */
  write(bytes: Uint8Array): void;
  /** Completes the output. */
  commit(): void;
  /** Discards the output. Does nothing after `commit`. */
  abort(): void;
}

/**
 * Opens a file, or standard output for "-". Links, devices, modes and owners are handled as in
 * `writeFileWhole`. Throws `InputError` ("io", "missing") if the file cannot be opened.
 */
export function openSink(path: string): Sink {
  if (path === "-") return new StdoutSink();
  const target = attempt(path, () => findTarget(path));
  if (target.kind === "file") return new FileSink(path, target.path, target.status);
  if (target.kind === "device") return new DeviceSink(path, target.path);
  return target.descriptor === 1 ? new StdoutSink() : new DescriptorSink(path, target.descriptor);
}

class StdoutSink implements Sink {
  write(bytes: Uint8Array): void {
    writeStdout(bytes);
  }
  commit(): void {}
  abort(): void {}
}

/** An open descriptor of this process, which stays open. */
class DescriptorSink implements Sink {
  readonly #path: string;
  protected descriptor: number;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.descriptor = descriptor;
  }

  write(bytes: Uint8Array): void {
    attempt(this.#path, () => writeDescriptor(this.descriptor, bytes));
  }

  commit(): void {
    this.abort();
  }

  abort(): void {}
}

/** A FIFO or device such as /dev/null. */
class DeviceSink extends DescriptorSink {
  constructor(path: string, target: string) {
    super(
      path,
      attempt(path, () => openSync(target, constants.O_WRONLY)),
    );
  }

  override abort(): void {
    if (this.descriptor >= 0) closeSync(this.descriptor);
    this.descriptor = -1;
  }
}

/** A temporary file beside the target. It replaces the target when it is complete and on disk. */
class FileSink implements Sink {
  readonly #path: string;
  readonly #target: string;
  readonly #old: Stats | undefined;
  readonly #temporary: string;
  #descriptor: number;

  constructor(path: string, target: string, old: Stats | undefined) {
    this.#path = path;
    this.#target = target;
    this.#old = old;
    removeAbandonedBeside(target);
    this.#temporary = temporaryBeside(target);
    this.#descriptor = attempt(path, () => openSync(this.#temporary, "wx"));
  }

  write(bytes: Uint8Array): void {
    attempt(this.#path, () => writeDescriptor(this.#descriptor, bytes));
  }

  commit(): void {
    attempt(this.#path, () => {
      if (this.#old !== undefined) keepOwner(this.#descriptor, this.#old);
      fsyncSync(this.#descriptor);
      renameSync(this.#temporary, this.#target);
    });
    closeSync(this.#descriptor);
    this.#descriptor = -1;
    syncFolder(dirname(this.#target));
  }

  abort(): void {
    if (this.#descriptor < 0) return;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
    rmSync(this.#temporary, { force: true });
  }
}

function keepOwner(descriptor: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // Only root may change a file's owner.
  }
  fchmodSync(descriptor, mode & 0o7777);
}

function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // EINVAL: the file system orders renames by itself.
  }
}

/** Runs `action` and converts system errors to errors about the output at `path`. */
export function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new InputError("missing", "the folder of the output does not exist", printable(path));
    }
    throw writeError(error, path);
  }
}

import { lstatSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { systemReason } from "./system-errors.ts";
import { printable } from "./text.ts";

/** The target of an output path. */
export type WriteTarget =
  /** A file that can be replaced or does not exist yet; `status` is then undefined. */
  | { readonly kind: "file"; readonly path: string; readonly status: Stats | undefined }
  /** A device, FIFO or socket. It is opened and written, because replacing it would destroy it. */
  | { readonly kind: "device"; readonly path: string }
  /** An open descriptor of this process: /dev/stdout, /dev/fd/N. */
  | { readonly kind: "descriptor"; readonly descriptor: number };

const MAX_LINKS = 40;
const STANDARD: Readonly<Record<string, number>> = { "/dev/stdout": 1, "/dev/stderr": 2 };
/** Characters of the file's name in a temporary name: a name holds 255 bytes, a character takes up to 4. */
const NAME_PART = 40;

/**
 * Follows symbolic links, including broken ones, to the file to write. Links are not replaced. Throws the
 * system's errors: ENOTDIR, EACCES, ELOOP, EISDIR.
 */
export function findTarget(path: string): WriteTarget {
  let at = resolve(path);
  for (let links = 0; links < MAX_LINKS; links++) {
    const descriptor = STANDARD[at] ?? descriptorOf(at);
    if (descriptor !== undefined) return { kind: "descriptor", descriptor };
    const status = lstatSync(at, { throwIfNoEntry: false });
    if (status === undefined || status.isFile()) return { kind: "file", path: at, status };
    if (status.isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
    if (!status.isSymbolicLink()) return { kind: "device", path: at };
    at = resolve(realpathSync(dirname(at)), readlinkSync(at));
  }
  throw Object.assign(new Error("too many links"), { code: "ELOOP" });
}

/** True if writing `path` replaces a file, or makes one, so that it can be written again. */
export function isReplaceable(path: string): boolean {
  try {
    return findTarget(path).kind === "file";
  } catch {
    return false; // Writing the file reports what is wrong with its path.
  }
}

/** The number N in /dev/fd/N and /proc/self/fd/N; on Linux, /dev/stdout and /dev/fd are links to these. */
function descriptorOf(path: string): number | undefined {
  const number = /^\/(?:dev|proc\/(?:self|thread-self|(\d+)))\/fd\/(\d{1,9})$/.exec(path);
  if (number === null) return undefined;
  const isOwn = number[1] === undefined || Number(number[1]) === process.pid;
  return isOwn ? Number(number[2]) : undefined;
}

/**
 * A new name in the folder of `target`, unique among threads and processes. `removeAbandoned` recognizes it.
 */
export function temporaryBeside(target: string): string {
  return join(dirname(target), `${prefixOf(target)}${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`);
}

/** The beginning of the names of `target`'s temporary files. */
export function prefixOf(target: string): string {
  return `.${basename(target).slice(0, NAME_PART)}.`;
}

/**
 * The `InputError` for a file that cannot be written. Errors other than system errors are returned unchanged.
 */
export function writeError(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === undefined || error instanceof InputError) return error;
  return new InputError("io", `cannot be written: ${systemReason(code)}`, printable(path));
}

/**
 * Converts anything that writing has thrown to an error that can be shown to the user, because the game
 * continues in any case.
 */
export function asInputError(error: unknown): InputError {
  if (error instanceof InputError) return error;
  return new InputError("io", error instanceof Error ? error.message : String(error));
}

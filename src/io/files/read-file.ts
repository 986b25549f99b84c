import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { InputError } from "../../emu/input-error.ts";
import { KIB, MIB } from "../../emu/units.ts";
import { systemReason } from "./system-errors.ts";
import { printable } from "./text.ts";
import { undecodedPath } from "./undecoded-path.ts";

/** What pipes held, by path: their bytes come only once, but a command may read its file several times. */
const pipes = new Map<string, Uint8Array>();
const FIRST_BYTES = 64 * KIB;
/** Opening a pipe must not wait for its other end, and a terminal must not become the controlling one. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const IN_FOLDER = "name a file in it";
/** How long to wait for data from a pipe. */
const PIPE_PATIENCE_MS = 10_000;
const PIPE_POLL_MS = 5;
/** Names of descriptors that emu was started with: redirections, and those of `<(command)`. */
const DESCRIPTOR_NAMES = /^\/dev\/(stdin|fd\/\d+)$|^\/proc\/(self|\d+)\/fd\/\d+$/;
/** Major and minor number of /dev/null on Linux, which counts as an empty file. */
const NULL_DEVICE_LINUX = 0x103;

/**
 * Opens a regular file for reading, without waiting. Pipes are only accepted under the name of a descriptor
 * that emu was started with (`/dev/stdin`, `/dev/fd/63`). /dev/null counts as an empty file. Throws
 * `InputError`: "missing" if it does not exist, "io" if it is not a file or cannot be opened.
 */
export async function openToRead(path: string): Promise<{ file: FileHandle; status: Stats }> {
  let file: FileHandle;
  try {
    file = await open(undecodedPath(path), OPEN_FLAGS);
  } catch (error) {
    throw fileError(error, path);
  }
  try {
    const status = await file.stat();
    refuseNoFile(status, path);
    return { file, status };
  } catch (error) {
    await file.close();
    throw error instanceof InputError ? error : fileError(error, path);
  }
}

/** Reads a regular file of at most `limit` bytes synchronously. Throws like `openToRead`. */
export function readFileCappedSync(path: string, limit: number): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(undecodedPath(path), OPEN_FLAGS);
    const status = fstatSync(descriptor);
    refuseNoFile(status, path);
    if (status.isFIFO()) throw notAFile("is a pipe, not a file", path);
    if (status.size > limit) throw tooLarge(path, limit);
    return readFileSync(descriptor);
  } catch (error) {
    throw error instanceof InputError ? error : fileError(error, path);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Reads a whole file of at most `limit` bytes without blocking the event loop. See `openToRead` for what
 * counts as a file. Throws `InputError`: "missing" if it does not exist, "io" if it cannot be read, "data" if
 * it is too large.
 */
export async function readFileCapped(path: string, limit: number): Promise<Uint8Array> {
  const { file, status } = await openToRead(path);
  try {
    if (status.size > limit) throw tooLarge(path, limit);
    if (status.isFIFO()) return await readPipeOnce(file, path, limit);
    return await readAll(file, path, status.size, limit);
  } catch (error) {
    throw error instanceof InputError ? error : fileError(error, path);
  } finally {
    await file.close();
  }
}

function refuseNoFile(status: Stats, path: string): void {
  if (status.isFile()) return;
  if (status.isDirectory()) throw notAFile("is a folder, not a file", path, IN_FOLDER);
  if (status.isFIFO() && DESCRIPTOR_NAMES.test(path)) return;
  if (status.isCharacterDevice() && status.rdev === NULL_DEVICE_LINUX) return;
  if (status.isFIFO())
    throw notAFile("is a pipe, not a file", path, "use <(command), or /dev/stdin behind a pipe");
  throw notAFile(status.isSocket() ? "is a socket, not a file" : "is a device, not a file", path);
}

/**
 * Reads up to `length` bytes at `offset` of the open file `path`; fewer at its end. Throws `InputError`
 * ("io") if they cannot be read.
 */
export async function readPart(
  file: FileHandle,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Reads with one byte of room more than expected, to detect a file that is growing. */
async function readAll(file: FileHandle, path: string, expected: number, limit: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(expected > 0 ? expected + 1 : FIRST_BYTES);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
    if (length > limit) throw tooLarge(path, limit);
    if (length === bytes.length) bytes = grown(bytes, limit);
  }
}

/** A copy of what the pipe held when it was first read. */
async function readPipeOnce(file: FileHandle, path: string, limit: number): Promise<Uint8Array> {
  const bytes = pipes.get(path) ?? (await readPipe(file, path, limit));
  if (bytes.length > limit) throw tooLarge(path, limit);
  pipes.set(path, bytes);
  return bytes.slice();
}

/** Throws `InputError` ("io") if one of these files was a pipe, which other threads cannot read. */
export function rejectPipes(paths: readonly (string | undefined)[]): void {
  const pipe = paths.find((path) => path !== undefined && pipes.has(path));
  if (pipe !== undefined) throw notAFile("is a pipe, which only one thread can read", pipe, "use a file");
}

/** Reads until the writer closes its end, or sends nothing for too long. */
async function readPipe(file: FileHandle, path: string, limit: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(FIRST_BYTES);
  let length = 0;
  let deadlineMs = performance.now() + PIPE_PATIENCE_MS;
  for (;;) {
    const got = await readSome(file, bytes, length);
    if (got === 0) return bytes.subarray(0, length);
    if (got === undefined) {
      if (performance.now() > deadlineMs)
        throw notAFile(`brought nothing for ${PIPE_PATIENCE_MS / 1000} s`, path);
      await setTimeout(PIPE_POLL_MS);
      continue;
    }
    length += got;
    deadlineMs = performance.now() + PIPE_PATIENCE_MS;
    if (length > limit) throw tooLarge(path, limit);
    if (length === bytes.length) bytes = grown(bytes, limit);
  }
}

/** Returns the number of bytes read; 0 at the end, undefined if there is no data yet. */
async function readSome(file: FileHandle, into: Uint8Array, at: number): Promise<number | undefined> {
  try {
    return (await file.read(into, at, into.length - at, null)).bytesRead;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
}

function grown(bytes: Uint8Array, limit: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(limit + 1, bytes.length * 2));
  larger.set(bytes);
  return larger;
}

function tooLarge(path: string, limit: number): InputError {
  return new InputError(
    "data",
    `is larger than ${limit < MIB ? `${limit / KIB} KiB` : `${limit / MIB} MiB`}`,
    printable(path),
  );
}

function notAFile(what: string, path: string, remedy = ""): InputError {
  return new InputError("io", what, printable(path), remedy);
}

/** Converts a system error about `path` to an `InputError`: "missing" or "io". */
export function fileError(error: unknown, path: string): InputError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (path === "-") {
    const remedy = "to read standard input, name /dev/stdin";
    return new InputError("missing", "no such file", "-", remedy);
  }
  if (path === "") return new InputError("missing", "the name of a file is empty");
  if (code === "ENOENT" || code === "ENOTDIR")
    return new InputError("missing", "no such file", printable(path));
  if (code === "EISDIR") return new InputError("io", "is a folder, not a file", printable(path), IN_FOLDER);
  if (code === "ELOOP") {
    const remedy = "make the link point to a file: ls -l shows where it points";
    return new InputError("io", `cannot be read: ${systemReason(code)}`, printable(path), remedy);
  }
  // Opening a socket by its path, or a device without a driver.
  if (code === "ENXIO") return new InputError("io", "is a socket or a device, not a file", printable(path));
  return new InputError("io", `cannot be read: ${systemReason(code)}`, printable(path));
}

/** `fileError` for a path that may be a file or a folder. */
export function pathError(error: unknown, path: string): InputError {
  const { kind, message, where, remedy } = fileError(error, path);
  return new InputError(kind, message.replace(/^no such file$/, "no such file or folder"), where, remedy);
}

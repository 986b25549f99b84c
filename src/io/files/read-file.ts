import { type FileHandle, open } from "node:fs/promises";
import { InputError } from "../../emu/input-error.ts";
import { printable } from "./text.ts";

const FIRST_BYTES = 64 * 1024;

/**
 * The whole of a file, at most `limit` bytes, read without blocking the event loop. Pipes and devices
 * are read until they end or pass the limit. Throws `InputError`: "missing" when nothing is there, "io"
 * when it cannot be read, "data" when it is too large.
 */
export async function readFileCapped(path: string, limit: number): Promise<Uint8Array> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw fileError(error, path);
  }
  try {
    const status = await file.stat();
    if (status.isDirectory()) throw new InputError("io", "is a folder, not a file", printable(path));
    if (status.size > limit) throw tooLarge(path, limit);
    return await readAll(file, path, status.isFile() ? status.size : 0, limit);
  } catch (error) {
    throw error instanceof InputError ? error : fileError(error, path);
  } finally {
    await file.close();
  }
}

/** One byte of room beyond what is expected tells the end of the file from a file that is growing. */
async function readAll(file: FileHandle, path: string, expected: number, limit: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(expected > 0 ? expected + 1 : FIRST_BYTES);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
    if (length > limit) throw tooLarge(path, limit);
    if (length === bytes.length) {
      const larger = new Uint8Array(Math.min(limit + 1, bytes.length * 2));
      larger.set(bytes);
      bytes = larger;
    }
  }
}

function tooLarge(path: string, limit: number): InputError {
  return new InputError("data", `is larger than ${limit / 1024 / 1024} MiB`, printable(path));
}

/** What the system says about `path`, as an error of the input: "missing" or "io". */
export function fileError(error: unknown, path: string): InputError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (code === "ENOENT" || code === "ENOTDIR")
    return new InputError("missing", "no such file", printable(path));
  if (code === "EACCES" || code === "EPERM") {
    return new InputError("io", "cannot be read: permission denied", printable(path));
  }
  if (code === "EISDIR") return new InputError("io", "is a folder, not a file", printable(path));
  return new InputError("io", `cannot be read: ${code}`, printable(path));
}

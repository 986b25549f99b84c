import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { removeAbandonedBeside } from "./abandoned.ts";
import { writeDescriptor } from "./stdout.ts";
import { findTarget, temporaryBeside, type WriteTarget, writeError } from "./write-target.ts";

/**
 * Replaces a file whole: readers see all of the old contents or all of the new, even if the power fails.
 * The contents go to a temporary file in the same folder, which is synced and renamed over the old file;
 * then the folder is synced. The file keeps its mode and, where the system allows it, its owner. Symbolic
 * links are followed and stay. Devices, FIFOs and descriptors (/dev/null, /dev/stdout) are written through.
 * Missing folders are made. On failure the temporary file is removed and `InputError` ("io") says why.
 */
export async function writeFileWhole(path: string, contents: Uint8Array | string): Promise<void> {
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  try {
    const target = findTarget(path);
    if (target.kind === "descriptor") writeDescriptor(target.descriptor, bytes);
    else if (target.kind === "device") await writeThrough(target.path, bytes);
    else await replace(target, bytes);
  } catch (error) {
    throw writeError(error, path);
  }
}

/** Removes temporary files of `path` whose writers were killed, without writing it. */
export function removeAbandoned(path: string): void {
  try {
    const target = findTarget(path);
    if (target.kind === "file") removeAbandonedBeside(target.path);
  } catch {
    // Reading or writing the file reports what is wrong with its path.
  }
}

async function replace(
  { path, status }: Extract<WriteTarget, { kind: "file" }>,
  bytes: Uint8Array,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  removeAbandonedBeside(path);
  const temporary = temporaryBeside(path);
  try {
    const file = await open(temporary, "wx", 0o666);
    try {
      await writeAll(file, bytes);
      if (status !== undefined) {
        // Only root may change owners. The owner is set first, because that clears some bits of the mode.
        await file.chown(status.uid, status.gid).catch(() => {});
        await file.chmod(status.mode & 0o7777);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  // Without O_CREAT and O_TRUNC, so that a device that has disappeared is not created as a regular file.
  const file = await open(path, constants.O_WRONLY);
  try {
    await writeAll(file, bytes);
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}

/**
 * Syncs the rename to disk. Errors are ignored: Windows cannot open folders, and some file systems do not
 * sync them.
 */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r").catch(() => undefined);
  // EINVAL: the file system orders renames by itself.
  await handle?.sync().catch(() => {});
  await handle?.close();
}

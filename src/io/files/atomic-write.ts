import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { printable } from "./text.ts";

/** Read and write for everybody whom the umask lets: what a new file gets. */
const NEW_FILE_MODE = 0o666;

let serial = 0;

/**
 * Replaces a file whole: whoever reads it sees all of the old contents or all of the new, even if the
 * power fails. The new contents go to a temporary file in the same folder, which is synced, renamed over
 * the old file and its folder synced. The file keeps its mode; a symbolic link stays a link. Missing folders are
 * made. On failure the temporary file is removed and `InputError` ("io") says why.
 */
export async function writeFileWhole(path: string, contents: Uint8Array | string): Promise<void> {
  let temporary: string | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    const target = await realpath(path).catch(() => path);
    const mode = await stat(target).then(
      (status) => status.mode & 0o7777,
      () => undefined,
    );
    serial++;
    const folder = dirname(target);
    temporary = join(folder, `.${basename(target).slice(0, 100)}.${process.pid}.${serial}.tmp`);
    const file = await open(temporary, "wx", NEW_FILE_MODE);
    await fill(file, contents, mode);
    await rename(temporary, target);
    await syncFolder(folder);
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => {});
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new InputError("io", `cannot be written: ${describe(code)}`, printable(path));
  }
}

async function fill(
  file: FileHandle,
  contents: Uint8Array | string,
  mode: number | undefined,
): Promise<void> {
  try {
    await file.writeFile(contents);
    if (mode !== undefined) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename last. Windows cannot open folders, and some file systems do not sync them: no harm. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch {
    // EINVAL: the file system orders renames by itself.
  } finally {
    await handle.close();
  }
}

function describe(code: string): string {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ENOSPC":
      return "no space left on the device";
    case "EROFS":
      return "the file system is read-only";
    case "EISDIR":
      return "it is a folder";
    case "EEXIST":
    case "ENOTDIR":
      return "part of its path is not a folder";
    default:
      return code;
  }
}

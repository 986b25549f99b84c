import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { fileError } from "./read-file.ts";
import { printable } from "./text.ts";

const MAX_FILES = 100_000;
const MAX_FOLDERS = 100_000;

/**
 * Returns the files below `folder` whose names `isWanted` accepts, ordered by path. Links to files and
 * folders are followed, but no folder is entered twice, so circular links end. Throws `InputError`:
 * "missing", "io" for a folder that cannot be read, "data" for too many files or folders.
 */
export async function walkFiles(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const files: string[] = [];
  const entered = new Set<string>();
  // Folders come before links to folders, so that a file is found by a path without links if there is one.
  const folders = [folder];
  const links: string[] = [];
  for (;;) {
    const path = folders.pop() ?? links.shift();
    if (path === undefined) return files.sort();
    if (!(await enters(path, entered))) continue;
    if (entered.size > MAX_FOLDERS) throw tooMuch(folder, `${MAX_FOLDERS} folders`);
    for (const entry of await entriesOf(path)) {
      const inner = join(path, entry.name);
      const kind = await kindOf(entry, inner);
      if (kind === "folder") (entry.isSymbolicLink() ? links : folders).push(inner);
      else if (kind === "file" && isWanted(entry.name)) files.push(inner);
    }
    if (files.length > MAX_FILES) throw tooMuch(folder, `${MAX_FILES} files`);
  }
}

/** Records a folder by its device and inode, whatever its path. Returns false if it was entered before. */
async function enters(path: string, entered: Set<string>): Promise<boolean> {
  const { dev, ino } = await stat(path, { bigint: true }).catch((error) => {
    throw fileError(error, path);
  });
  // Some file systems on Windows have no inode numbers. There only links can form circles, and path lengths
  // are limited.
  const id = ino === 0n ? path : `${dev}:${ino}`;
  if (entered.has(id)) return false;
  entered.add(id);
  return true;
}

function entriesOf(path: string): Promise<Dirent[]> {
  return readdir(path, { withFileTypes: true }).catch((error) => {
    throw fileError(error, path);
  });
}

/** The kind of a link is that of its target; a broken link is neither. */
async function kindOf(entry: Dirent, path: string): Promise<"file" | "folder" | "neither"> {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (!entry.isSymbolicLink()) return "neither";
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? "file" : status?.isDirectory() ? "folder" : "neither";
}

function tooMuch(folder: string, what: string): InputError {
  return new InputError(
    "data",
    `more than ${what} are in the folder`,
    printable(folder),
    "name a smaller one",
  );
}

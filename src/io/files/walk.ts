import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { fileError } from "./read-file.ts";
import { printable } from "./text.ts";
import { undecodedPath } from "./undecoded-path.ts";

const MAX_FILES = 100_000;
const MAX_FOLDERS = 100_000;

/**
 * Returns the files below `folder` whose names `isWanted` accepts, ordered by path. Links to files and
 * folders are followed, but no folder is entered twice, so circular links end. Throws `InputError`:
 * "missing", "io" for a folder that cannot be read, "data" for too many files or folders.
 */
export async function walkFiles(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const files: string[] = [];
  const walk = walkFolders([folder], isWanted, (error) => {
    throw error;
  });
  for await (const found of walk) files.push(...found);
  return files.sort();
}

/**
 * Yields the wanted files folder by folder, as `walkFiles` finds them. `onTrouble` gets the error of each
 * folder that cannot be read, which is then skipped, and of the limit at which the walk ends. `isEntered`
 * returns true for the names of folders below the roots that are walked.
 */
export async function* walkFolders(
  roots: readonly string[],
  isWanted: (name: string) => boolean,
  onTrouble: (error: unknown) => void,
  isEntered: (name: string) => boolean = () => true,
): AsyncGenerator<string[]> {
  const entered = new Set<string>();
  let count = 0;
  // Folders come before links to folders, so that a file is found by a path without links if there is one.
  const folders = roots.toReversed();
  const links: string[] = [];
  for (;;) {
    const path = folders.pop() ?? links.shift();
    if (path === undefined) return;
    const files: string[] = [];
    try {
      if (!(await enters(path, entered))) continue;
      if (entered.size > MAX_FOLDERS) return onTrouble(tooMuch(path, `${MAX_FOLDERS} folders`));
      for (const entry of await entriesOf(path)) {
        const inner = join(path, entry.name);
        const kind = await kindOf(entry, inner);
        if (kind === "folder" && isEntered(entry.name))
          (entry.isSymbolicLink() ? links : folders).push(inner);
        else if (kind === "file" && isWanted(entry.name)) files.push(inner);
      }
    } catch (error) {
      onTrouble(error);
    }
    count += files.length;
    if (count > MAX_FILES) return onTrouble(tooMuch(roots[0]!, `${MAX_FILES} files`));
    yield files;
  }
}

/** Records a folder by its device and inode, whatever its path. Returns false if it was entered before. */
async function enters(path: string, entered: Set<string>): Promise<boolean> {
  const { dev, ino } = await stat(undecodedPath(path), { bigint: true }).catch((error) => {
    throw folderError(error, path, "no such folder");
  });
  // Some file systems on Windows have no inode numbers. There only links can form circles, and path lengths
  // are limited.
  const id = ino === 0n ? path : `${dev}:${ino}`;
  if (entered.has(id)) return false;
  entered.add(id);
  return true;
}

function entriesOf(path: string): Promise<Dirent[]> {
  return readdir(undecodedPath(path), { withFileTypes: true }).catch((error) => {
    throw folderError(error, path, "is a file, not a folder");
  });
}

/** `fileError`, with what to say of a path at which there is no folder. */
function folderError(error: unknown, path: string, missing: string): InputError {
  const found = fileError(error, path);
  return found.kind === "missing" ? new InputError("missing", missing, found.where, found.remedy) : found;
}

/** The kind of a link is that of its target; a broken link is neither. */
function kindOf(entry: Dirent, path: string): EntryKind | Promise<EntryKind> {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? kindOfTarget(path) : "neither";
}

type EntryKind = "file" | "folder" | "neither";

async function kindOfTarget(path: string): Promise<EntryKind> {
  const status = await stat(undecodedPath(path)).catch(() => undefined);
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

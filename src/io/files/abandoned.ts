import { readdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { prefixOf } from "./write-target.ts";

/**
 * Removes the files and folders in `folder` whose names match `pattern` and whose process has ended: emu was
 * killed before it could remove them. The pattern's first group is the process's number.
 */
export function removeAbandonedIn(folder: string, pattern: RegExp): void {
  for (const name of namesIn(folder)) {
    const pid = pattern.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(folder, name));
  }
}

/** What follows `prefixOf` in the names that `temporaryBeside` makes. */
const TEMPORARY_END = /^(\d+)\.[0-9a-f]+\.tmp$/;
/** The temporary files in each folder when it was first used: a dump writes thousands of files into one. */
const temporaryFiles = new Map<string, readonly string[]>();

/** Removes temporary files of the file `target` whose writers were killed before this process began. */
export function removeAbandonedBeside(target: string): void {
  const folder = dirname(target);
  const names = temporaryFiles.get(folder) ?? namesIn(folder).filter((name) => name.endsWith(".tmp"));
  temporaryFiles.set(folder, names);
  const prefix = prefixOf(target);
  for (const name of names) {
    const pid = name.startsWith(prefix) ? TEMPORARY_END.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(folder, name));
  }
}

/**
 * Makes a folder for temporary files, and removes those of the same kind that killed processes left.
 * `parent` is the system's folder for temporary files.
 */
export async function makeTemporaryFolder(
  kind: "core" | "game" | "farm",
  parent = tmpdir(),
): Promise<string> {
  removeAbandonedIn(parent, new RegExp(`^emuterm-${kind}-(\\d+)-`));
  return mkdtemp(join(parent, `emuterm-${kind}-${process.pid}-`));
}

/** Returns true if a process runs, also as another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It belongs to another user.
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // In a folder that does not exist or cannot be read there is nothing to remove.
    return [];
  }
}

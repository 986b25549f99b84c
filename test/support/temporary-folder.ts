/** Preloaded by every run of the tests (bunfig.toml), so that it sees the run's end. */
import { afterAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAbandonedIn } from "../../src/io/files/abandoned.ts";

/** `bun test --parallel` runs this module's `afterAll` after each file, not at the run's end. */
const ENDS_EACH_FILE = process.env.BUN_TEST_WORKER_ID !== undefined;
const folders: string[] = [];
let hasLooked = false;

/**
 * Makes a folder for the files of tests, which is removed at the end of the run, or by a later run if this
 * one is killed. `name` becomes a part of the folder's name. Modules that several test files share call
 * `sharedFolder` instead.
 */
export function temporaryFolder(name: string): string {
  const folder = sharedFolder(name);
  if (ENDS_EACH_FILE) folders.push(folder);
  return folder;
}

/**
 * Makes a folder as `temporaryFolder` does, for a module that several test files share. Processes of
 * `bun test --parallel` do not see the run's end: there a later run removes it.
 */
export function sharedFolder(name: string): string {
  if (!hasLooked) removeAbandonedIn(tmpdir(), /^emu-test-(\d+)-/);
  hasLooked = true;
  const folder = mkdtempSync(join(tmpdir(), `emu-test-${process.pid}-${name}-`));
  if (!ENDS_EACH_FILE) folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

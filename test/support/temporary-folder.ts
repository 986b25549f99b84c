/** Preloaded by every run of the tests (bunfig.toml), so that it sees the run's end. */
import { afterAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAbandonedIn } from "../../src/io/files/abandoned.ts";

const folders: string[] = [];

/**
 * Makes a folder for the files of tests, which is removed at the end of the run, or by a later run if this
 * one is killed. `name` becomes a part of the folder's name. Can be called anywhere, also in a module that
 * several test files share.
 */
export function temporaryFolder(name: string): string {
  if (folders.length === 0) removeAbandonedIn(tmpdir(), /^emu-test-(\d+)-/);
  const folder = mkdtempSync(join(tmpdir(), `emu-test-${process.pid}-${name}-`));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

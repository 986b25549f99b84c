/** Preloaded by every run of the tests (bunfig.toml), so that it sees the run's end. */
import { afterAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];

/**
 * Makes a folder for the files of tests, which is removed at the end of the run. `name` becomes a part of the
 * folder's name: it tells which test made a folder that a killed run has left. Can be called anywhere, also
 * in a module that several test files share.
 */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `emu-test-${name}-`));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

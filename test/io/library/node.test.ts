/** The unit-test library under Node, as its users run it: compiled, with Node's test runner. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../support/sources.ts";

// The compiled library finds its dependencies in node_modules above it.
const folder = mkdtempSync(join(ROOT, "node_modules/.emu-library-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("node --test passes with the compiled library", () => {
  const built = Bun.spawnSync([process.execPath, join(ROOT, ".ci/library.ts"), folder]);
  expect(built.exitCode).toBe(0);
  const argv = ["node", "--test", join(import.meta.dir, "game.node.mjs")];
  const { stdout, exitCode } = Bun.spawnSync(argv, {
    env: { ...process.env, CI: "", LIBRARY: folder, ROM: join(ROOT, "roms/swingby.nes"), FOLDER: folder },
  });
  const text = stdout.toString();
  expect(exitCode === 0 ? "" : text).toBe("");
  expect(text).toMatch(/pass 4\b/);
});

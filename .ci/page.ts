/**
 * Bundles the pages for browsers that emu contains, and the sources of the player in exported pages, for the
 * package and the executable.
 */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEBUGGER_PAGE } from "../src/io/debug/web/debugger-page.ts";
import { PLAYER_PAGE } from "../src/io/export/player-sources.ts";
import { SPECTATOR_PAGE } from "../src/io/serve/spectators/page.ts";

for (const { file, bundle } of [PLAYER_PAGE, DEBUGGER_PAGE, SPECTATOR_PAGE]) {
  const path = join(import.meta.dir, "..", file);
  mkdirSync(dirname(path), { recursive: true });
  const page = await bundle();
  await Bun.write(path, page);
  process.stderr.write(`${file}: ${(page.length / 1024).toFixed(0)} KiB\n`);
}

/**
 * Compiles emu into one executable: `npm run compile` builds dist/emu. Modules that run as threads must be
 * entry points, or the executable does not contain them. This script finds them by their calls of
 * `workerUrl`. Further arguments go to `bun build`, such as --target=bun-darwin-arm64.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DEBUGGER_PAGE } from "../src/io/debug/web/debugger-page.ts";
import { PLAYER_PAGE } from "../src/io/export/player-sources.ts";
import { SPECTATOR_PAGE } from "../src/io/serve/spectators/page.ts";

const root = join(import.meta.dir, "..");
const workers = new Set<string>();
for (const name of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".ts")) continue;
  const text = readFileSync(join(root, "src", name), "utf8");
  for (const [, path] of text.matchAll(/workerUrl\("([^"]+)"\)/g)) workers.add(`src/${path}`);
}

// Pages are bundled beforehand: an executable has no sources to bundle.
const { exitCode: pageExitCode } = Bun.spawnSync([process.execPath, join(root, ".ci/page.ts")], {
  stderr: 2,
});
if (pageExitCode !== 0) process.exit(pageExitCode);

const argv = [
  "build",
  "--compile",
  "--minify",
  // Without it, the bundler takes the deepest folder that all entry points share, and workerUrl would fail.
  "--root",
  ".",
  "src/cli/main.ts",
  ...workers,
  PLAYER_PAGE.file,
  DEBUGGER_PAGE.file,
  SPECTATOR_PAGE.file,
  "--outfile",
  "dist/emu",
];
const { exitCode } = Bun.spawnSync([process.execPath, ...argv, ...process.argv.slice(2)], {
  cwd: root,
  stdout: "inherit",
  stderr: "inherit",
});
process.exit(exitCode);

/** Checks types, lint, format, and unused files and exports: `npm run check`. */
import { join } from "node:path";

const root = join(import.meta.dir, "..");

const CHECKS: readonly (readonly string[])[] = [
  ["node_modules/typescript/bin/tsc", "-p", "src/emu"],
  ["node_modules/typescript/bin/tsc", "-p", "src/io/core"],
  ["node_modules/typescript/bin/tsc", "-p", "src/io/export/page"],
  ["node_modules/typescript/bin/tsc", "-p", "src/io/debug/page"],
  ["node_modules/typescript/bin/tsc", "-p", "src/io/serve/page"],
  ["node_modules/typescript/bin/tsc", "-p", "."],
  ["node_modules/typescript/bin/tsc", "-p", "test"],
  ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"],
  ["node_modules/knip/bin/knip.js", "--no-progress"],
];

let failed = 0;
for (const argv of CHECKS) {
  process.stdout.write(`> ${argv.slice(0, 3).join(" ").replace("node_modules/", "")}\n`);
  const { exitCode } = Bun.spawnSync([process.execPath, ...argv], {
    cwd: root,
    stdout: "inherit",
    stderr: "inherit",
  });
  if (exitCode !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);

/**
 * Builds declarations, `emuterm/core`, the unit-test library for Node and the pages for browsers for the
 * package. `npm pack` and `npm publish` run it.
 */
import { join } from "node:path";

for (const script of ["types.ts", "core.ts", "library.ts", "page.ts"]) {
  const { exitCode } = Bun.spawnSync([process.execPath, join(import.meta.dir, script)], {
    stdout: 2,
    stderr: 2,
  });
  if (exitCode !== 0) process.exit(exitCode);
}

/**
 * Writes the declarations of the package's library to `types/`, where package.json's exports expect them.
 * `npm pack` and `npm publish` run it. Users' compilers read the declarations instead of our sources, which
 * might not compile with their options.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
rmSync(join(root, "types"), { recursive: true, force: true });
const { exitCode } = Bun.spawnSync(
  [process.execPath, "node_modules/typescript/bin/tsc", "-p", ".ci/types.json"],
  { cwd: root, stdout: 2, stderr: 2 },
);
process.exit(exitCode);

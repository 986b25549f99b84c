/** Runs the tests at full size: `npm run soak`. */
import { join } from "node:path";

const { exitCode } = Bun.spawnSync(
  [process.execPath, "test", "--timeout=3600000", ...process.argv.slice(2)],
  {
    cwd: join(import.meta.dir, ".."),
    env: { ...process.env, EMU_SOAK: "1" },
    stdout: "inherit",
    stderr: "inherit",
  },
);
process.exit(exitCode);

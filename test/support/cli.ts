import { join } from "node:path";
import { sharedFolder } from "./temporary-folder.ts";

const REPOSITORY = join(import.meta.dir, "../..");

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

let home: string | undefined;

/**
 * Runs `emu` with these arguments in a separate process, without a terminal. It has none of this user's
 * settings and saves; all calls share a folder for them.
 */
export function emu(argv: readonly string[], options: { readonly cwd?: string } = {}): CliResult {
  home ??= sharedFolder("home");
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, join(REPOSITORY, "src/cli/main.ts"), ...argv],
    {
      cwd: options.cwd ?? REPOSITORY,
      env: {
        ...process.env,
        XDG_CONFIG_HOME: home,
        XDG_DATA_HOME: home,
        XDG_STATE_HOME: home,
        XDG_RUNTIME_DIR: home,
      },
      stdin: "ignore",
    },
  );
  return { exitCode, stdout, stderr: stderr.toString() };
}

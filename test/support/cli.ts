import { join } from "node:path";

const REPOSITORY = join(import.meta.dir, "../..");

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs `emu` with these arguments in a separate process, without a terminal. */
export function emu(argv: readonly string[], options: { readonly cwd?: string } = {}): CliResult {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, join(REPOSITORY, "src/cli/main.ts"), ...argv],
    { cwd: options.cwd ?? REPOSITORY, stdin: "ignore" },
  );
  return { exitCode, stdout, stderr: stderr.toString() };
}

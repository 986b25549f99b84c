import type { Command } from "commander";
import { addExamples } from "../options.ts";

const STDIN = 0;
const STDOUT = 1;

/** `emu env`: the other side of the Python package. */
export function registerEnv(program: Command): void {
  const command = program
    .command("env")
    .description(
      "Run environments for learning on behalf of the Python package emuterm. The package starts this command and " +
        "sends orders over standard input; the arrays are in shared memory. In TypeScript, use emuterm/env.",
    )
    .action(async () => {
      const { serveEnvProcess } = await import("../../io/env/env-process.ts");
      await serveEnvProcess(STDIN, STDOUT);
    });
  addExamples(command, `python3 -c 'import emuterm; print(emuterm.Env("game.nes").reset(seed=1))'`);
}

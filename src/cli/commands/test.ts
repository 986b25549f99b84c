import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { splitCommand } from "../../io/files/command-line.ts";
import {
  type ProjectTestOptions,
  runProjectTests,
  watchProjectTests,
} from "../../io/test-run/test-runner.ts";
import { EXIT_NEGATIVE, EXIT_OK } from "../exit-codes.ts";
import { interruptSignal } from "../interrupt.ts";
import { addExamples } from "../options.ts";

interface TestCommandOptions {
  readonly watch?: true;
  readonly build?: string;
  readonly run?: string;
}

/** `emu test`: run the unit tests of a game, also again when something has changed. */
export function registerTest(program: Command): void {
  const command = program
    .command("test")
    .description(
      "Run the unit tests of a game (bun test). With --watch, run them again when the ROM, its debug information, a source or a test has changed.",
    )
    .argument("[paths...]", "test files or parts of their paths (default: all tests of the folder)")
    .option("--watch", "run again at changes in this folder, until Ctrl+C")
    .option(
      "--build <command>",
      "run this before the tests, such as make; it should write only files that change",
    )
    .option("--run <command>", 'what runs the tests instead, such as "node --test" or "npx vitest run"')
    .action(run);
  addExamples(
    command,
    "emu test",
    "emu test --watch --build make",
    'emu test tests/physics.test.ts --watch --run "npx vitest run"',
  );
}

async function run(
  paths: readonly string[],
  { watch, build, run: runner }: TestCommandOptions,
): Promise<void> {
  const options: ProjectTestOptions = {
    cwd: process.cwd(),
    command: [...(runner === undefined ? [bun(), "test"] : splitCommand(runner, "--run")), ...paths],
    ...(build === undefined ? {} : { build: splitCommand(build, "--build") }),
    say: (text) => process.stderr.write(`emu: ${text}\n`),
  };
  const { signal, release } = interruptSignal();
  try {
    if (watch === true) await watchProjectTests(options, signal);
    else process.exitCode = (await runProjectTests(options, signal)) === 0 ? EXIT_OK : EXIT_NEGATIVE;
    signal.throwIfAborted();
  } finally {
    release();
  }
}

/** The Bun that runs emu. The executable of emu has none for others. */
function bun(): string {
  if (!Bun.isStandaloneExecutable) return process.execPath;
  const found = Bun.which("bun");
  if (found !== null) return found;
  throw new InputError("unavailable", "Bun is not installed", "", "install it, or name another --run");
}

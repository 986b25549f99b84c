#!/usr/bin/env bun
import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { registerBench } from "./commands/bench.ts";
import { registerConform } from "./commands/conform.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerDump } from "./commands/dump.ts";
import { registerInfo } from "./commands/info.ts";
import { registerRun } from "./commands/run.ts";
import { EXIT_OK, EXIT_USAGE, explain } from "./exit-codes.ts";
import { addExamples, addLogOptions } from "./options.ts";

const COMMANDS: readonly ((program: Command) => void)[] = [
  registerRun,
  registerDump,
  registerConform,
  registerBench,
  registerInfo,
  registerDoctor,
];

/** The whole command line. Parsing throws `CommanderError` instead of exiting. */
export function createProgram(): Command {
  const program = new Command("emu")
    .description(manifest.description)
    .version(manifest.version, "-V, --version")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "emu: ")) });
  addExamples(program, "emu run game.nes", "emu dump game.nes --frames 600 --format gif --out game.gif");
  for (const register of COMMANDS) register(program);
  for (const command of program.commands) addLogOptions(command);
  return program;
}

/** Runs a command line (without the program's name) and answers with its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : EXIT_OK;
  } catch (error) {
    // commander has printed what it had to say; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    const { exitCode, message } = explain(error);
    if (message !== "") process.stderr.write(`${message}\n`);
    return exitCode;
  }
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));

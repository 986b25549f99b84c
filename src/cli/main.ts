#!/usr/bin/env bun
import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { CORE_PROCESS_ARGUMENT } from "../io/cores/core-order.ts";
import { GAME_FILE_NAME } from "../io/files/rom-file-name.ts";
import { OutputClosed, writeStdout } from "../io/files/stdout.ts";
import { onUncaught } from "../io/shared/uncaught.ts";
import { hasTerminal } from "../io/terminal/has-terminal.ts";
import { EXIT_OK, EXIT_USAGE, explain } from "./exit-codes.ts";
import { log, startLog } from "./log.ts";
import { addExamples, addLogOptions } from "./options.ts";

/** Every command. Each is loaded only when it is used, so that starting a game does not load the others. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  run: async () => (await import("./commands/run.ts")).registerRun,
  dump: async () => (await import("./commands/dump.ts")).registerDump,
  conform: async () => (await import("./commands/conform.ts")).registerConform,
  verify: async () => (await import("./commands/verify.ts")).registerVerify,
  fuzz: async () => (await import("./commands/fuzz.ts")).registerFuzz,
  worker: async () => (await import("./commands/worker.ts")).registerWorker,
  test: async () => (await import("./commands/test.ts")).registerTest,
  bisect: async () => (await import("./commands/bisect.ts")).registerBisect,
  suites: async () => (await import("./commands/suites.ts")).registerSuites,
  bench: async () => (await import("./commands/bench.ts")).registerBench,
  serve: async () => (await import("./commands/serve.ts")).registerServe,
  host: async () => (await import("./commands/host.ts")).registerHost,
  join: async () => (await import("./commands/join.ts")).registerJoin,
  env: async () => (await import("./commands/env.ts")).registerEnv,
  mcp: async () => (await import("./commands/mcp.ts")).registerMcp,
  export: async () => (await import("./commands/export.ts")).registerExport,
  tape: async () => (await import("./commands/tape.ts")).registerTape,
  debug: async () => (await import("./commands/debug.ts")).registerDebug,
  trace: async () => (await import("./commands/trace.ts")).registerTrace,
  watch: async () => (await import("./commands/watch.ts")).registerWatch,
  init: async () => (await import("./commands/init.ts")).registerInit,
  cores: async () => (await import("./commands/cores.ts")).registerCores,
  info: async () => (await import("./commands/info.ts")).registerInfo,
  doctor: async () => (await import("./commands/doctor.ts")).registerDoctor,
};

const VERSION_FLAGS = ["-V", "--version"];

/**
 * Creates the command-line parser. It has only the command `name` if there is one of that name, none for the
 * version, else all of them. Parsing throws `CommanderError` instead of exiting.
 */
export async function createProgram(name = ""): Promise<Command> {
  const program = new Command("emu")
    .description(manifest.description)
    .version(manifest.version, "-V, --version")
    .exitOverride()
    .configureOutput({
      writeOut: writeStdout,
      outputError: (text, write) => write(explainUsage(text)),
    });
  addExamples(program, "emu", "emu game.nes", "emu dump game.nes --frames 600 --format gif --out game.gif");
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const all = VERSION_FLAGS.includes(name) ? [] : Object.values(COMMANDS);
  const wanted = load === undefined ? all : [load];
  for (const register of await Promise.all(wanted.map((register) => register()))) register(program);
  for (const command of program.commands) addLogOptions(command).hook("preAction", startLog);
  return program;
}

/** Runs a command line (without the program's name) and returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const whole = await withCommand(argv);
    const program = await createProgram(whole[0]);
    await program.parseAsync(whole, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : EXIT_OK;
  } catch (error) {
    // commander has already printed its message. It also throws for --help and --version, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    // The reader of our output has closed it; a verdict that was reached before stays valid.
    if (error instanceof OutputClosed)
      return typeof process.exitCode === "number" ? process.exitCode : EXIT_OK;
    return report(error);
  }
}

/** The parser's message. A word that is not like any command is probably meant as a game. */
function explainUsage(text: string): string {
  return text
    .replace(
      /^error: unknown command ('.*')\n$/,
      "emu: $1 is neither a command nor a file (see emu --help)\n",
    )
    .replace(/^error: /, "emu: ");
}

/** Prints and logs the error that ended a command. Returns its exit code. */
function report(error: unknown): number {
  const { exitCode, message } = explain(error);
  if (message === "") log.info({ exitCode }, "interrupted");
  else log.error({ exitCode }, message);
  if (message !== "") process.stderr.write(`${message}\n`);
  return exitCode;
}

/**
 * Inserts the command that a command line leaves out: `emu game.nes`, `emu folder` and `emu swingby` mean
 * `emu run …`, and `emu` alone opens the library.
 */
async function withCommand(argv: readonly string[]): Promise<readonly string[]> {
  const [first] = argv;
  if (first === undefined) return hasTerminal() ? ["run", "--library"] : argv;
  if (Object.hasOwn(COMMANDS, first) || first === "help" || first.startsWith("-")) return argv;
  const isPath = /[/\\]/.test(first) || GAME_FILE_NAME.test(first.replace(/#.*/, "")) || existsSync(first);
  const isGame = isPath || (await import("../io/files/built-in-game.ts")).isBuiltIn(first);
  return isGame ? ["run", ...argv] : argv;
}

if (import.meta.main) {
  const [, , first, order = ""] = process.argv;
  if (Bun.isStandaloneExecutable && first === CORE_PROCESS_ARGUMENT)
    (await import("../io/cores/core-process.ts")).runCoreProcess(order);
  onUncaught((error) => process.exit(report(error)));
  process.exit(await main(process.argv.slice(2)));
}

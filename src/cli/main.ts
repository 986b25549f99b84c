#!/usr/bin/env bun
import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { CORE_PROCESS_ARGUMENT } from "../io/cores/core-order.ts";
import { GAME_FILE_NAME } from "../io/files/roms/rom-file-name.ts";
import { OutputClosed, writeStdout } from "../io/files/stdout.ts";
import { onUncaught } from "../io/shared/uncaught.ts";
import { hasTerminal } from "../io/terminal/has-terminal.ts";
import { COMMAND_LIST } from "./command-list.ts";
import { EXIT_OK, EXIT_USAGE, explain } from "./exit-codes.ts";
import { log, startLog } from "./log.ts";
import { addExamples, addLogOptions } from "./options.ts";

/**
 * Creates the command-line parser. It has the command `name` if there is one of that name. Otherwise it has
 * all commands by name and summary, but without arguments, options and actions: enough for the help and for
 * the errors of unknown commands. Parsing throws `CommanderError` instead of exiting.
 */
export async function createProgram(name = ""): Promise<Command> {
  const program = new Command("emu")
    .description(manifest.description)
    .version(manifest.version, "-V, --version", "print the version of emu")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help", "print the help of a command")
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      writeOut: writeStdout,
      outputError: (text, write) => write(explainUsage(text)),
    });
  addExamples(program, "emu", "emu game.nes", "emu dump game.nes --frames 600 --format gif --out game.gif");
  const wanted = Object.hasOwn(COMMAND_LIST, name) ? COMMAND_LIST[name] : undefined;
  if (wanted === undefined) {
    for (const [listed, { summary }] of Object.entries(COMMAND_LIST))
      program.command(listed).summary(summary);
    return program;
  }
  (await wanted.load())(program);
  for (const command of program.commands) {
    addLogOptions(command).hook("preAction", startLog);
    // They are listed in the help of a subcommand; commander gives their values to the command.
    for (const subcommand of command.commands) addLogOptions(subcommand);
  }
  return program;
}

/**
 * The command that a command line is about: the first word, or the one after `help`. There is none after
 * `--help` and other options of emu itself: those do not run a command.
 */
function commandOf(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter((word) => word !== "--");
  return first === "help" ? second : first;
}

/** Runs a command line (without the program's name) and returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const whole = await withCommand(argv);
    const program = await createProgram(commandOf(whole));
    const unknown = helpOfUnknown(whole);
    if (unknown !== undefined) nameOnlyCommands(program);
    const words = unknown === undefined ? (helpOfSubcommand(program, whole) ?? whole) : [unknown];
    await program.parseAsync(words, { from: "user" });
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

/**
 * The word after `help` if it is no command. Parsed alone, it is an error with a suggestion; commander
 * answers `help` of it with the help of emu.
 */
function helpOfUnknown([first, word]: readonly string[]): string | undefined {
  if (first !== "help" || word === undefined || word === "help" || word.startsWith("-")) return undefined;
  return Object.hasOwn(COMMAND_LIST, word) ? undefined : word;
}

/** The words for the help of a subcommand, as in `help conform merge`: commander's `help` takes one name. */
function helpOfSubcommand(program: Command, [first, name, subname]: readonly string[]): string[] | undefined {
  if (first !== "help" || name === undefined || subname === undefined) return undefined;
  const command = program.commands.find((each) => each.name() === name);
  const isKnown = command?.commands.some((each) => each.name() === subname) === true;
  return isKnown ? [name, subname, "--help"] : undefined;
}

/** Lets the errors about an unknown word say only that it is no command. */
function nameOnlyCommands(program: Command): void {
  program.configureOutput({
    outputError: (text, write) => write(explainUsage(text, "not a command")),
  });
}

/** The parser's message, on one line. A word that is not like any command is probably meant as a game. */
function explainUsage(text: string, what = "neither a command nor a file"): string {
  return text
    .replace(/^error: unknown command ('.*')\n$/, `emu: $1 is ${what} (see emu --help)\n`)
    .replace(/^error: unknown option '(.*)'\n$/, (error, word: string) =>
      existsSync(word) ? `error: unknown option '${word}' (for the file of this name: ./${word})\n` : error,
    )
    .replace(/^error: /, "emu: ")
    .replace(/\n\(Did you mean (.*)\?\)\n$/, " (did you mean $1?)\n");
}

/** Prints and logs the error that ended a command. Returns its exit code. */
function report(error: unknown): number {
  const { exitCode, message } = explain(error);
  if (message === "") log.info({ exitCode }, "interrupted");
  else log.error({ exitCode }, message);
  if (message !== "") process.stderr.write(`${message}\n`);
  return exitCode;
}

/** Options of emu itself: a command line that begins with one of them runs no game. */
const OWN_OPTIONS: ReadonlySet<string> = new Set(["-h", "--help", "-V", "--version", "--"]);

/**
 * Inserts the command that a command line leaves out: `emu game.nes`, `emu folder`, `emu swingby` and
 * `emu --mute game.nes` mean `emu run …`, and `emu` without a game opens the library.
 */
async function withCommand(argv: readonly string[]): Promise<readonly string[]> {
  const [first] = argv;
  if (first === undefined) return hasTerminal() ? ["run", "--library"] : argv;
  if (first.startsWith("-")) return OWN_OPTIONS.has(first) ? argv : withOptionsFirst(argv);
  if (Object.hasOwn(COMMAND_LIST, first) || first === "help") return argv;
  const isPath = /[/\\]/.test(first) || GAME_FILE_NAME.test(first.replace(/#.*/, "")) || existsSync(first);
  const isGame = isPath || (await import("../io/files/roms/built-in-game.ts")).isBuiltIn(first);
  return isGame ? ["run", ...argv] : argv;
}

/**
 * Completes a command line that begins with an option of `emu run`. Throws `CommanderError` for an option
 * with an invalid value. Options before the name of a command stay an error.
 */
async function withOptionsFirst(argv: readonly string[]): Promise<readonly string[]> {
  const [command] = (await createProgram("run")).commands;
  const { operands } = command!.parseOptions([...argv]);
  if (operands.some((word) => Object.hasOwn(COMMAND_LIST, word))) return argv;
  const { debug } = command!.opts();
  return operands.length === 0 && debug !== true ? ["run", "--library", ...argv] : ["run", ...argv];
}

if (import.meta.main) {
  const [, , first, order = ""] = process.argv;
  if (Bun.isStandaloneExecutable && first === CORE_PROCESS_ARGUMENT)
    (await import("../io/cores/core-process.ts")).runCoreProcess(order);
  onUncaught((error) => process.exit(report(error)));
  process.exit(await main(process.argv.slice(2)));
}

import { type Command, InvalidArgumentError, Option } from "commander";
import { InputError } from "../emu/input-error.ts";
import { parseRamFill, RAM_FILL_TEXTS, type RamFill } from "../emu/nes/ram-fill.ts";
import type { RegionName } from "../emu/nes/region.ts";
import { DEFAULT_LOG_LEVEL, LOG_LEVELS } from "./log.ts";

/** The largest number of frames that any command accepts: more than a year of play. */
export const MAX_FRAMES = 2_000_000_000;

/** What the files of --input are, for the help of all commands that take one. */
export const INPUT_FILES =
  "input: [[frame, mask], …] as JSON, or a movie (.json, .fm2, .bk2, also in .zip or .gz)";

/** Returns a parser for whole numbers from `min` to `max`, both included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Parses --ram: what RAM holds at power-on. */
export function ramFill(text: string): RamFill {
  const fill = parseRamFill(text);
  if (fill === undefined) throw new InvalidArgumentError(`It must be ${RAM_FILL_TEXTS}.`);
  return fill;
}

/** A parser for options that can be repeated: collects all their texts in order. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export interface ShardNumber {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** Parses "2/5": the second of five parts. */
export function shard(text: string): ShardNumber {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (match === null || index < 1 || index > count) {
    throw new InvalidArgumentError("It must be I/N with I from 1 to N, such as 2/5.");
  }
  return { index, count };
}

/** --region: the television system, instead of the one in the ROM's header. */
export function regionOption(): Option {
  const regions: readonly RegionName[] = ["ntsc", "pal", "dendy"];
  return new Option("--region <system>", "television system (default: from the ROM's header)").choices(
    regions,
  );
}

/** --json: the result as one JSON document on standard output. */
export function jsonOption(): Option {
  return new Option("--json", "print the result as JSON");
}

/** Adds --log-level and --log-file, which every command has. */
export function addLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--log-level <level>", "log messages of this level and above")
        .choices(LOG_LEVELS)
        .default(DEFAULT_LOG_LEVEL),
    )
    .option("--log-file <file>", "write the log to a file instead of standard error");
}

/** Adds examples to the end of a command's help. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  const title = examples.length === 1 ? "Example:" : "Examples:";
  return command.addHelpText("after", `\n${title}\n${examples.map((line) => `  $ ${line}`).join("\n")}`);
}

/**
 * Throws `InputError` ("usage") if one of the flags was given, because it would have no effect. `problem`
 * follows the flag in the message. A flag that begins with `--no-` is given if its option is false.
 */
export function rejectFlags(
  options: object,
  flags: readonly string[],
  problem: string,
  remedy?: string,
): void {
  const flag = flags.find((each) => isGiven(options, each));
  if (flag !== undefined) throw new InputError("usage", `${flag} ${problem}`, "", remedy ?? `remove ${flag}`);
}

function isGiven(options: object, flag: string): boolean {
  const value = (options as Readonly<Record<string, unknown>>)[optionOf(flag)];
  return flag.startsWith("--no-") ? value === false : value !== undefined && value !== false;
}

/** The property in which commander stores a flag: `runAhead` for `--run-ahead`. */
export function optionOf(flag: string): string {
  return flag.replace(/^--(no-)?/, "").replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

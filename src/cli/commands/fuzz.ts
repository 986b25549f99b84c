import { availableParallelism } from "node:os";
import { type Command, Help, InvalidArgumentError, Option } from "commander";
import type { Seeds } from "../../io/campaign/types.ts";
import { DEFAULT_HANG_SECONDS } from "../../io/conform/run-tests.ts";
import { FUZZ_COMPARISONS, FUZZ_KINDS, type FuzzComparison } from "../../io/fuzz/plan.ts";
import { BUTTON_NAMES, type Button } from "../../io/library/pads.ts";
import { runCampaign } from "../fuzz/campaign.ts";
import type { FuzzCommandOptions } from "../fuzz/options.ts";
import { finishCampaign } from "../fuzz/report.ts";
import { DEFAULT_FARM_WAIT_SECONDS, MAX_HANG_SECONDS, MAX_JOBS } from "../graded-run.ts";
import { interruptSignal } from "../interrupt.ts";
import { addPatchOptions } from "../machine-options.ts";
import { addExamples, collect, jsonOption, wholeNumber } from "../options.ts";

const MAX_SEED = 2_000_000_000;
const MAX_RUN_FRAMES = 1_000_000;
const MAX_RUNS = 10_000;
const MAX_SHRINK_FRAMES = 100_000_000;
const MAX_HOURS = 10_000;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `emu fuzz`: find input that breaks a game. */
export function registerFuzz(program: Command): void {
  const command = program
    .command("fuzz")
    .description("Play a game with random input, and write a short movie of each way it fails.")
    .argument("<rom>")
    .option("--seeds <from..to>", "seeds to run, each one search (default: 1..64)", seeds)
    .option("--for <time>", "run more seeds for this long: 90s, 10m or 2h", time)
    .option("--frames <n>", "frames per run", wholeNumber(1, MAX_RUN_FRAMES), 600)
    .option("--fail <expression>", 'also a failure: "lives > 9"; repeatable', collect)
    .option("--maximise <expression>", "explore from states where this is highest")
    .option("--compare <what>", "find where two machines differ: exact, state, repeat", comparison)
    .option("--movie <file>", "begin each run at the end of a movie")
    .option("--out <dir>", "folder of the files", "fuzz-failures")
    .option("--jobs <n>", "run n seeds at a time", wholeNumber(1, MAX_JOBS), availableParallelism())
    .option("--farm <address>", "run on the workers of redis://HOST:PORT");
  for (const option of hiddenOptions()) command.addOption(option.hideHelp());
  addPatchOptions(command).action(runFuzz);
  for (const option of command.options) if (/patch/.test(option.long ?? "")) option.hideHelp();
  command.configureHelp({ visibleOptions: describedOptions });
  command.addHelpText("after", () => othersOf(command));
  addExamples(command, 'emu fuzz game.nes --fail "lives > 9" --for 10m');
}

const HELP_COLUMNS = 80;

/** The options that the help describes: it fits a small terminal. */
function describedOptions(command: Command): Option[] {
  return new Help().visibleOptions(command).filter(({ long = "" }) => !long.startsWith("--log-"));
}

/** The names of all other options. */
function othersOf(command: Command): string {
  const described = describedOptions(command);
  const others = command.options.filter((option) => !described.includes(option)).map(({ long }) => long);
  const text = `More options, which docs/fuzz.md describes: ${others.sort().join(" ")}`;
  return new Help().boxWrap(text, HELP_COLUMNS);
}

/** Options that only docs/fuzz.md describes. */
function hiddenOptions(): Option[] {
  const option = (flags: string, parse: (text: string) => unknown, value?: unknown): Option =>
    new Option(flags).argParser(parse).default(value);
  return [
    jsonOption(),
    new Option("--junit <file>"),
    new Option("--any-rom"),
    new Option("--ignore <kind>").argParser(ignored).default([]),
    option("--lag <frames>", wholeNumber(0, MAX_RUN_FRAMES), 0),
    option("--hang <frames>", wholeNumber(0, MAX_RUN_FRAMES), 600),
    option("--frozen <frames>", wholeNumber(0, MAX_RUN_FRAMES), 1200),
    option("--runs <n>", wholeNumber(1, MAX_RUNS), 8),
    option("--buttons <list>", buttons, BUTTON_NAMES),
    option("--pads <n>", wholeNumber(1, 4), 1),
    new Option("--set <key=value>").argParser(collect).default([]),
    option("--shrink-frames <n>", wholeNumber(0, MAX_SHRINK_FRAMES), 60_000),
    option("--hang-seconds <n>", wholeNumber(1, MAX_HANG_SECONDS), DEFAULT_HANG_SECONDS),
    option("--farm-wait <seconds>", wholeNumber(1, MAX_HANG_SECONDS), DEFAULT_FARM_WAIT_SECONDS),
  ];
}

async function runFuzz(rom: string, options: FuzzCommandOptions): Promise<void> {
  const interrupt = interruptSignal();
  try {
    await finishCampaign(await runCampaign(rom, options, interrupt.signal), options);
  } finally {
    interrupt.release();
  }
}

function seeds(text: string): Seeds {
  const [, first, last = first] = /^(\d{1,10})(?:\.\.(\d{1,10}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from >= 1 && to >= from && to <= MAX_SEED)) {
    throw new InvalidArgumentError(`It must be a number or FROM..TO, from 1 to ${MAX_SEED}.`);
  }
  return { from, to };
}

function time(text: string): number {
  const [, count, unit = "s"] = /^(\d{1,8})([smh])$/.exec(text) ?? [];
  const seconds = Number(count) * SECONDS[unit]!;
  if (!(seconds >= 1 && seconds <= MAX_HOURS * 3600)) {
    throw new InvalidArgumentError("It must be a time such as 90s, 10m or 2h.");
  }
  return seconds;
}

function comparison(text: string): FuzzComparison {
  const found = FUZZ_COMPARISONS.find((name) => name === text);
  if (found === undefined)
    throw new InvalidArgumentError(`It must be one of ${FUZZ_COMPARISONS.join(", ")}.`);
  return found;
}

function ignored(text: string, before: readonly string[] = []): readonly string[] {
  const isKind = Object.keys(FUZZ_KINDS).some((kind) => text === kind || text.startsWith(`${kind}-`));
  if (isKind && /^[a-zA-Z0-9-]{1,60}$/.test(text)) return [...before, text];
  const kinds = Object.keys(FUZZ_KINDS).join(", ");
  throw new InvalidArgumentError(`It must be one of ${kinds}, or the name of one failure, such as jam-C047.`);
}

function buttons(text: string): readonly Button[] {
  return text.split(",").map((name) => {
    const found = BUTTON_NAMES.find((button) => button === name.trim().toLowerCase());
    if (found === undefined)
      throw new InvalidArgumentError(`It must be a list of ${BUTTON_NAMES.join(", ")}.`);
    return found;
  });
}

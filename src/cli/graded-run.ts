import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { InputError } from "../emu/input-error.ts";
import type { Graded } from "../io/conform/grade.ts";
import { DEFAULT_HANG_SECONDS, runTests, type TestRunOptions } from "../io/conform/run-tests.ts";
import { fitsFilter } from "../io/conform/select.ts";
import type { TestSpec } from "../io/conform/types.ts";
import { log } from "./log.ts";
import { collect, rejectFlags, wholeNumber } from "./options.ts";
import { applyPalette, type PaletteOption, paletteOption } from "./palette-option.ts";
import type { TestProgress } from "./test-progress.ts";

export const MAX_JOBS = 256;
const MAX_REPEAT = 1000;
export const MAX_HANG_SECONDS = 86_400;
export const DEFAULT_FARM_WAIT_SECONDS = 60;

/** The options of every command that runs tests, on this machine or on a farm. */
export interface GradedRunOptions extends PaletteOption {
  readonly jobs: number;
  readonly filter?: readonly string[];
  readonly repeat: number;
  readonly hangSeconds: number;
  readonly farm?: string;
  readonly farmWait: number;
}

export function addRunOptions(command: Command): Command {
  return command
    .option("--jobs <n>", "run n tests at a time", wholeNumber(1, MAX_JOBS), availableParallelism())
    .option(
      "--filter <text>",
      "run only tests whose name contains this; * and ? are wildcards; repeatable",
      collect,
    )
    .option(
      "--repeat <n>",
      "run each test n times, and fail if the runs differ",
      wholeNumber(1, MAX_REPEAT),
      1,
    )
    .option(
      "--hang-seconds <n>",
      "stop a test whose machine takes n seconds of CPU time for a frame",
      wholeNumber(1, MAX_HANG_SECONDS),
      DEFAULT_HANG_SECONDS,
    )
    .option("--farm <address>", "run the tests on the workers of a Redis: redis://HOST:PORT (emu worker)")
    .option(
      "--farm-wait <seconds>",
      "give up if the farm has no worker, or no Redis, for this long",
      wholeNumber(1, MAX_HANG_SECONDS),
      DEFAULT_FARM_WAIT_SECONDS,
    )
    .addOption(paletteOption());
}

/** The tests that `--filter` selects. Throws `InputError` ("usage") if there are none. */
export function filtered(tests: readonly TestSpec[], { filter = [] }: GradedRunOptions): readonly TestSpec[] {
  if (filter.length === 0) return tests;
  const selected = tests.filter((test) => filter.some((each) => fitsFilter(test, each)));
  if (selected.length === 0) {
    const what = `no test matches --filter ${filter.join(", ")}`;
    throw new InputError("usage", what, "", "give a part of a test's name; * and ? are wildcards");
  }
  return selected;
}

/** What a command adds to a run. */
interface RunExtras extends Pick<TestRunOptions, "failFast" | "grade"> {
  /** Keep the last screen of each test. */
  readonly pictures: boolean;
  /** Called with each result as it comes. */
  readonly onGraded?: (graded: Graded) => void;
}

/** Shows the progress of a run. */
export type RunProgress = Pick<TestProgress, "update" | "wait">;

/** Runs the tests on threads of this process, or on a farm. */
export async function runGraded(
  tests: readonly TestSpec[],
  options: Omit<GradedRunOptions, "filter">,
  { onGraded, ...extras }: RunExtras,
  progress: RunProgress,
  signal: AbortSignal,
): Promise<Graded[]> {
  const { repeat, hangSeconds, farm } = options;
  if (farm !== undefined) {
    rejectFlags(options, ["--palette"], "cannot be used with --farm");
    const { runOnFarm } = await import("../io/conform/farm/submit.ts");
    return runOnFarm(tests, {
      url: farm,
      pictures: extras.pictures,
      repeat,
      hangSeconds,
      waitMs: 1000 * options.farmWait,
      onResult: (graded, done, worker) => {
        onGraded?.(graded);
        progress.update(done, graded.result, worker);
      },
      onWaiting: (text) => progress.wait(text),
      signal,
    });
  }
  await applyPalette(options);
  return runTests(tests, {
    ...extras,
    jobs: options.jobs,
    repeat,
    hangSeconds,
    onResult: (graded, done) => {
      onGraded?.(graded);
      progress.update(done, graded.result);
    },
    onBug: ({ name }, { message, stack }) => log.error({ test: name, stack }, message),
    signal,
  });
}

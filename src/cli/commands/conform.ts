import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { collectTests } from "../../io/conform/collect.ts";
import { ExecSubject } from "../../io/conform/exec/exec-subject.ts";
import { grade } from "../../io/conform/grade.ts";
import { loadKnownFailures } from "../../io/conform/known-failures.ts";
import { requireSharedOffsets } from "../../io/conform/offsets.ts";
import { loadBaseline } from "../../io/conform/reports/baseline.ts";
import { githubError } from "../../io/conform/reports/github.ts";
import { writePictures } from "../../io/conform/reports/picture-files.ts";
import type { PowerOn } from "../../io/conform/rom-bench.ts";
import type { TestRunOptions } from "../../io/conform/run-tests.ts";
import { chooseShard, type Shard } from "../../io/conform/shard.ts";
import { type TestResult, type TestSpec, testName } from "../../io/conform/types.ts";
import { splitCommand } from "../../io/files/command-line.ts";
import { addReportOptions, finishReport, type ReportOptions, SideFiles } from "../conform-reports.ts";
import { addRunOptions, filtered, type GradedRunOptions, runGraded } from "../graded-run.ts";
import { interruptSignal } from "../interrupt.ts";
import { addExamples, type ShardNumber, shard } from "../options.ts";
import { TestProgress } from "../test-progress.ts";
import { warn } from "../warnings.ts";
import { registerMerge } from "./conform-merge.ts";

interface ConformOptions extends ReportOptions, GradedRunOptions {
  readonly pictures?: string;
  readonly traces?: string;
  readonly shard?: ShardNumber;
  readonly times?: string;
  readonly failFast?: true;
  readonly known?: string;
  readonly update?: true;
  readonly exec?: string;
}

/** `emu conform`: run test ROMs and grade them. */
export function registerConform(program: Command): void {
  const command = addReportOptions(program.command("conform"))
    .description(
      "Run test ROMs and print a verdict for each. A manifest says how each one is graded. For ROMs and " +
        "folders without a manifest, the protocol is detected automatically.",
    )
    .argument("<manifest|rom|folder...>", "what to run")
    .option("--pictures <dir>", "also write the last screen of each failed test as PNG")
    .option("--traces <dir>", "run failed tests again and write traces of them (emu trace show)")
    .option("--shard <i/n>", "run only the i-th of n parts; emu conform merge joins their reports", shard)
    .option(
      "--times <file>",
      "make the parts of --shard equally long, using the times in an earlier --json report",
    )
    .option("--fail-fast", "start no more tests after the first failure")
    .option("--known <file>", 'known failures as JSON, { "test": "reason" }')
    .option("--exec <command>", "grade another emulator: a program that speaks JSON-RPC on stdin and stdout")
    .option("--update", "write the golden pictures instead of comparing with them");
  addRunOptions(command).action(runConform);
  registerMerge(command);
  addExamples(
    command,
    "emu conform tests.toml",
    "emu conform game.nes tests/ --json",
    "emu conform suites.json --junit report.xml --html report --jobs 4",
    "emu conform suites.json --json --shard 1/4 --times before.json > 1.json",
    'emu conform suites.json --exec "./my-emulator --rpc" --baseline before.json',
  );
}

async function runConform(paths: string[], options: ConformOptions): Promise<void> {
  if (options.traces !== undefined && options.exec !== undefined)
    throw new InputError("usage", "--traces is only for emu's own machine, not for --exec");
  checkFarm(options);
  const all = await annotating(() => chooseTests(paths, options));
  const shard = await shardOf(all, options);
  const tests = shard?.tests ?? all;
  const baseline = options.baseline === undefined ? undefined : await loadBaseline(options.baseline);
  const progress = new TestProgress(tests.length);
  const interrupt = interruptSignal();
  try {
    const graded = await runGraded(tests, options, extrasOf(options), progress, interrupt.signal);
    progress.clear();
    for (const { result } of graded) warn(result.warnings ?? [], testName(result));
    let results = requireSharedOffsets(graded);
    const { pictures, traces } = options;
    const files = new SideFiles();
    if (pictures !== undefined) {
      const before = results;
      results = await files.write(() => writePictures(pictures, before, graded, shard?.positions), before);
    }
    if (traces !== undefined) {
      const { writeFailureTraces } = await import("../../io/conform/failure-traces.ts");
      const before = results;
      const write = (): Promise<TestResult[]> =>
        writeFailureTraces(traces, tests, before, interrupt.signal, shard?.positions);
      results = await files.write(write, before);
    }
    await finishReport(
      {
        results,
        graded,
        sources: tests.map(({ source }) => source),
        isWhole: options.filter === undefined && shard === undefined,
        baseline,
        ...(shard === undefined ? {} : { shard: shard.describe(graded) }),
      },
      options,
      files,
    );
  } finally {
    interrupt.release();
    progress.clear();
  }
}

function checkFarm(options: ConformOptions): void {
  if (options.farm === undefined) return;
  for (const name of ["exec", "update", "failFast"] as const) {
    if (options[name] === undefined) continue;
    const flag = `--${name === "failFast" ? "fail-fast" : name}`;
    throw new InputError("usage", `${flag} does not work with --farm`, "", `remove ${flag} or --farm`);
  }
}

/** The options of the run that only this command has. */
function extrasOf(options: ConformOptions): Parameters<typeof runGraded>[2] {
  const { exec, html, pictures, failFast } = options;
  return {
    pictures: html !== undefined || pictures !== undefined,
    failFast: failFast === true,
    ...(exec === undefined ? {} : { grade: externally(exec, options) }),
  };
}

/** The part of the run that `--shard` names. Everything that changes results goes into the run's hash. */
async function shardOf(all: readonly TestSpec[], options: ConformOptions): Promise<Shard | undefined> {
  const { shard, times: timesFile, repeat, hangSeconds, exec = "" } = options;
  if (shard === undefined) {
    if (timesFile !== undefined)
      throw new InputError("usage", "--times has no effect without --shard", "", "add --shard I/N");
    return undefined;
  }
  const { readTimes } = await import("../../io/conform/reports/read-report.ts");
  const times = timesFile === undefined ? undefined : await readTimes(timesFile);
  const kept = {
    repeat,
    hangSeconds,
    exec,
    failFast: options.failFast === true,
    isWhole: options.filter === undefined,
  };
  return chooseShard(all, shard, times, kept);
}

/** Grades the emulator that `--exec` names. It is a separate process, so this thread can wait for it. */
function externally(line: string, options: ConformOptions): NonNullable<TestRunOptions["grade"]> {
  const command = splitCommand(line, "--exec");
  const exec = { command, hangMilliseconds: 1000 * options.hangSeconds };
  const pictures = options.html !== undefined || options.pictures !== undefined;
  return (spec, signal) => {
    const powerOn: PowerOn = (rom) => ExecSubject.powerOn(rom, spec, { ...exec, signal });
    return grade(spec, { pictures, repeat: options.repeat, powerOn });
  };
}

/** Returns the tests of the command line's paths that its options select, of all shards. */
async function chooseTests(paths: readonly string[], options: ConformOptions): Promise<readonly TestSpec[]> {
  let tests = await collectTests(paths);
  if (options.known !== undefined) tests = await loadKnownFailures(options.known, tests);
  if (options.update === true) tests = tests.map((test) => ({ ...test, update: true }));
  return filtered(tests, options);
}

/** Inside GitHub Actions, also reports an error in a manifest as an annotation at its line. */
async function annotating<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof InputError && process.env.GITHUB_ACTIONS === "true") {
      process.stderr.write(githubError(error, process.env.GITHUB_WORKSPACE ?? process.cwd()));
    }
    throw error;
  }
}

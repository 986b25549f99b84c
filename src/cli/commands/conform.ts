import { appendFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { collectTests } from "../../io/conform/collect.ts";
import { splitCommand } from "../../io/conform/exec/command-line.ts";
import { ExecSubject } from "../../io/conform/exec/exec-subject.ts";
import { type Graded, grade } from "../../io/conform/grade.ts";
import { loadKnownFailures } from "../../io/conform/known-failures.ts";
import { requireSharedOffsets } from "../../io/conform/offsets.ts";
import { type Changes, changesSince, changesText, loadBaseline } from "../../io/conform/reports/baseline.ts";
import { githubAnnotations, githubError, githubSummary } from "../../io/conform/reports/github.ts";
import { writeHtmlReport } from "../../io/conform/reports/html.ts";
import { junitReport } from "../../io/conform/reports/junit.ts";
import { writePictures } from "../../io/conform/reports/picture-files.ts";
import { makeReport, textReport } from "../../io/conform/reports/report.ts";
import { tapReport } from "../../io/conform/reports/tap.ts";
import type { PowerOn } from "../../io/conform/rom-bench.ts";
import { DEFAULT_HANG_SECONDS, runTests, type TestRunOptions } from "../../io/conform/run-tests.ts";
import { fitsFilter, testsOfPart } from "../../io/conform/select.ts";
import { type ConformReport, type TestSpec, testName } from "../../io/conform/types.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { EXIT_NEGATIVE } from "../exit-codes.ts";
import { interruptSignal } from "../interrupt.ts";
import { log } from "../log.ts";
import { addExamples, collect, jsonOption, type Shard, shard, wholeNumber } from "../options.ts";
import { TestProgress } from "../test-progress.ts";
import { warn } from "../warnings.ts";

const MAX_JOBS = 256;
const MAX_REPEAT = 1000;
const MAX_HANG_SECONDS = 86_400;

interface ConformOptions {
  readonly json?: true;
  readonly junit?: string;
  readonly tap?: string;
  readonly html?: string;
  readonly pictures?: string;
  readonly baseline?: string;
  readonly jobs: number;
  readonly shard?: Shard;
  readonly filter?: readonly string[];
  readonly failFast?: true;
  readonly repeat: number;
  readonly hangSeconds: number;
  readonly known?: string;
  readonly update?: true;
  readonly exec?: string;
}

/** `emu conform`: run test ROMs and grade them. */
export function registerConform(program: Command): void {
  const command = program
    .command("conform")
    .summary("run test ROMs and report which pass")
    .description(
      "Run test ROMs and print a verdict for each. A manifest says how each one is graded. For ROMs and " +
        "folders without a manifest, the protocol is detected automatically.",
    )
    .argument("<manifest|rom|folder...>", "what to run")
    .addOption(jsonOption())
    .option("--junit <file>", "also write the verdicts as JUnit XML")
    .option("--tap <file>", "also write the verdicts as TAP")
    .option("--html <dir>", "also write a page with every test's pictures and earlier verdicts")
    .option("--pictures <dir>", "also write the last screen of each failed test as PNG")
    .option("--baseline <file>", "compare with an earlier --json report: list what broke and what was fixed")
    .option("--jobs <n>", "run n tests at a time", wholeNumber(1, MAX_JOBS), availableParallelism())
    .option("--shard <i/n>", "run only the i-th of n parts", shard)
    .option(
      "--filter <text>",
      "run only tests whose name contains this; * and ? are wildcards; repeatable",
      collect,
    )
    .option("--fail-fast", "start no more tests after the first failure")
    .option(
      "--repeat <n>",
      "run each test n times, and fail if the runs differ",
      wholeNumber(1, MAX_REPEAT),
      1,
    )
    .option(
      "--hang-seconds <n>",
      "stop a test whose machine takes longer than n seconds for a frame",
      wholeNumber(1, MAX_HANG_SECONDS),
      DEFAULT_HANG_SECONDS,
    )
    .option("--known <file>", 'known failures as JSON, { "test": "reason" }')
    .option("--exec <command>", "grade another emulator: a program that speaks JSON-RPC on stdin and stdout")
    .option("--update", "write the golden pictures instead of comparing with them")
    .action(runConform);
  addExamples(
    command,
    "emu conform tests.toml",
    "emu conform game.nes tests/ --json",
    "emu conform suites.json --junit report.xml --html report --shard 1/4",
    'emu conform suites.json --exec "./my-emulator --rpc" --baseline before.json',
  );
}

async function runConform(paths: string[], options: ConformOptions): Promise<void> {
  const tests = await annotating(() => chooseTests(paths, options));
  const baseline = options.baseline === undefined ? undefined : await loadBaseline(options.baseline);
  const progress = new TestProgress(tests.length);
  const interrupt = interruptSignal();
  try {
    const graded = await runTests(tests, {
      jobs: options.jobs,
      pictures: options.html !== undefined || options.pictures !== undefined,
      repeat: options.repeat,
      hangSeconds: options.hangSeconds,
      failFast: options.failFast === true,
      onResult: ({ result }, done) => progress.update(done, result),
      onBug: ({ name }, { message, stack }) => log.error({ test: name, stack }, message),
      signal: interrupt.signal,
      ...(options.exec === undefined ? {} : { grade: externally(options.exec, options) }),
    });
    progress.clear();
    for (const { result } of graded) warn(result.warnings ?? [], testName(result));
    let results = requireSharedOffsets(graded);
    if (options.pictures !== undefined) results = await writePictures(options.pictures, results, graded);
    const report = makeReport(results);
    const isWhole = options.filter === undefined && options.shard === undefined;
    const changes = baseline === undefined ? undefined : changesSince(baseline, report, isWhole);
    // Set before the reports are written, so that a reader that closes the pipe early still gets the verdict.
    if (report.failed + report.errors > 0) process.exitCode = EXIT_NEGATIVE;
    await writeReports(report, graded, changes, options);
    await tellGithub(report, tests);
  } finally {
    interrupt.release();
    progress.clear();
  }
}

/** Grades the emulator that `--exec` names. It is a separate process, so this thread can wait for it. */
function externally(line: string, options: ConformOptions): NonNullable<TestRunOptions["grade"]> {
  const command = splitCommand(line);
  const exec = { command, hangMilliseconds: 1000 * options.hangSeconds };
  const pictures = options.html !== undefined || options.pictures !== undefined;
  return (spec, signal) => {
    const powerOn: PowerOn = (rom) => ExecSubject.powerOn(rom, spec, { ...exec, signal });
    return grade(spec, { pictures, repeat: options.repeat, powerOn });
  };
}

/** Returns the tests of the command line's paths that its options select. */
async function chooseTests(paths: readonly string[], options: ConformOptions): Promise<TestSpec[]> {
  let tests = await collectTests(paths);
  if (options.known !== undefined) tests = await loadKnownFailures(options.known, tests);
  if (options.update === true) tests = tests.map((test) => ({ ...test, update: true }));
  const { filter = [], shard: part } = options;
  if (filter.length > 0) {
    tests = tests.filter((test) => filter.some((each) => fitsFilter(test, each)));
    if (tests.length === 0) throw new InputError("usage", `no test matches --filter ${filter.join(", ")}`);
  }
  return part === undefined ? tests : testsOfPart(tests, part);
}

async function writeReports(
  report: ConformReport,
  graded: readonly Graded[],
  changes: Changes | undefined,
  { junit, tap, html, json }: ConformOptions,
): Promise<void> {
  if (junit !== undefined) await writeFileWhole(junit, junitReport(report));
  if (tap !== undefined) await writeFileWhole(tap, tapReport(report));
  if (html !== undefined) await writeHtmlReport(html, report, graded, changes);
  if (json === true) {
    const whole = changes === undefined ? report : { ...report, changes };
    writeStdout(`${JSON.stringify(whole, null, 2)}\n`);
  } else {
    const { isTTY, columns } = process.stdout;
    const terminal = isTTY === true ? { isColored: !process.env.NO_COLOR, columns } : undefined;
    writeStdout(textReport(report, terminal) + (changes === undefined ? "" : changesText(changes)));
  }
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

/** Inside GitHub Actions, writes annotations to standard error, which it reads, and the step's summary. */
async function tellGithub(report: ConformReport, tests: readonly TestSpec[]): Promise<void> {
  const { GITHUB_ACTIONS, GITHUB_WORKSPACE = process.cwd(), GITHUB_STEP_SUMMARY } = process.env;
  if (GITHUB_ACTIONS !== "true") return;
  process.stderr.write(githubAnnotations(report, tests, GITHUB_WORKSPACE));
  if (GITHUB_STEP_SUMMARY === undefined) return;
  // Failing to write the summary does not change the verdicts.
  await appendFile(GITHUB_STEP_SUMMARY, githubSummary(report)).catch((error) =>
    log.warn(error, "the step summary was not written"),
  );
}

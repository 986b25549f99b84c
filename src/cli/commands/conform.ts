import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { collectTests } from "../../io/conform/collect.ts";
import type { Graded } from "../../io/conform/grade.ts";
import { writeHtmlReport } from "../../io/conform/html-report.ts";
import { loadKnownFailures } from "../../io/conform/known-failures.ts";
import { requireSharedOffsets } from "../../io/conform/offsets.ts";
import { junitReport, makeReport, textReport } from "../../io/conform/report.ts";
import { DEFAULT_HANG_SECONDS, runTests } from "../../io/conform/run-tests.ts";
import { fitsFilter, testsOfPart } from "../../io/conform/select.ts";
import type { ConformReport, TestSpec } from "../../io/conform/types.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { EXIT_NEGATIVE } from "../exit-codes.ts";
import { interruptSignal } from "../interrupt.ts";
import { log } from "../log.ts";
import { addExamples, jsonOption, type Shard, shard, wholeNumber } from "../options.ts";
import { TestProgress } from "../test-progress.ts";

const JOBS_MAX = 256;
const REPEAT_MAX = 1000;
const HANG_SECONDS_MAX = 86_400;

interface ConformOptions {
  readonly json?: true;
  readonly junit?: string;
  readonly html?: string;
  readonly jobs: number;
  readonly shard?: Shard;
  readonly filter: readonly string[];
  readonly failFast?: true;
  readonly repeat: number;
  readonly hangSeconds: number;
  readonly known?: string;
  readonly update?: true;
}

/** `emu conform`: verdicts of test ROMs. */
export function registerConform(program: Command): void {
  const command = program
    .command("conform")
    .summary("run test ROMs and say what passes")
    .description(
      "Run test ROMs and print a verdict for each. A manifest says how each is graded; for a bare ROM or a " +
        "folder of them that is found out.",
    )
    .argument("<manifest|rom|folder...>", "what to run")
    .addOption(jsonOption())
    .option("--junit <file>", "also write the verdicts as JUnit XML")
    .option("--html <dir>", "also write a page with the last picture of every ROM")
    .option("--jobs <n>", "tests to run at a time", wholeNumber(1, JOBS_MAX), availableParallelism())
    .option("--shard <i/n>", "run only the i-th of n parts", shard)
    .option(
      "--filter <text>",
      "run only tests with this in their name, or *wild* cards; repeatable",
      collect,
      [],
    )
    .option("--fail-fast", "begin no further test once one has failed")
    .option("--repeat <n>", "run each test n times: runs that differ fail", wholeNumber(1, REPEAT_MAX), 1)
    .option(
      "--hang-seconds <n>",
      "give a test up when its machine ends no frame for so long",
      wholeNumber(1, HANG_SECONDS_MAX),
      DEFAULT_HANG_SECONDS,
    )
    .option("--known <file>", 'JSON of known failures, { "test": "reason" }')
    .option("--update", "write the golden pictures of expectations instead of comparing with them")
    .action(runConform);
  addExamples(
    command,
    "emu conform tests.toml",
    "emu conform game.nes tests/ --json",
    "emu conform suites.json --junit report.xml --html report --shard 1/4",
  );
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

async function runConform(paths: string[], options: ConformOptions): Promise<void> {
  const tests = await chooseTests(paths, options);
  const progress = new TestProgress(tests.length);
  const interrupt = interruptSignal();
  try {
    const graded = await runTests(tests, {
      jobs: options.jobs,
      pictures: options.html !== undefined,
      repeat: options.repeat,
      hangSeconds: options.hangSeconds,
      failFast: options.failFast === true,
      onResult: ({ result }, done) => progress.update(done, result),
      onBug: ({ name }, { message, stack }) => log.error({ test: name, stack }, message),
      signal: interrupt.signal,
    });
    progress.clear();
    const report = makeReport(requireSharedOffsets(graded));
    await writeReports(report, graded, options);
    if (report.failed + report.errors > 0) process.exitCode = EXIT_NEGATIVE;
  } finally {
    interrupt.release();
    progress.clear();
  }
}

/** All tests that the command line names, then those that its options leave. */
async function chooseTests(paths: readonly string[], options: ConformOptions): Promise<TestSpec[]> {
  let tests = await collectTests(paths);
  if (options.known !== undefined) tests = await loadKnownFailures(options.known, tests);
  if (options.update === true) tests = tests.map((test) => ({ ...test, update: true }));
  const { filter, shard: part } = options;
  if (filter.length > 0) {
    tests = tests.filter((test) => filter.some((each) => fitsFilter(test, each)));
    if (tests.length === 0) throw new InputError("usage", `no test fits --filter ${filter.join(", ")}`);
  }
  return part === undefined ? tests : testsOfPart(tests, part);
}

async function writeReports(
  report: ConformReport,
  graded: readonly Graded[],
  options: ConformOptions,
): Promise<void> {
  if (options.junit !== undefined) await writeFileWhole(options.junit, junitReport(report));
  if (options.html !== undefined) await writeHtmlReport(options.html, report, graded);
  writeStdout(options.json ? `${JSON.stringify(report, null, 2)}\n` : textReport(report));
}

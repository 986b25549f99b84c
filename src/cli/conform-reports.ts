import { appendFile } from "node:fs/promises";
import type { Command } from "commander";
import { InputError } from "../emu/input-error.ts";
import type { Graded } from "../io/conform/grade.ts";
import { type Baseline, type Changes, changesSince, changesText } from "../io/conform/reports/baseline.ts";
import { githubAnnotations, githubSummary } from "../io/conform/reports/github.ts";
import { writeHtmlReport } from "../io/conform/reports/html.ts";
import { junitReport } from "../io/conform/reports/junit.ts";
import { makeReport, textReport } from "../io/conform/reports/report.ts";
import { tapReport } from "../io/conform/reports/tap.ts";
import type { ConformReport, ShardOfRun, TestResult, TestSpec } from "../io/conform/types.ts";
import { writeFileWhole } from "../io/files/atomic-write.ts";
import { writeStdout } from "../io/files/stdout.ts";
import { EXIT_INCOMPLETE, EXIT_NEGATIVE } from "./exit-codes.ts";
import { log } from "./log.ts";
import { jsonOption } from "./options.ts";

/** The options of every command that prints verdicts of tests. */
export interface ReportOptions {
  readonly json?: true;
  readonly junit?: string;
  readonly tap?: string;
  readonly html?: string;
  readonly baseline?: string;
}

export function addReportOptions(command: Command): Command {
  return command
    .addOption(jsonOption())
    .option("--junit <file>", "also write the verdicts as JUnit XML")
    .option("--tap <file>", "also write the verdicts as TAP")
    .option("--html <dir>", "also write a page with every test's pictures and earlier verdicts")
    .option("--baseline <file>", "compare with an earlier --json report: list what broke and what was fixed");
}

/** A finished run. All lists are in the order of the manifest. */
export interface FinishedRun {
  readonly results: readonly TestResult[];
  /** The pictures of the page. */
  readonly graded: readonly Graded[];
  /** Places in the manifest, for annotations. */
  readonly sources: readonly TestSpec["source"][];
  /** False if only some of the tests were run. */
  readonly isWhole: boolean;
  /** The verdicts of `--baseline`, which is read before the tests run. */
  readonly baseline: Baseline | undefined;
  readonly shard?: ShardOfRun;
}

/**
 * Writes files beside the printed verdicts. One that cannot be written must not cost the verdicts of a long
 * run, so its error is kept until they are printed.
 */
export class SideFiles {
  #problem: InputError | undefined;

  /** Returns what `write` returns, or `otherwise` if a file could not be written. */
  async write<T>(write: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#problem ??= error;
      return otherwise;
    }
  }

  /** Throws the first error. */
  throwProblem(): void {
    if (this.#problem !== undefined) throw this.#problem;
  }
}

/**
 * Writes all reports that the options ask for, and sets the exit code. At the end, throws the error of the
 * first file that could not be written, also of those that the caller has written through `files`.
 */
export async function finishReport(
  run: FinishedRun,
  options: ReportOptions,
  files = new SideFiles(),
): Promise<void> {
  const { shard, baseline } = run;
  const report = { ...makeReport(run.results), ...(shard === undefined ? {} : { shard }) };
  const changes = baseline === undefined ? undefined : changesSince(baseline, report, run.isWhole);
  // Set before the reports are written, so that a reader that closes the pipe early still gets the verdict.
  if (report.failed + report.errors > 0) process.exitCode = EXIT_NEGATIVE;
  if (run.results.some(({ incomplete }) => incomplete === true)) process.exitCode = EXIT_INCOMPLETE;
  await writeReports(report, run.graded, changes, options, files);
  await tellGithub(report, run.sources);
  files.throwProblem();
}

async function writeReports(
  report: ConformReport,
  graded: readonly Graded[],
  changes: Changes | undefined,
  { junit, tap, html, json }: ReportOptions,
  files: SideFiles,
): Promise<void> {
  const write = (action: () => Promise<void>): Promise<void> => files.write(action, undefined);
  if (junit !== undefined) await write(() => writeFileWhole(junit, junitReport(report)));
  if (tap !== undefined) await write(() => writeFileWhole(tap, tapReport(report)));
  if (html !== undefined) await write(() => writeHtmlReport(html, report, graded, changes));
  if (json === true) {
    const whole = changes === undefined ? report : { ...report, changes };
    writeStdout(`${JSON.stringify(whole, null, 2)}\n`);
  } else {
    const { isTTY, columns } = process.stdout;
    const terminal = isTTY === true ? { isColored: !process.env.NO_COLOR, columns } : undefined;
    writeStdout(textReport(report, terminal) + (changes === undefined ? "" : changesText(changes)));
  }
}

/** Inside GitHub Actions, writes annotations to standard error, which it reads, and the step's summary. */
async function tellGithub(report: ConformReport, sources: FinishedRun["sources"]): Promise<void> {
  const { GITHUB_ACTIONS, GITHUB_WORKSPACE = process.cwd(), GITHUB_STEP_SUMMARY } = process.env;
  if (GITHUB_ACTIONS !== "true") return;
  process.stderr.write(githubAnnotations(report, sources, GITHUB_WORKSPACE));
  if (GITHUB_STEP_SUMMARY === undefined) return;
  // Failing to write the summary does not change the verdicts.
  await appendFile(GITHUB_STEP_SUMMARY, githubSummary(report)).catch((error) =>
    log.warn(error, "the step summary was not written"),
  );
}

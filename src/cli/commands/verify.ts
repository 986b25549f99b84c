import type { Command } from "commander";
import { collectMovies } from "../../io/conform/collect-movies.ts";
import { loadBaseline } from "../../io/conform/reports/baseline.ts";
import { testName } from "../../io/conform/types.ts";
import { addReportOptions, finishReport, type ReportOptions } from "../conform-reports.ts";
import { addRunOptions, filtered, type GradedRunOptions, runGraded } from "../graded-run.ts";
import { interruptSignal } from "../interrupt.ts";
import { addExamples, collect } from "../options.ts";
import { TestProgress } from "../test-progress.ts";
import { warn } from "../warnings.ts";

interface VerifyOptions extends ReportOptions, GradedRunOptions {
  readonly roms?: readonly string[];
}

/** `emu verify`: play movies and compare them with their recordings. */
export function registerVerify(program: Command): void {
  const command = addReportOptions(program.command("verify"))
    .description(
      "Play movies (.fm2, .bk2, .json) with their ROMs, which are found by their hashes, or by their names " +
        "beside the movies. A movie passes if its hashes agree, and what verify.toml in its folder expects. " +
        "A movie with neither is skipped, and the hashes of its end are printed.",
    )
    .argument("<movie|folder|manifest...>", "what to play")
    .option("--roms <dir>", "also look for ROMs here; repeatable", collect);
  addRunOptions(command).action(runVerify);
  addExamples(command, "emu verify movies/", "emu verify movies/ --roms ~/games --junit report.xml");
}

async function runVerify(paths: string[], options: VerifyOptions): Promise<void> {
  const tests = filtered(await collectMovies(paths, options.roms ?? []), options);
  const baseline = options.baseline === undefined ? undefined : await loadBaseline(options.baseline);
  const progress = new TestProgress(tests.length);
  const interrupt = interruptSignal();
  try {
    const pictures = options.html !== undefined;
    const graded = await runGraded(tests, options, { pictures }, progress, interrupt.signal);
    progress.clear();
    const results = graded.map(({ result }) => result);
    for (const result of results) warn(result.warnings ?? [], testName(result));
    const sources = tests.map(({ source }) => source);
    await finishReport(
      { results, graded, sources, isWhole: options.filter === undefined, baseline },
      options,
    );
  } finally {
    interrupt.release();
    progress.clear();
  }
}

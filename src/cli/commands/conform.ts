import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { collectTests } from "../../io/conform/collect.ts";
import { writeHtmlReport } from "../../io/conform/html-report.ts";
import { requireSharedOffsets } from "../../io/conform/offsets.ts";
import { junitReport, makeReport, textReport } from "../../io/conform/report.ts";
import { runTests } from "../../io/conform/run-tests.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { decodePalette } from "../../io/render/palette.ts";
import { EXIT_NEGATIVE } from "../exit-codes.ts";
import { interruptSignal } from "../interrupt.ts";
import { addExamples, jsonOption, type Shard, shard, wholeNumber } from "../options.ts";
import { ProgressBar } from "../progress.ts";

const JOBS_MAX = 256;

interface ConformOptions {
  readonly json?: true;
  readonly junit?: string;
  readonly html?: string;
  readonly jobs: number;
  readonly shard?: Shard;
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
    .option("--jobs <n>", "threads to run on", wholeNumber(1, JOBS_MAX), availableParallelism())
    .option("--shard <i/n>", "run only the i-th of n parts", shard)
    .action(runConform);
  addExamples(
    command,
    "emu conform suites.json",
    "emu conform game.nes tests/ --json",
    "emu conform suites.json --junit report.xml --html report --shard 1/4",
  );
}

async function runConform(paths: string[], options: ConformOptions): Promise<void> {
  const all = await collectTests(paths);
  const part = options.shard;
  const tests = part === undefined ? all : all.filter((_, i) => i % part.count === part.index - 1);
  const progress = new ProgressBar(tests.length, "tests");
  const interrupt = interruptSignal();
  try {
    const graded = await runTests(tests, {
      jobs: options.jobs,
      onProgress: (done) => progress.update(done),
      signal: interrupt.signal,
    });
    progress.clear();
    const report = makeReport(requireSharedOffsets(graded));
    if (options.junit !== undefined) await writeFileWhole(options.junit, junitReport(report));
    if (options.html !== undefined) await writeHtmlReport(options.html, report, graded, decodePalette());
    writeStdout(options.json ? `${JSON.stringify(report, null, 2)}\n` : textReport(report));
    if (report.failed + report.errors > 0) process.exitCode = EXIT_NEGATIVE;
  } finally {
    interrupt.release();
    progress.clear();
  }
}

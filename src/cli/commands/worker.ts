import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { MIB } from "../../emu/units.ts";
import { shownName } from "../../io/conform/types.ts";
import { interruptSignal } from "../interrupt.ts";
import { addExamples, wholeNumber } from "../options.ts";
import { warn } from "../warnings.ts";

const MAX_JOBS = 256;
const MAX_LOST_SECONDS = 3600;
const DEFAULT_LOST_SECONDS = 30;
const MAX_CACHE_MIB = 1_000_000;
const DEFAULT_CACHE_MIB = 1024;

interface WorkerOptions {
  readonly jobs: number;
  readonly lostAfter: number;
  readonly cache: number;
}

/** `emu worker`: run tests for the commands with `--farm`. */
export function registerWorker(program: Command): void {
  const command = program
    .command("worker")
    .description(
      "Run the tests that emu conform, verify and fuzz have put into a Redis with --farm, until it is " +
        "interrupted. It takes only tests from the same build of emu.",
    )
    .argument("<address>", "the Redis: redis://HOST:PORT")
    .option("--jobs <n>", "run n tests at a time", wholeNumber(1, MAX_JOBS), availableParallelism())
    .option(
      "--lost-after <seconds>",
      "other workers take over its tests if it is silent for this long",
      wholeNumber(1, MAX_LOST_SECONDS),
      DEFAULT_LOST_SECONDS,
    )
    .option(
      "--cache <mib>",
      "keep at most this many MiB of ROMs and other files on the disk",
      wholeNumber(0, MAX_CACHE_MIB),
      DEFAULT_CACHE_MIB,
    )
    .action(runWorker);
  addExamples(command, "emu worker redis://farm.example:6379 --jobs 8");
}

async function runWorker(url: string, { jobs, lostAfter, cache }: WorkerOptions): Promise<void> {
  const { runFarmWorker } = await import("../../io/conform/farm/work.ts");
  const interrupt = interruptSignal();
  try {
    await runFarmWorker({
      url,
      jobs,
      lostMs: 1000 * lostAfter,
      cacheBytes: cache * MIB,
      onCacheProblem: ({ message, where }) =>
        warn([`${message}; its files are fetched again in each run`], where),
      signal: interrupt.signal,
      onReady: (name, build) => process.stderr.write(`emu: worker ${name} of emu ${build} waits for tests\n`),
      onDropped: (tests) =>
        process.stderr.write(
          `emu: dropped ${tests} ${tests === 1 ? "test" : "tests"}: the command that sent ${tests === 1 ? "it" : "them"} has ended\n`,
        ),
      onResult: ({ result }, done) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done} tests, last ${shownName(result)}`);
      },
    });
  } finally {
    interrupt.release();
  }
}

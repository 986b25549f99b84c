import type { ErrorReport } from "../thread/messages.ts";
import type { Graded } from "./grade.ts";
import { GradingWorker } from "./grading-worker.ts";
import { resultOf } from "./results.ts";
import type { TestSpec } from "./types.ts";

/** Seconds that a machine may take for a frame before its test is stopped. */
export const DEFAULT_HANG_SECONDS = 30;

export interface TestRunOptions {
  /** Number of tests to run in parallel. */
  readonly jobs: number;
  /** Keep the last screen of each. */
  readonly pictures?: boolean;
  /** Number of runs of each test. Tests whose runs differ fail. */
  readonly repeat?: number;
  readonly hangSeconds?: number;
  /** Start no more tests after one has failed. */
  readonly failFast?: boolean;
  /** Called after each test with the number of finished tests. */
  readonly onResult?: (graded: Graded, done: number) => void;
  /** Called with bugs of emu, which are an error of that test only. */
  readonly onBug?: (spec: TestSpec, report: ErrorReport) => void;
  /** Aborts all tests; `runTests` then throws the reason. */
  readonly signal?: AbortSignal;
  /** The worker module that grades; tests use another one. */
  readonly module?: URL;
  /** Grades on this thread instead, for machines in their own processes. */
  readonly grade?: (spec: TestSpec, signal: AbortSignal | undefined) => Promise<Graded>;
}

/** Runs all tests and returns their results in order, even if some crash or hang. */
export async function runTests(tests: readonly TestSpec[], options: TestRunOptions): Promise<Graded[]> {
  const results: (Graded | undefined)[] = new Array(tests.length).fill(undefined);
  const { signal } = options;
  let next = 0;
  let done = 0;
  let failed = false;
  const work = async (run: (spec: TestSpec) => Promise<Graded>): Promise<void> => {
    while (next < tests.length && !(failed && options.failFast === true)) {
      const index = next++;
      signal?.throwIfAborted();
      const graded = await run(tests[index]!);
      results[index] = graded;
      if (graded.result.verdict === "fail" || graded.result.verdict === "error") failed = true;
      options.onResult?.(graded, ++done);
    }
  };
  const jobs = Math.min(options.jobs, tests.length);
  const { grade } = options;
  if (grade === undefined) await onThreads(jobs, work, options);
  else await Promise.all(Array.from({ length: jobs }, () => work((spec) => grade(spec, signal))));
  return results.map((graded, index) => graded ?? notRun(tests[index]!));
}

async function onThreads(
  jobs: number,
  work: (run: (spec: TestSpec) => Promise<Graded>) => Promise<void>,
  options: TestRunOptions,
): Promise<void> {
  const { signal, pictures = false, repeat = 1, hangSeconds = DEFAULT_HANG_SECONDS } = options;
  const workers = Array.from(
    { length: jobs },
    () =>
      new GradingWorker({
        pictures,
        repeat,
        hangMilliseconds: 1000 * hangSeconds,
        ...(options.module === undefined ? {} : { module: options.module }),
        ...(options.onBug === undefined ? {} : { onBug: options.onBug }),
      }),
  );
  const stop = (): void => {
    for (const worker of workers) worker.stop(signal?.reason);
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await Promise.all(workers.map((worker) => work((spec) => worker.grade(spec))));
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

function notRun(spec: TestSpec): Graded {
  const detail = "not run: a test before it failed (--fail-fast)";
  return { result: resultOf(spec, { verdict: "skip", detail }, { frames: 0, milliseconds: 0 }) };
}

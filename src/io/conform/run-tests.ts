import { errorFromReport } from "../thread/error-report.ts";
import { workerUrl } from "../thread/worker-url.ts";
import type { ConformAnswer } from "./conform-worker.ts";
import { type Graded, grade } from "./grade.ts";
import type { TestSpec } from "./types.ts";

export interface RunOptions {
  /** Threads to run tests on. */
  readonly jobs: number;
  /** Called after each test with the number of those that are done. */
  readonly onProgress?: (done: number) => void;
  /** Ends everything early; `runTests` then throws its reason. */
  readonly signal?: AbortSignal;
}

/** Runs all tests and answers in their order. Throws what a test threw, which is a bug of ours. */
export async function runTests(tests: readonly TestSpec[], options: RunOptions): Promise<Graded[]> {
  const results: Graded[] = new Array(tests.length);
  let next = 0;
  let done = 0;
  const work = async (run: (spec: TestSpec) => Promise<Graded>): Promise<void> => {
    while (next < tests.length) {
      const index = next++;
      options.signal?.throwIfAborted();
      results[index] = await run(tests[index]!);
      options.onProgress?.(++done);
    }
  };
  const jobs = Math.min(options.jobs, tests.length);
  if (jobs <= 1) {
    await work(grade);
    return results;
  }
  const workers = Array.from({ length: jobs }, () => new GradingWorker());
  const stop = (): void => {
    for (const worker of workers) worker.stop(options.signal?.reason);
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    await Promise.all(workers.map((worker) => work((spec) => worker.grade(spec))));
    return results;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** A thread that grades one test at a time. */
class GradingWorker {
  readonly #worker = new Worker(workerUrl("io/conform/conform-worker.ts"));
  #settle: { resolve(graded: Graded): void; reject(reason: unknown): void } | undefined;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<ConformAnswer>) => {
      if ("graded" in data) this.#settle?.resolve(data.graded);
      else this.#settle?.reject(errorFromReport(data.error));
    };
    this.#worker.onerror = (event) => this.#settle?.reject(new Error(event.message));
  }

  grade(spec: TestSpec): Promise<Graded> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#worker.postMessage(spec);
    });
  }

  /** Ends the thread; a test that it still runs is rejected with `reason`. */
  stop(reason: unknown): void {
    this.#settle?.reject(reason);
    this.#worker.terminate();
  }
}

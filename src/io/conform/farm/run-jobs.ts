import { printable } from "../../files/text.ts";
import { sendFiles } from "./job-files.ts";
import { statesOfJobs } from "./job-states.ts";
import { BATCH, jobId, KEEP_SECONDS, runKeys } from "./keys.ts";
import { jobTest, type Prepared } from "./prepare.ts";
import { type FarmQueue, type JobData, keepJobs, keepQueue } from "./queue.ts";
import type { FarmRedis } from "./redis.ts";
import type { RunResults } from "./run-results.ts";

const JOBS_AT_ONCE = 32;
/** This many jobs keep all threads busy. Longer runs send several tests in a job, which costs less. */
const MANY_JOBS = 256;
const MAX_TESTS_PER_JOB = 128;
/** A test gets the verdict "error" when its job has failed this often. */
const MAX_FAILURES = 3;

/** How the tests of a run are sent. */
export interface SendingOptions extends Pick<JobData, "pictures" | "repeat" | "hangSeconds"> {
  readonly signal?: AbortSignal;
}

/** Sends the tests of a run as jobs, and sends again those that were lost. */
export class RunJobs {
  readonly #redis: FarmRedis;
  readonly #queue: FarmQueue;
  readonly #run: string;
  readonly #build: string;
  readonly #tests: readonly Prepared[];
  readonly #options: SendingOptions;
  /** Number of consecutive tests in a job. It is the same after the submitter is started again. */
  readonly #testsPerJob: number;
  /** For each test, how often its job has failed. */
  readonly #failures = new Map<number, number>();

  constructor(
    redis: FarmRedis,
    queue: FarmQueue,
    run: string,
    build: string,
    tests: readonly Prepared[],
    options: SendingOptions,
  ) {
    this.#redis = redis;
    this.#queue = queue;
    this.#run = run;
    this.#build = build;
    this.#tests = tests;
    this.#options = options;
    this.#testsPerJob = Math.min(MAX_TESTS_PER_JOB, Math.ceil(tests.length / MANY_JOBS));
  }

  /**
   * Fetches all results, and sends the tests without one whose jobs are not in the queue: all tests of a new
   * run, and those that were lost, such as by a restart of Redis. Tests of a job that failed are sent alone;
   * one whose job has failed too often becomes an error.
   */
  async sendLost(results: RunResults): Promise<void> {
    const indexes = [...results.outstanding];
    const jobs = await this.#jobsOf(indexes);
    const states = await statesOfJobs(this.#redis, this.#queue, this.#build, [...new Set(jobs.flat())]);
    // Only now, so that a test whose job has ended in the meantime has a result.
    await results.collectAll();
    const gone: number[] = [];
    const failed: number[] = [];
    for (const [at, index] of indexes.entries()) {
      const found = jobs[at]!.map((id) => states.get(id)!);
      if (!results.outstanding.has(index) || found.some(({ kind }) => kind === "living")) continue;
      const failure = found.find((state) => state.kind === "failed");
      if (failure === undefined) gone.push(index);
      else if (!this.#hasFailedTooOften(index, failure.reason)) failed.push(index);
      else results.fail(index, `its job failed ${MAX_FAILURES} times: ${printable(failure.reason ?? "")}`);
    }
    if (gone.length + failed.length === 0) return;
    await this.#sendFiles(results.outstanding);
    await this.#add(gone, false);
    await this.#add(failed, true);
  }

  /** Renews the expiry times of the jobs and files of tests. */
  async keep(indexes: Iterable<number>): Promise<void> {
    const all = [...indexes];
    await keepJobs(this.#redis, this.#build, await this.ids(all));
    await this.#sendFiles(all);
  }

  /** The ids of the jobs that can have tests. */
  async ids(indexes: Iterable<number>): Promise<string[]> {
    return [...new Set((await this.#jobsOf([...indexes])).flat())];
  }

  /** Removes waiting jobs from the queue. */
  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#queue.remove(id);
  }

  async #sendFiles(indexes: Iterable<number>): Promise<void> {
    const files = new Map<string, { path: string; bytes: number }>();
    for (const index of indexes) {
      for (const file of this.#tests[index]!.portable.files) files.set(file.sha256, file);
    }
    await sendFiles(this.#redis, files, KEEP_SECONDS);
  }

  /** Sends tests, each at most once in `indexes`, in jobs of neighbours or, if `isAlone`, in a job each. */
  async #add(indexes: readonly number[], isAlone: boolean): Promise<void> {
    const jobs = new Map<string, number[]>();
    for (const index of indexes) {
      const id = isAlone ? jobId(this.#run, index) : this.#jobOf(index);
      jobs.set(id, [...(jobs.get(id) ?? []), index]);
    }
    const all = [...jobs];
    for (let at = 0; at < all.length; at += JOBS_AT_ONCE) {
      this.#options.signal?.throwIfAborted();
      const some = all.slice(at, at + JOBS_AT_ONCE);
      if (isAlone) {
        const moved = some.flatMap(([id, [index]]) => [String(index), id]);
        // The lease, which is renewed after this, lets the key expire.
        await this.#redis.send("HSET", [runKeys(this.#run).moved, ...moved]);
      }
      await this.#queue.add(some.map(([id, tests]) => ({ id, data: this.#job(tests) })));
      await keepJobs(
        this.#redis,
        this.#build,
        some.map(([id]) => id),
      );
      await keepQueue(this.#redis, this.#build);
    }
  }

  #job(indexes: readonly number[]): JobData {
    const { pictures, repeat, hangSeconds } = this.#options;
    const tests = indexes.map((index) => jobTest(index, this.#tests[index]!.portable));
    return { run: this.#run, tests, pictures, repeat, hangSeconds };
  }

  /** The id of the job that a test is first sent in. */
  #jobOf(index: number): string {
    return jobId(this.#run, index - (index % this.#testsPerJob));
  }

  /** For each test the jobs that can have it: that of its neighbours, and the one it was sent in later. */
  async #jobsOf(indexes: readonly number[]): Promise<string[][]> {
    const found: string[][] = [];
    for (let at = 0; at < indexes.length; at += BATCH) {
      const batch = indexes.slice(at, at + BATCH);
      const fields = [runKeys(this.#run).moved, ...batch.map(String)];
      const moved = await this.#redis.texts("HMGET", fields, batch.length);
      found.push(...batch.map((index, i) => [this.#jobOf(index), ...(moved[i] == null ? [] : [moved[i]])]));
    }
    return found;
  }

  /** Counts that the job of a test has failed, unless the reason is outside of the job. */
  #hasFailedTooOften(index: number, reason: string | undefined): boolean {
    if (reason === undefined) return false;
    const failures = (this.#failures.get(index) ?? 0) + 1;
    this.#failures.set(index, failures);
    return failures >= MAX_FAILURES;
  }
}

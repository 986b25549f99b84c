import { deserialize } from "node:v8";
import { InputError } from "../../../emu/input-error.ts";
import type { Graded } from "../grade.ts";
import { GradingWorker } from "../grading-worker.ts";
import { resultOf } from "../results.ts";
import type { TestSpec } from "../types.ts";
import type { JobFiles } from "./job-files.ts";
import { jobId, runKeys, WORKERS_KEY } from "./keys.ts";
import { specIn, withPlaces } from "./places.ts";
import { FarmQueue, type JobData, type JobTest } from "./queue.ts";
import { type FarmRedis, readCount, readNothing, readNumbers, readString } from "./redis.ts";
import { BEGIN, COUNT_FIELD, SET_FIELDS, STEP, UNMARK } from "./scripts.ts";
import { decodeStored, disagreement, encodeStored, type StoredResult } from "./stored-result.ts";

/** A test is given up after this many workers have ended while they ran it. */
const DEAD_WORKERS = 2;
/** After this time, a job's tests that have not begun go back to the queue. */
const GIVE_BACK_MS = 500;
/** A test gets the verdict "error" when Redis has lost its files this often. */
const MAX_LOST_FILES = 3;

export interface ExecutorOptions {
  readonly url: string;
  /** The worker counts as dead, and its tests go to others, if it is silent for this long. */
  readonly lostMs: number;
  /** Called after each test with the worker's number of finished tests. */
  readonly onResult?: (graded: Graded, done: number) => void;
  /** Called with the number of tests of a job that was dropped because the lease of its run has ended. */
  readonly onDropped?: (tests: number) => void;
  /** Called if this worker can no longer run tests, because its disk is full or cannot be written. */
  readonly onDiskError?: (error: InputError) => void;
}

/** A test of this worker's job that has not begun. */
interface Waiting {
  readonly test: JobTest;
  /** Number of workers that have ended while they ran it. */
  readonly dead: number;
}

/** Runs the tests of jobs on grading threads. */
export class Executor {
  readonly #redis: FarmRedis;
  readonly #files: JobFiles;
  readonly #name: string;
  readonly #options: ExecutorOptions;
  /** Threads that have no test, by their options. */
  readonly #idle = new Map<string, GradingWorker[]>();
  #done = 0;
  /** Takes the tests that are given back. */
  readonly #queue: FarmQueue;
  /** Jobs that run. */
  readonly #running = new Set<Promise<void>>();

  /** `name` is the worker's name with its build. */
  constructor(redis: FarmRedis, files: JobFiles, build: string, name: string, options: ExecutorOptions) {
    this.#redis = redis;
    this.#files = files;
    this.#name = name;
    this.#options = options;
    this.#queue = new FarmQueue(options.url, build, options.lostMs);
  }

  /** Returns true if no job runs. */
  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  /** Waits until no job runs. */
  async idle(): Promise<void> {
    while (!this.isIdle) await Promise.allSettled(this.#running);
  }

  /** Runs a job. Throws `InputError` if it cannot give a verdict of each test. */
  async execute(job: JobData): Promise<void> {
    const running = this.#execute(job);
    this.#running.add(running);
    await running.finally(() => this.#running.delete(running));
  }

  /** Runs the tests of a job. If that takes long, gives back those that have not begun, for other threads. */
  async #execute(job: JobData): Promise<void> {
    const waiting = await this.#begin(job);
    if (waiting === undefined) {
      this.#options.onDropped?.(job.tests.length);
      return;
    }
    // Answers of Redis that come while the next test runs.
    const answers: Promise<void>[] = [];
    const later = (answer: Promise<void>): void => {
      // The error is thrown below, where all answers are awaited.
      answer.catch(() => {});
      answers.push(answer);
    };
    let finished = 0;
    const timer = setTimeout(() => {
      later(this.#giveBack(job, waiting.splice(0), finished));
    }, GIVE_BACK_MS);
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        // This test may kill workers, so Redis must know that it begins before it runs.
        if (next.dead > 0) await this.#mark(job.run, next.test.index);
        const result = await this.#run(job, next);
        finished++;
        later(this.#step(job.run, next.test.index, result, waiting[0]?.test.index));
      }
    } catch (error) {
      if (!(error instanceof InputError) || !isOfJob(error)) throw error;
      await this.#leave(job, error);
      throw new Error(`${LEFT}${error.message}`);
    } finally {
      clearTimeout(timer);
    }
    await Promise.all(answers);
  }

  /** The tests of a job that have no result; undefined if the run's lease has ended. */
  async #begin({ run, tests }: JobData): Promise<Waiting[] | undefined> {
    const { lease, starts } = runKeys(run);
    const args = [this.#name, String(this.#options.lostMs), ...tests.map(({ index }) => String(index))];
    const dead = await this.#redis.script(BEGIN, [lease, starts, WORKERS_KEY], args, (answer) =>
      answer === null ? undefined : readNumbers(answer, tests.length),
    );
    return dead && tests.map((test, at) => ({ test, dead: dead[at]! })).filter(({ dead }) => dead >= 0);
  }

  /** Gives tests back in jobs that take about half of `GIVE_BACK_MS`, if they take as long as the others. */
  async #giveBack(job: JobData, waiting: readonly Waiting[], finished: number): Promise<void> {
    if (waiting.length === 0) return;
    const size = Math.max(1, Math.floor(finished / 2));
    const jobs: { id: string; data: JobData }[] = [];
    const moved: string[] = [];
    for (let at = 0; at < waiting.length; at += size) {
      const tests = waiting.slice(at, at + size).map(({ test }) => test);
      const id = jobId(job.run, tests[0]!.index);
      for (const { index } of tests) moved.push(String(index), id);
      jobs.push({ id, data: { ...job, tests } });
    }
    if (await this.#setFields(job.run, "moved", moved)) await this.#queue.add(jobs);
  }

  async #run(job: JobData, { test, dead }: Waiting): Promise<StoredResult> {
    const spec = deserialize(Buffer.from(test.spec, "base64")) as TestSpec;
    if (dead >= DEAD_WORKERS) {
      const detail = `${dead} workers ended while they ran this test`;
      return { graded: errorOf(spec, detail), worker: this.#name, isPoison: true };
    }
    return { graded: await this.#grade(job, test, spec), worker: this.#name };
  }

  async close(): Promise<void> {
    await this.#queue.close();
    for (const workers of this.#idle.values()) for (const worker of workers) worker.stop(undefined);
  }

  async #grade(job: JobData, data: JobTest, spec: TestSpec): Promise<Graded> {
    try {
      return await this.#files.inFolder(data.files, async (folder) => {
        const here = specIn(folder, spec);
        const graded = await this.#onThread(job, (worker) => worker.grade(here));
        return withPlaces(graded, folder, [...data.files.map(([place]) => place), ...data.missing]);
      });
    } catch (error) {
      if (!(error instanceof InputError) || !(await this.#isVerdict(job.run, data.index, error))) throw error;
      return errorOf(spec, error.message);
    }
  }

  /** Returns true for an error that is the test's verdict. Others are thrown, and the test is sent again. */
  async #isVerdict(run: string, index: number, { kind }: InputError): Promise<boolean> {
    if (kind === "missing") return (await this.#countLost(run, index)) >= MAX_LOST_FILES;
    return kind === "data";
  }

  /** Counts that Redis had lost a file of a test, and returns the number of times. */
  async #countLost(run: string, index: number): Promise<number> {
    const { lease, starts, lost } = runKeys(run);
    return this.#redis.script(COUNT_FIELD, [lease, starts, lost], [String(index)], readCount);
  }

  /** Sets fields of a hash of a run. Returns false if the run was removed. */
  async #setFields(run: string, hash: "moved" | "broken", fields: readonly string[]): Promise<boolean> {
    const { lease, starts, [hash]: key } = runKeys(run);
    return (await this.#redis.script(SET_FIELDS, [lease, starts, key], fields, readCount)) === 1;
  }

  async #onThread(
    { pictures, repeat, hangSeconds }: JobData,
    use: (worker: GradingWorker) => Promise<Graded>,
  ): Promise<Graded> {
    const key = `${pictures} ${repeat} ${hangSeconds}`;
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    const worker =
      idle.pop() ?? new GradingWorker({ pictures, repeat, hangMilliseconds: 1000 * hangSeconds });
    try {
      return await use(worker);
    } finally {
      idle.push(worker);
    }
  }

  /**
   * Gives up a job without a verdict. The job then fails, and its submitter sends its tests and files again.
   * The end of this worker does not count against the tests.
   */
  async #leave({ run, tests }: JobData, error: InputError): Promise<void> {
    if (error.kind === "io") this.#options.onDiskError?.(error);
    const indexes = tests.map(({ index }) => String(index));
    await this.#redis.script(UNMARK, [runKeys(run).starts], [this.#name, ...indexes], readNothing);
  }

  /** Marks a test as begun by this worker. */
  async #mark(run: string, index: number): Promise<void> {
    const { lease, starts, results, done } = runKeys(run);
    await this.#redis.script(STEP, [lease, starts, results, done], [this.#name, String(index)], readNothing);
  }

  /** Stores the result of a test exactly once and marks the next one as begun, unless the run was removed. */
  async #step(run: string, index: number, result: StoredResult, next: number | undefined): Promise<void> {
    const { lease, starts, results, done } = runKeys(run);
    const args = [
      this.#name,
      next === undefined ? "" : String(next),
      String(index),
      encodeStored(run, index, result),
    ];
    const before = await this.#redis.script(STEP, [lease, starts, results, done], args, readString);
    if (result.isPoison !== true) this.#options.onResult?.(result.graded, ++this.#done);
    if (before === null) return;
    const text = disagreement(decodeStored(run, index, before), result);
    if (text !== undefined) await this.#setFields(run, "broken", [String(index), text]);
  }
}

/**
 * The reason of a failed job begins with this if its worker had no disk space, or Redis had lost its files.
 */
export const LEFT = "left: ";

/** Returns true for a full disk and for lost files, which are no verdicts. */
function isOfJob({ kind }: InputError): boolean {
  return kind === "io" || kind === "missing";
}

function errorOf(spec: TestSpec, detail: string): Graded {
  return { result: resultOf(spec, { verdict: "error", detail }, { frames: 0, milliseconds: 0 }) };
}

import { randomUUID } from "node:crypto";
import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";
import { buildId } from "../build-id.ts";
import type { Graded } from "../grade.ts";
import { hashOf } from "../portable-test.ts";
import { resultOf } from "../results.ts";
import type { TestSpec } from "../types.ts";
import { sendFiles } from "./job-files.ts";
import { statesOfJobs } from "./job-states.ts";
import { jobId, KEEP_SECONDS, type RunKeys, runKeys, WORKERS_KEY } from "./keys.ts";
import { jobTest, localized, type Prepared, prepareAll } from "./prepare.ts";
import { FarmQueue, type JobData, keepJobs, keepQueue } from "./queue.ts";
import { FarmRedis, readCount, readNothing, readTexts } from "./redis.ts";
import { LEAVE, LIVING, RENEW } from "./scripts.ts";
import { decodeStored, type StoredResult } from "./stored-result.ts";

const BATCH = 500;
const JOBS_AT_ONCE = 32;
/** This many jobs keep all threads busy. Longer runs send several tests in a job, which costs less. */
const MANY_JOBS = 256;
const MAX_TESTS_PER_JOB = 128;
const POLL_MS = 50;
/** After this time without a result, the submitter looks for jobs that Redis has lost. */
const SWEEP_MS = 2000;
/** A test gets the verdict "error" when its job has failed this often. */
const MAX_FAILURES = 3;
/** A submitter that is silent for this long counts as ended. */
const SUBMITTER_MS = 3000;
/** Workers continue a run for this long after its submitter was last seen. */
const LEASE_MS = 600_000;
/** Interval at which the expiry times of jobs in Redis are renewed. */
const KEEP_JOBS_MS = 6 * 3_600_000;
const LIVING_MS = 60_000;

export interface FarmOptions {
  readonly url: string;
  readonly pictures: boolean;
  readonly repeat: number;
  readonly hangSeconds: number;
  /** The run is incomplete if no worker of this build lives, or Redis cannot be reached, for this long. */
  readonly waitMs: number;
  /** Called after each test. */
  readonly onResult?: (graded: Graded, done: number, worker: string) => void;
  /** Called with what the run waits for. */
  readonly onWaiting?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Workers drop the run's jobs this long after its submitter was last seen; 10 minutes by default. */
  readonly leaseMs?: number;
}

/** Runs all tests on the workers of a farm. Returns their results in order, as `runTests` does. */
export async function runOnFarm(tests: readonly TestSpec[], options: FarmOptions): Promise<Graded[]> {
  const redis = new FarmRedis(options.url, options.waitMs);
  await redis.open();
  let queue: FarmQueue | undefined;
  try {
    const build = await buildId();
    const prepared = await prepareAll(tests);
    const { pictures, repeat, hangSeconds } = options;
    const run = hashOf([build, pictures, repeat, hangSeconds, prepared.map(({ hash }) => hash)]).slice(0, 32);
    queue = new FarmQueue(options.url, build, options.waitMs);
    return await new FarmRun(redis, queue, run, build, prepared, options).finish();
  } finally {
    await queue?.close();
    redis.close();
  }
}

/** One run: sends its jobs, and collects their results. */
class FarmRun {
  readonly #redis: FarmRedis;
  readonly #queue: FarmQueue;
  readonly #run: string;
  readonly #build: string;
  readonly #tests: readonly Prepared[];
  readonly #options: FarmOptions;
  readonly #keys: RunKeys;
  readonly #submitter = randomUUID();
  readonly #results: (Graded | undefined)[];
  #outstanding = new Set<number>();
  /** Number of consecutive tests in a job. It is the same after the submitter is started again. */
  readonly #testsPerJob: number;
  /** For each test, how often its job has failed. */
  readonly #failures = new Map<number, number>();
  #done = 0;
  /** Number of entries of the list `done` that were read. */
  #read = 0;

  constructor(
    redis: FarmRedis,
    queue: FarmQueue,
    run: string,
    build: string,
    tests: readonly Prepared[],
    options: FarmOptions,
  ) {
    this.#redis = redis;
    this.#queue = queue;
    this.#run = run;
    this.#build = build;
    this.#tests = tests;
    this.#options = options;
    this.#keys = runKeys(run);
    this.#results = tests.map(() => undefined);
    this.#outstanding = new Set(tests.keys());
    this.#testsPerJob = Math.min(MAX_TESTS_PER_JOB, Math.ceil(tests.length / MANY_JOBS));
  }

  async finish(): Promise<Graded[]> {
    await this.#renew();
    let renewError: unknown;
    let isReached = true;
    const keep = setInterval(() => {
      this.#renew().catch((error) => {
        renewError = error;
      });
    }, SUBMITTER_MS / 4);
    try {
      for (const [index, { failed }] of this.#tests.entries()) if (failed) this.#deliver(index, failed, "");
      await this.#sendLost();
      await this.#wait(() => renewError);
      await this.#applyBroken();
      return this.#results.map((graded, index) => graded ?? this.#incomplete(index));
    } catch (error) {
      isReached = !(error instanceof InputError && error.kind === "unavailable");
      throw error;
    } finally {
      clearInterval(keep);
      if (isReached) await this.#leave().catch(() => {});
    }
  }

  /** Keeps the run alive. Other submitters of the same run do the same, and each reads all results. */
  async #renew(): Promise<void> {
    const args = [this.#submitter, String(this.#options.leaseMs ?? LEASE_MS)];
    await this.#redis.script(RENEW, Object.values(this.#keys), args, readNothing);
  }

  async #sendFiles(): Promise<void> {
    const files = new Map<string, { path: string; bytes: number }>();
    for (const index of this.#outstanding) {
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
        await this.#redis.send("HSET", [this.#keys.moved, ...moved]);
      }
      const jobs = some.map(([id, tests]) => ({ id, data: this.#job(tests) }));
      await this.#queue.add(jobs);
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
      const fields = [this.#keys.moved, ...batch.map(String)];
      const moved = await this.#redis.texts("HMGET", fields, batch.length);
      found.push(...batch.map((index, i) => [this.#jobOf(index), ...(moved[i] == null ? [] : [moved[i]])]));
    }
    return found;
  }

  async #wait(renewError: () => unknown): Promise<void> {
    let lastResultMs = performance.now();
    let lastSweepMs = lastResultMs;
    let lastWorkerMs = lastResultMs;
    let lastKeepMs = lastResultMs;
    while (this.#outstanding.size > 0) {
      this.#options.signal?.throwIfAborted();
      if (renewError() !== undefined) throw renewError();
      if (await this.#collectNew()) {
        lastResultMs = lastWorkerMs = performance.now();
        continue;
      }
      const now = performance.now();
      if (now - Math.max(lastResultMs, lastSweepMs) > SWEEP_MS) {
        lastSweepMs = now;
        // A Redis that was started again may have a shorter list.
        this.#read = Math.min(this.#read, await this.#redis.count("LLEN", [this.#keys.done]));
        await this.#sendLost();
        if (await this.#hasWorkers()) lastWorkerMs = performance.now();
        if (performance.now() - lastWorkerMs > this.#options.waitMs) return;
      }
      if (now - lastKeepMs > KEEP_JOBS_MS) {
        lastKeepMs = now;
        const ids = new Set((await this.#jobsOf([...this.#outstanding])).flat());
        await keepJobs(this.#redis, this.#build, [...ids]);
        await this.#sendFiles();
      }
      await Bun.sleep(POLL_MS);
    }
  }

  /**
   * Fetches all results, and sends the tests without one whose jobs are not in the queue: all tests of a new
   * run, and those that were lost, such as by a restart of Redis. Tests of a job that failed are sent alone.
   */
  async #sendLost(): Promise<void> {
    const indexes = [...this.#outstanding];
    const jobs = await this.#jobsOf(indexes);
    const states = await statesOfJobs(this.#redis, this.#queue, this.#build, [...new Set(jobs.flat())]);
    // Only now, so that a test whose job has ended in the meantime has a result.
    for (let at = 0; at < indexes.length; at += BATCH) await this.#collect(indexes.slice(at, at + BATCH));
    const gone: number[] = [];
    const failed: number[] = [];
    for (const [at, index] of indexes.entries()) {
      const found = jobs[at]!.map((id) => states.get(id)!);
      if (!this.#outstanding.has(index) || found.some(({ kind }) => kind === "living")) continue;
      const failure = found.find((state) => state.kind === "failed");
      if (failure === undefined) gone.push(index);
      else if (!this.#isGivenUp(index, failure.reason)) failed.push(index);
    }
    if (gone.length + failed.length === 0) return;
    await this.#sendFiles();
    await this.#add(gone, false);
    await this.#add(failed, true);
  }

  /** Counts that the job of a test has failed. The last time, the test becomes an error. */
  #isGivenUp(index: number, reason: string | undefined): boolean {
    if (reason === undefined) return false;
    const failures = (this.#failures.get(index) ?? 0) + 1;
    this.#failures.set(index, failures);
    if (failures < MAX_FAILURES) return false;
    this.#deliver(index, this.#error(index, `its job failed ${failures} times: ${printable(reason)}`), "");
    return true;
  }

  async #hasWorkers(): Promise<boolean> {
    const found = await this.#redis.script(LIVING, [WORKERS_KEY], [String(LIVING_MS)], readTexts);
    const living = found.filter((name) => name !== null);
    if (living.some((name) => name.startsWith(`${this.#build}/`))) return true;
    const others = new Set(living.map((name) => name.split("/")[0]));
    const seen = others.size === 0 ? "" : `; there are workers of ${printable([...others].join(", "))}`;
    this.#options.onWaiting?.(`waiting for workers of emu ${this.#build}${seen}`);
    return false;
  }

  /** Fetches the results that have come since the last time. Returns false if there are none. */
  async #collectNew(): Promise<boolean> {
    const range = [String(this.#read), String(this.#read + BATCH - 1)];
    const done = await this.#redis.texts("LRANGE", [this.#keys.done, ...range]);
    this.#read += done.length;
    await this.#collect(done.map(Number).filter((index) => this.#outstanding.has(index)));
    return done.length > 0;
  }

  async #collect(indexes: readonly number[]): Promise<void> {
    if (indexes.length === 0) return;
    const damaged: number[] = [];
    for (const [index, text] of await this.#resultsOf(indexes)) {
      const stored = decodedOr(() => damaged.push(index), this.#run, index, text);
      if (stored !== undefined) this.#deliver(index, stored.graded, stored.worker);
    }
    if (damaged.length === 0) return;
    // They may be damaged on their way only.
    this.#redis.reconnect();
    for (const [index, text] of await this.#resultsOf(damaged)) {
      const fail = ({ message }: InputError): void => this.#deliver(index, this.#error(index, message), "");
      const stored = decodedOr(fail, this.#run, index, text);
      if (stored !== undefined) this.#deliver(index, stored.graded, stored.worker);
    }
  }

  /** The results that are there, as they are stored. */
  async #resultsOf(indexes: readonly number[]): Promise<(readonly [index: number, text: string])[]> {
    const fields = [this.#keys.results, ...indexes.map(String)];
    const texts = await this.#redis.texts("HMGET", fields, indexes.length);
    return texts.flatMap((text, at) => (text === null ? [] : [[indexes[at]!, text] as const]));
  }

  /** Takes the result of a test, the first time that it comes. */
  #deliver(index: number, graded: Graded, worker: string): void {
    const prepared = this.#tests[index];
    if (prepared === undefined || !this.#outstanding.delete(index)) return;
    const result = localized(prepared, graded);
    this.#results[index] = result;
    this.#options.onResult?.(result, ++this.#done, worker.replace(/^[^/]*\//, ""));
  }

  async #applyBroken(): Promise<void> {
    for (const [index, detail] of Object.entries(await this.#redis.fields(this.#keys.broken))) {
      const graded = this.#results[Number(index)];
      if (graded !== undefined) {
        this.#results[Number(index)] = { ...graded, result: { ...graded.result, verdict: "error", detail } };
      }
    }
  }

  #incomplete(index: number): Graded {
    const detail = `incomplete: no worker of emu ${this.#build} ran it`;
    return { result: { ...this.#error(index, detail).result, incomplete: true } };
  }

  #error(index: number, detail: string): Graded {
    const outcome = { verdict: "error", detail } as const;
    return { result: resultOf(this.#tests[index]!.test, outcome, { frames: 0, milliseconds: 0 }) };
  }

  /** Removes the run from Redis, if no other submitter waits for it. */
  async #leave(): Promise<void> {
    const ids = new Set((await this.#jobsOf([...this.#outstanding])).flat());
    const args = [this.#submitter, String(SUBMITTER_MS)];
    const isLast = (await this.#redis.script(LEAVE, Object.values(this.#keys), args, readCount)) === 1;
    if (isLast) for (const id of ids) await this.#queue.remove(id);
    await keepQueue(this.#redis, this.#build);
  }
}

/** A stored result. One that is damaged is `undefined`, after a call of `fail`. */
function decodedOr(
  fail: (error: InputError) => void,
  run: string,
  index: number,
  text: string,
): StoredResult | undefined {
  try {
    return decodeStored(run, index, text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    fail(error);
    return undefined;
  }
}

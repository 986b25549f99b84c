import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";
import { buildId } from "../build-id.ts";
import type { Graded } from "../grade.ts";
import { hashOf } from "../portable-test.ts";
import type { TestSpec } from "../types.ts";
import { WORKERS_KEY } from "./keys.ts";
import { Lease } from "./lease.ts";
import { prepareAll } from "./prepare.ts";
import { FarmQueue, keepQueue } from "./queue.ts";
import { FarmRedis, readTexts } from "./redis.ts";
import { RunJobs, type SendingOptions } from "./run-jobs.ts";
import { type OnFarmResult, RunResults } from "./run-results.ts";
import { LIVING } from "./scripts.ts";

const POLL_MS = 50;
/** After this time without a result, the submitter looks for jobs that Redis has lost. */
const SWEEP_MS = 2000;
/** Workers continue a run for this long after its submitter was last seen. */
const LEASE_MS = 600_000;
/** Interval at which the expiry times of jobs in Redis are renewed. */
const KEEP_JOBS_MS = 6 * 3_600_000;
const LIVING_MS = 60_000;

export interface FarmOptions extends SendingOptions {
  readonly url: string;
  /** The run is incomplete if no worker of this build lives, or Redis cannot be reached, for this long. */
  readonly waitMs: number;
  /** Called after each test. */
  readonly onResult?: OnFarmResult;
  /** Called with what the run waits for. */
  readonly onWaiting?: (text: string) => void;
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
    const results = new RunResults(redis, run, prepared, options.onResult);
    const jobs = new RunJobs(redis, queue, run, build, prepared, options);
    const lease = new Lease(redis, run, LEASE_MS);
    return await new FarmRun(redis, build, { results, jobs, lease }, options).finish();
  } finally {
    await queue?.close();
    redis.close();
  }
}

interface RunParts {
  readonly results: RunResults;
  readonly jobs: RunJobs;
  readonly lease: Lease;
}

/** One run: sends its jobs, and collects their results. */
class FarmRun {
  readonly #redis: FarmRedis;
  readonly #build: string;
  readonly #results: RunResults;
  readonly #jobs: RunJobs;
  readonly #lease: Lease;
  readonly #options: FarmOptions;

  constructor(redis: FarmRedis, build: string, { results, jobs, lease }: RunParts, options: FarmOptions) {
    this.#redis = redis;
    this.#build = build;
    this.#results = results;
    this.#jobs = jobs;
    this.#lease = lease;
    this.#options = options;
  }

  async finish(): Promise<Graded[]> {
    let isReached = true;
    try {
      await this.#lease.begin();
      await this.#jobs.sendLost(this.#results);
      await this.#wait();
      return await this.#results.all(`no worker of emu ${this.#build} ran it`);
    } catch (error) {
      isReached = !(error instanceof InputError && error.kind === "unavailable");
      throw error;
    } finally {
      this.#lease.stop();
      if (isReached) await this.#leave().catch(() => {});
    }
  }

  async #wait(): Promise<void> {
    let lastResultMs = performance.now();
    let lastSweepMs = lastResultMs;
    let lastWorkerMs = lastResultMs;
    let lastKeepMs = lastResultMs;
    while (this.#results.outstanding.size > 0) {
      this.#options.signal?.throwIfAborted();
      this.#lease.check();
      if (await this.#results.collectNew()) {
        lastResultMs = lastWorkerMs = performance.now();
        continue;
      }
      const now = performance.now();
      if (now - Math.max(lastResultMs, lastSweepMs) > SWEEP_MS) {
        lastSweepMs = now;
        await this.#results.rewind();
        await this.#jobs.sendLost(this.#results);
        if (await this.#hasWorkers()) lastWorkerMs = performance.now();
        if (performance.now() - lastWorkerMs > this.#options.waitMs) return;
      }
      if (now - lastKeepMs > KEEP_JOBS_MS) {
        lastKeepMs = now;
        await this.#jobs.keep(this.#results.outstanding);
      }
      await Bun.sleep(POLL_MS);
    }
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

  /** Removes the run and its waiting jobs from Redis, if no other submitter waits for it. */
  async #leave(): Promise<void> {
    const ids = await this.#jobs.ids(this.#results.outstanding);
    if (await this.#lease.leave()) await this.#jobs.remove(ids);
    await keepQueue(this.#redis, this.#build);
  }
}

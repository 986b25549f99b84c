import type { Queue } from "bullmq";
import manifest from "../../../../package.json" with { type: "json" };
import { InputError } from "../../../emu/input-error.ts";
import { jobKey, KEEP_SECONDS, PREFIX, queueName } from "./keys.ts";
import { type FarmRedis, newClient } from "./redis.ts";
import { KEEP } from "./scripts.ts";

/** How long closing a queue may take. */
const CLOSE_MS = 2000;
const BULLMQ_VERSION = manifest.devDependencies.bullmq;

/** Keys of BullMQ for a queue. Others, such as "stalled-check", have a short life. */
const QUEUE_KEYS = ["id", "meta", "events", "marker", "stalled", "pc", "wait", "active", "failed"];

/** The queue of a build stays in Redis for a day after its last use. */
export async function keepQueue(redis: FarmRedis, build: string): Promise<void> {
  await keepKeys(
    redis,
    QUEUE_KEYS.map((name) => jobKey(build, name)),
    KEEP_SECONDS,
  );
}

/** Waiting jobs stay in Redis for a day longer than the queue, so that no id in it is without its job. */
export async function keepJobs(redis: FarmRedis, build: string, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += KEPT_AT_ONCE) {
    const keys = ids.slice(at, at + KEPT_AT_ONCE).map((id) => jobKey(build, id));
    await keepKeys(redis, keys, 2 * KEEP_SECONDS);
  }
}

const KEPT_AT_ONCE = 500;

async function keepKeys(redis: FarmRedis, keys: readonly string[], seconds: number): Promise<void> {
  await redis.script(KEEP, keys, [String(seconds)]);
}

/** Loads BullMQ, which is not installed with emu: one of its dependencies has an install script. */
async function loadBullmq(): Promise<typeof import("bullmq")> {
  try {
    return await import("bullmq");
  } catch (error) {
    if (!/Cannot find (package|module)/.test(String(error))) throw error;
    const remedy = `npm install bullmq@${BULLMQ_VERSION}, beside emuterm`;
    throw new InputError(
      "unavailable",
      "the farm needs the package bullmq, which is not installed",
      "",
      remedy,
    );
  }
}

/** An open end of the queue. */
export interface OpenQueue {
  readonly queue: Queue<JobData>;
  close(): Promise<void>;
}

/** The queue of jobs for workers of `build`. Lost connections are made again. */
export async function openQueue(url: string, build: string): Promise<OpenQueue> {
  const { Queue, createBunRedisClient } = await loadBullmq();
  const client = createBunRedisClient(newClient(url) as never);
  // BullMQ connects again after errors.
  client.on("error", () => {});
  const queue = new Queue<JobData>(queueName(build), {
    connection: client as never,
    prefix: PREFIX,
    skipMetasUpdate: true,
  });
  queue.on("error", () => {});
  return {
    queue,
    close: async () => {
      // BullMQ waits for answers, which do not come if Redis cannot be reached.
      await Promise.race([queue.close().catch(() => {}), Bun.sleep(CLOSE_MS)]);
      client.disconnect();
    },
  };
}

export interface QueueWorkerOptions {
  readonly jobs: number;
  /** A job is given to another worker if this one is not heard of for this long. */
  readonly lockMs: number;
}

/** Takes jobs for `build` and calls `execute` for each, until it is closed; that waits for running jobs. */
export async function openWorker(
  url: string,
  build: string,
  execute: (data: JobData) => Promise<void>,
  { jobs, lockMs }: QueueWorkerOptions,
): Promise<{ close(): Promise<void> }> {
  const { Worker, createBunRedisClient } = await loadBullmq();
  const client = createBunRedisClient(newClient(url) as never);
  client.on("error", () => {});
  const worker = new Worker<JobData>(queueName(build), (job) => execute(job.data), {
    connection: client as never,
    prefix: PREFIX,
    concurrency: jobs,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    // The farm counts the executions of a job itself.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    runRetryDelay: Math.min(1000, lockMs),
    drainDelay: 1,
    removeOnComplete: { count: 0 },
  });
  worker.on("error", () => {});
  return {
    close: async () => {
      await worker.close();
      client.disconnect();
    },
  };
}

/** A job of the queue: tests, which a worker runs one after the other, and how it runs them. */
export interface JobData {
  readonly run: string;
  readonly tests: readonly JobTest[];
  readonly pictures: boolean;
  readonly repeat: number;
  readonly hangSeconds: number;
}

/** Adds jobs, except those whose id is in the queue. */
export async function addJobs(
  queue: Queue<JobData>,
  jobs: readonly { readonly id: string; readonly data: JobData }[],
): Promise<void> {
  await queue.addBulk(
    jobs.map(({ id, data }) => ({
      name: "tests",
      data,
      opts: { jobId: id, removeOnComplete: true, attempts: 1 },
    })) as never,
  );
}

/** A test as it is sent to workers. */
export interface JobTest {
  /** Index of the test in the run. */
  readonly index: number;
  /** The test with places instead of paths, as JSON. */
  readonly spec: string;
  readonly files: readonly (readonly [place: string, sha256: string, bytes: number])[];
  /** Places of files that do not exist. */
  readonly missing: readonly string[];
}

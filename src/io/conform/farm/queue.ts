import type { Queue } from "bullmq";
import manifest from "../../../../package.json" with { type: "json" };
import { InputError } from "../../../emu/input-error.ts";
import { type FarmRedis, newClient } from "./redis.ts";
import { KEEP } from "./scripts.ts";

const BULLMQ_VERSION = manifest.devDependencies.bullmq;

/** How long runs, files and queues stay in Redis after their last use. */
export const KEEP_SECONDS = 86_400;

/** All keys of the farm in Redis begin with this. */
const PREFIX = "emufarm";

/** The key of a file's bytes. */
export function fileKey(sha256: string): string {
  return `${PREFIX}:file:${sha256}`;
}

/** The keys of a run. */
export function runKeys(run: string): {
  owner: string;
  results: string;
  done: string;
  starts: string;
  broken: string;
} {
  const key = (name: string): string => `${PREFIX}:run:${run}:${name}`;
  return {
    owner: key("owner"),
    results: key("results"),
    done: key("done"),
    starts: key("starts"),
    broken: key("broken"),
  };
}

/** The sorted set of workers: each one's build and name, scored by the time it was last seen. */
export const WORKERS_KEY = `${PREFIX}:workers`;

/** Workers only take jobs of their own build of emu. */
function queueName(build: string): string {
  return `conform-${build}`;
}

/** The key of a job, or of a list of BullMQ such as "failed". */
export function jobKey(build: string, id: string): string {
  return `${PREFIX}:${queueName(build)}:${id}`;
}

/** Keys that BullMQ keeps for a queue without jobs. Others, such as "stalled-check", have a short life. */
const QUEUE_KEYS = ["id", "meta", "events", "marker", "stalled", "pc"];

/** The queue of a build stays in Redis for a day after its last use. */
export async function keepQueue(redis: FarmRedis, build: string): Promise<void> {
  const keys = QUEUE_KEYS.map((name) => jobKey(build, name));
  await redis.send("EVAL", [KEEP, String(keys.length), ...keys, String(KEEP_SECONDS)]);
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
      await queue.close().catch(() => {});
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

/** Adds jobs, except those whose id is in the queue. A job is named by the first of its tests. */
export async function addJobs(queue: Queue<JobData>, jobs: readonly JobData[]): Promise<void> {
  await queue.addBulk(
    jobs.map((data) => ({
      name: "tests",
      data,
      opts: { jobId: jobId(data.run, data.tests[0]!.index), removeOnComplete: true, attempts: 1 },
    })) as never,
  );
}

export function jobId(run: string, firstIndex: number): string {
  return `${run}-${firstIndex}`;
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

import type { Job, JobJson, Queue } from "bullmq";
import manifest from "../../../../package.json" with { type: "json" };
import { InputError } from "../../../emu/input-error.ts";
import { BATCH, jobKey, KEEP_SECONDS, PREFIX, queueName } from "./keys.ts";
import { answeredWithin, answerMs, type FarmRedis, newClient, readNothing, repeated } from "./redis.ts";
import { DamagedAnswer, isOfRedis } from "./redis-errors.ts";
import { KEEP } from "./scripts.ts";
import { checksum, damaged } from "./seal.ts";

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
  for (let at = 0; at < ids.length; at += BATCH) {
    const keys = ids.slice(at, at + BATCH).map((id) => jobKey(build, id));
    await keepKeys(redis, keys, 2 * KEEP_SECONDS);
  }
}

async function keepKeys(redis: FarmRedis, keys: readonly string[], seconds: number): Promise<void> {
  await redis.script(KEEP, keys, [String(seconds)], readNothing);
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

/** An open connection to the queue. */
interface OpenQueue {
  readonly queue: Queue<SealedJob>;
  close(): Promise<void>;
}

/**
 * The queue of jobs for workers of a build. Commands are repeated over new connections, as those of
 * `FarmRedis`, and throw the same errors.
 */
export class FarmQueue {
  readonly #url: string;
  readonly #build: string;
  readonly #patienceMs: number;
  #open: Promise<OpenQueue> | undefined;

  constructor(url: string, build: string, patienceMs: number) {
    this.#url = url;
    this.#build = build;
    this.#patienceMs = patienceMs;
  }

  /** Adds jobs, except those whose id is in the queue. */
  async add(jobs: readonly { readonly id: string; readonly data: JobData }[]): Promise<void> {
    const entries = jobs.map(({ id, data }) => ({
      name: "tests",
      data: sealedJob(id, data),
      opts: { jobId: id, removeOnComplete: true, attempts: 1 },
    }));
    await this.#repeat(({ queue }) => queue.addBulk(entries as never));
  }

  /** Removes a job, unless a worker has it. */
  async remove(id: string): Promise<void> {
    await this.#repeat(({ queue }) => queue.remove(id));
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await (await open?.catch(() => undefined))?.close();
  }

  async #repeat(action: (open: OpenQueue) => Promise<unknown>): Promise<void> {
    const attempt = async (): Promise<unknown> => {
      this.#open ??= openQueue(this.#url, this.#build);
      const answer = action(await this.#open).catch((error) => {
        // BullMQ throws errors of all kinds when an answer is not what it expects.
        throw isOfRedis(error) ? error : new DamagedAnswer(String(error), { cause: error });
      });
      return answeredWithin(answerMs(this.#patienceMs), answer);
    };
    const onFailure = (): void => void this.close();
    await repeated(this.#url, attempt, { patienceMs: () => this.#patienceMs, onFailure });
  }
}

async function openQueue(url: string, build: string): Promise<OpenQueue> {
  const { Queue, createBunRedisClient } = await loadBullmq();
  const client = createBunRedisClient(newClient(url) as never);
  client.on("error", () => {});
  const queue = new Queue<SealedJob>(queueName(build), {
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
  /** A job is given to another worker if this one is silent for this long. */
  readonly lockMs: number;
}

/** The end of the queue that takes jobs. */
export interface QueueWorker {
  /** Takes no more jobs. Returns when those that run have ended, which needs Redis. */
  finish(): Promise<void>;
  disconnect(): void;
}

/** Takes jobs for `build` and calls `execute` for each. A job that is damaged fails. */
export async function openWorker(
  url: string,
  build: string,
  execute: (data: JobData) => Promise<void>,
  { jobs, lockMs }: QueueWorkerOptions,
): Promise<QueueWorker> {
  const { Worker, createBunRedisClient } = await loadBullmq();
  class JobWorker extends Worker<SealedJob> {
    // BullMQ would leave a job whose JSON is damaged to other workers, for ever.
    protected override createJob(json: JobJson, id: string): Job<SealedJob> {
      try {
        return super.createJob(json, id);
      } catch {
        return super.createJob({ ...json, data: "null" }, id);
      }
    }
  }
  const client = createBunRedisClient(newClient(url) as never);
  client.on("error", () => {});
  const worker = new JobWorker(queueName(build), (job) => execute(openedJob(job.id ?? "", job.data)), {
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
  return { finish: () => worker.close(), disconnect: () => client.disconnect() };
}

/** A job as it is stored. */
interface SealedJob {
  readonly sum: string;
  readonly job: JobData;
}

function sealedJob(id: string, job: JobData): SealedJob {
  return { sum: checksum(id, JSON.stringify(job)), job };
}

/** Throws `InputError` ("data") if the job is damaged. */
function openedJob(id: string, sealed: Partial<SealedJob> | null): JobData {
  const { sum, job } = sealed ?? {};
  if (job === undefined || sum !== checksum(id, JSON.stringify(job))) throw damaged("a job");
  return job;
}

/** A job of the queue: tests, which a worker runs one after the other, and how it runs them. */
export interface JobData {
  readonly run: string;
  readonly tests: readonly JobTest[];
  readonly pictures: boolean;
  readonly repeat: number;
  readonly hangSeconds: number;
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

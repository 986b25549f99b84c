import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import type { InputError } from "../../../emu/input-error.ts";
import { userFolders } from "../../files/paths.ts";
import { buildId } from "../build-id.ts";
import { Executor, type ExecutorOptions } from "./executor.ts";
import { FileStore } from "./file-store.ts";
import { JobFiles } from "./job-files.ts";
import { WORKERS_KEY } from "./keys.ts";
import { keepQueue, openWorker, type QueueWorker } from "./queue.ts";
import { FarmRedis, readNothing } from "./redis.ts";
import { ALIVE } from "./scripts.ts";

/** How long a worker tries to reach a Redis that it has reached before. */
const PATIENCE_MS = 24 * 3_600_000;

/** How long a worker that ends waits for a Redis that cannot be reached. */
const LAST_MS = 3000;

export interface FarmWorkerOptions extends ExecutorOptions {
  /** Number of tests to run in parallel. */
  readonly jobs: number;
  /** Maximum number of bytes of files to keep on the disk for later runs. */
  readonly cacheBytes: number;
  /** Called once if files cannot be kept. */
  readonly onCacheProblem?: (problem: InputError) => void;
  readonly onReady?: (name: string, build: string) => void;
  /** Ends the worker: it finishes the tests that it has begun. */
  readonly signal: AbortSignal;
}

/**
 * Runs tests of the farm until `signal` fires. Throws `InputError` if Redis cannot be reached, and ("io") if
 * the disk is full or cannot be written, after other tests that it has begun have ended.
 */
export async function runFarmWorker(options: FarmWorkerOptions): Promise<void> {
  const redis = new FarmRedis(options.url, PATIENCE_MS);
  await redis.open();
  const build = await buildId();
  // Without spaces, which separate names in Redis.
  const name = `${hostname().replace(/\s/g, "-")}:${process.pid}:${randomUUID().slice(0, 4)}`;
  const onProblem = options.onCacheProblem ?? (() => {});
  const store = new FileStore(join(userFolders().cache, "farm"), options.cacheBytes, onProblem);
  const files = new JobFiles(redis, store);
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  const onDiskError = broken.reject;
  const executor = new Executor(redis, files, build, `${build}/${name}`, { ...options, onDiskError });
  const alive = async (): Promise<void> => {
    await redis.script(ALIVE, [WORKERS_KEY], [`${build}/${name}`], readNothing);
    await keepQueue(redis, build);
  };
  await alive();
  const beat = setInterval(() => void alive().catch(() => {}), options.lostMs / 4);
  const worker = await openWorker(options.url, build, (data) => executor.execute(data), {
    jobs: options.jobs,
    lockMs: options.lostMs,
  });
  try {
    options.onReady?.(name, build);
    const ended = new Promise<void>((resolve) => {
      if (options.signal.aborted) resolve();
      options.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    try {
      await Promise.race([ended, broken.promise]);
    } finally {
      redis.hurry(LAST_MS);
      await finished(worker, executor);
    }
    await keepQueue(redis, build).catch(() => {});
  } finally {
    clearInterval(beat);
    worker.disconnect();
    await executor.close();
    redis.close();
    await files.close();
  }
}

/** Takes no more jobs, and waits for those that run; for Redis only for a while. */
async function finished(worker: QueueWorker, executor: Executor): Promise<void> {
  const finish = worker.finish().catch(() => {});
  do {
    await executor.idle();
    await Promise.race([finish, Bun.sleep(LAST_MS)]);
  } while (!executor.isIdle);
}

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { userFolders } from "../../files/paths.ts";
import { buildId } from "../build-id.ts";
import { Executor, type ExecutorOptions } from "./executor.ts";
import { JobFiles } from "./job-files.ts";
import { WORKERS_KEY } from "./keys.ts";
import { keepQueue, openWorker } from "./queue.ts";
import { FarmRedis } from "./redis.ts";
import { ALIVE } from "./scripts.ts";

/** How long a worker tries to reach a Redis that it has reached before. */
const PATIENCE_MS = 24 * 3_600_000;

export interface FarmWorkerOptions extends ExecutorOptions {
  /** Number of tests to run in parallel. */
  readonly jobs: number;
  readonly onReady?: (name: string, build: string) => void;
  /** Ends the worker: it finishes the tests that it has begun. */
  readonly signal: AbortSignal;
}

/** Runs tests of the farm until `signal` fires. Throws `InputError` if Redis cannot be reached. */
export async function runFarmWorker(options: FarmWorkerOptions): Promise<void> {
  const redis = new FarmRedis(options.url, PATIENCE_MS);
  await redis.open();
  const build = await buildId();
  // Without spaces, which separate names in Redis.
  const name = `${hostname().replace(/\s/g, "-")}:${process.pid}:${randomUUID().slice(0, 4)}`;
  const files = new JobFiles(redis, join(userFolders().cache, "farm"));
  const executor = new Executor(redis, files, build, `${build}/${name}`, options);
  const alive = async (): Promise<void> => {
    await redis.script(ALIVE, [WORKERS_KEY], [`${build}/${name}`]);
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
    await new Promise<void>((resolve) => {
      if (options.signal.aborted) resolve();
      options.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await worker.close();
    await keepQueue(redis, build);
  } finally {
    clearInterval(beat);
    await executor.close();
    redis.close();
    await files.close();
  }
}

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join, sep } from "node:path";
import { deserialize } from "node:v8";
import { InputError } from "../../../emu/input-error.ts";
import { userFolders } from "../../files/paths.ts";
import { printable } from "../../files/text.ts";
import { buildId } from "../build-id.ts";
import type { Rules } from "../expect/types.ts";
import type { Graded } from "../grade.ts";
import { GradingWorker } from "../grading-worker.ts";
import { resultOf } from "../results.ts";
import type { TestSpec } from "../types.ts";
import { JobFiles } from "./job-files.ts";
import {
  addJobs,
  type JobData,
  type JobTest,
  keepQueue,
  type OpenQueue,
  openQueue,
  openWorker,
  runKeys,
  WORKERS_KEY,
} from "./queue.ts";
import { FarmRedis } from "./redis.ts";
import { ALIVE, BEGIN, STORE } from "./scripts.ts";
import { decodeStored, disagreement, encodeStored, type StoredResult } from "./stored-result.ts";

/** A test is given up after this many workers have ended while they ran it. */
const DEAD_WORKERS = 2;
/** A job that takes longer is given back to the queue, but for the test that runs. */
const GIVE_BACK_MS = 500;
/** How long a worker tries to reach a Redis that it has reached before. */
const PATIENCE_MS = 24 * 3_600_000;

export interface FarmWorkerOptions {
  readonly url: string;
  /** Number of tests to run in parallel. */
  readonly jobs: number;
  /** The worker counts as dead, and its tests go to others, if it is silent for this long. */
  readonly lostMs: number;
  /** Called after each test with the worker's number of finished tests. */
  readonly onResult?: (graded: Graded, done: number) => void;
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
  const executor = new Executor(redis, files, build, name, options);
  const alive = async (): Promise<void> => {
    await redis.send("EVAL", [ALIVE, "1", WORKERS_KEY, `${build}/${name}`]);
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

/** Runs the tests of jobs on grading threads. */
class Executor {
  readonly #redis: FarmRedis;
  readonly #files: JobFiles;
  readonly #build: string;
  readonly #name: string;
  readonly #options: FarmWorkerOptions;
  /** Threads that have no test, by their options. */
  readonly #idle = new Map<string, GradingWorker[]>();
  #done = 0;
  /** Opened when tests are first given back. */
  #queue: Promise<OpenQueue> | undefined;

  constructor(redis: FarmRedis, files: JobFiles, build: string, name: string, options: FarmWorkerOptions) {
    this.#redis = redis;
    this.#files = files;
    this.#build = build;
    this.#name = `${build}/${name}`;
    this.#options = options;
  }

  /** Runs the tests of a job. If that takes long, gives back those that have not begun, for other threads. */
  async execute(job: JobData): Promise<void> {
    const waiting = [...job.tests];
    // Stored while the next test runs.
    const storing: Promise<void>[] = [];
    let givingBack: Promise<void> | undefined;
    const timer = setTimeout(() => {
      givingBack = this.#giveBack(job, waiting.splice(0));
      givingBack.catch(() => {});
    }, GIVE_BACK_MS);
    try {
      for (let test = waiting.shift(); test !== undefined; test = waiting.shift()) {
        const result = await this.#run(job, test);
        if (result === undefined) continue;
        const stored = this.#store(job.run, test.index, result);
        stored.catch(() => {});
        storing.push(stored);
      }
    } finally {
      clearTimeout(timer);
    }
    await Promise.all([...storing, givingBack]);
  }

  async #giveBack(job: JobData, tests: readonly JobTest[]): Promise<void> {
    if (tests.length === 0) return;
    this.#queue ??= openQueue(this.#options.url, this.#build);
    const { queue } = await this.#queue;
    await addJobs(
      queue,
      tests.map((test) => ({ ...job, tests: [test] })),
    );
  }

  /** Runs a test, unless it has a result already. */
  async #run(job: JobData, data: JobTest): Promise<StoredResult | undefined> {
    const { results, starts } = runKeys(job.run);
    const lostMs = String(this.#options.lostMs);
    const keys = ["3", results, starts, WORKERS_KEY];
    const dead = Number(
      await this.#redis.send("EVAL", [BEGIN, ...keys, String(data.index), this.#name, lostMs]),
    );
    if (dead < 0) return undefined;
    const spec = deserialize(Buffer.from(data.spec, "base64")) as TestSpec;
    if (dead >= DEAD_WORKERS) {
      const detail = `${dead} workers ended while they ran this test`;
      return { graded: errorOf(spec, detail), worker: this.#name, isPoison: true };
    }
    return { graded: await this.#grade(job, data, spec), worker: this.#name };
  }

  async close(): Promise<void> {
    await (await this.#queue)?.close();
    for (const workers of this.#idle.values()) for (const worker of workers) worker.stop(undefined);
  }

  async #grade(job: JobData, data: JobTest, spec: TestSpec): Promise<Graded> {
    try {
      const folder = await this.#files.folderOf(data.files);
      const here = specIn(folder, spec);
      const graded = await this.#onThread(job, (worker) => worker.grade(here));
      return withPlaces(graded, folder, [...data.files.map(([place]) => place), ...data.missing]);
    } catch (error) {
      if (error instanceof InputError) return errorOf(spec, error.message);
      throw error;
    }
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

  /** Stores the result of a test exactly once. */
  async #store(run: string, index: number, result: StoredResult): Promise<void> {
    const { results, done, broken } = runKeys(run);
    const args = [STORE, "2", results, done, String(index), encodeStored(result)];
    const before = await this.#redis.send("EVAL", args);
    if (result.isPoison !== true) this.#options.onResult?.(result.graded, ++this.#done);
    if (typeof before !== "string") return;
    const text = disagreement(decodeStored(before), result);
    if (text !== undefined) await this.#redis.send("HSET", [broken, String(index), text]);
  }
}

function errorOf(spec: TestSpec, detail: string): Graded {
  return { result: resultOf(spec, { verdict: "error", detail }, { frames: 0, milliseconds: 0 }) };
}

/** The test with its places below `folder`. */
function specIn(folder: string, spec: TestSpec): TestSpec {
  const at = (place: string): string => {
    if (!/^\d+[/]/.test(place) || place.split(/[/\\]/).includes("..")) {
      throw new InputError("data", "a job's file is outside its folder");
    }
    return folder + sep + place;
  };
  const rulesAt = (rules: Rules): Rules => {
    if (rules.picture === undefined) return rules;
    const { file, maskFile } = rules.picture;
    const mask = maskFile === undefined ? {} : { maskFile: at(maskFile) };
    return { ...rules, picture: { ...rules.picture, file: at(file), ...mask } };
  };
  const {
    update: _update,
    symbolFiles: _symbols,
    inputFile,
    goldenFile,
    logFile,
    patchFiles,
    expect,
    ...rest
  } = spec;
  return {
    ...rest,
    romFile: at(spec.romFile),
    ...(inputFile === undefined ? {} : { inputFile: at(inputFile) }),
    ...(goldenFile === undefined ? {} : { goldenFile: at(goldenFile) }),
    ...(logFile === undefined ? {} : { logFile: at(logFile) }),
    ...(patchFiles === undefined ? {} : { patchFiles: patchFiles.map(at) }),
    ...(expect === undefined
      ? {}
      : {
          expect: expect.map(({ when, ...one }) => ({
            ...one,
            rules: rulesAt(one.rules),
            ...(when === undefined ? {} : { when: rulesAt(when) }),
          })),
        }),
  };
}

/** Replaces the worker's paths in a result's texts by `placeMark`s. */
function withPlaces(graded: Graded, folder: string, places: readonly string[]): Graded {
  const longestFirst = [...places].sort((a, b) => b.length - a.length);
  const replaced = (text: string): string => {
    if (!text.includes(folder.slice(0, 24))) return text;
    let out = text;
    for (const place of longestFirst) {
      const path = folder + sep + place;
      out = out.replaceAll(printable(path), placeMark(place)).replaceAll(path, placeMark(place));
    }
    return out;
  };
  return mapTexts(graded, replaced);
}

/** Stands for the path of a place in texts of results. */
export function placeMark(place: string): string {
  return `\u0001${place}\u0001`;
}

/** Applies a function to the detail and the warnings of a result. */
export function mapTexts(graded: Graded, map: (text: string) => string): Graded {
  const { result } = graded;
  const { warnings } = result;
  return {
    ...graded,
    result: {
      ...result,
      detail: map(result.detail),
      ...(warnings === undefined ? {} : { warnings: warnings.map(map) }),
    },
  };
}

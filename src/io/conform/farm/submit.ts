import { randomUUID } from "node:crypto";
import { serialize } from "node:v8";
import type { Queue } from "bullmq";
import { InputError } from "../../../emu/input-error.ts";
import { loadRom } from "../../files/rom-file.ts";
import { printable } from "../../files/text.ts";
import { buildId } from "../build-id.ts";
import { resolveSymbols } from "../expect/symbols.ts";
import { errorDetail, type Graded } from "../grade.ts";
import {
  FileHashes,
  hashOf,
  hashOfTest,
  type PortableTest,
  portableTest,
  usesSymbols,
} from "../portable-test.ts";
import { resultOf } from "../results.ts";
import type { TestSpec } from "../types.ts";
import { sendFiles } from "./job-files.ts";
import {
  addJobs,
  type JobData,
  type JobTest,
  jobId,
  jobKey,
  KEEP_SECONDS,
  keepQueue,
  type OpenQueue,
  openQueue,
  runKeys,
  WORKERS_KEY,
} from "./queue.ts";
import { explainRedisError, FarmRedis } from "./redis.ts";
import { LIVING, OWN } from "./scripts.ts";
import { decodeStored, type StoredResult } from "./stored-result.ts";
import { mapTexts, placeMark } from "./work.ts";

const BATCH = 500;
/** This many jobs keep all threads busy. Longer runs send several tests in a job, which costs less. */
const MANY_JOBS = 256;
const MAX_TESTS_PER_JOB = 32;
const POLL_MS = 50;
/** Without a result for this long, jobs that Redis has lost are looked for. */
const SWEEP_MS = 2000;
/** A submitter that is silent for this long has ended. */
const OWNER_MS = 6000;
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
}

/** Runs all tests on the workers of a farm. Returns their results in order, as `runTests` does. */
export async function runOnFarm(tests: readonly TestSpec[], options: FarmOptions): Promise<Graded[]> {
  const redis = new FarmRedis(options.url, options.waitMs);
  await redis.open();
  let open: OpenQueue | undefined;
  try {
    const build = await buildId();
    const prepared = await prepareAll(tests);
    const { pictures, repeat, hangSeconds } = options;
    const run = hashOf([build, pictures, repeat, hangSeconds, prepared.map(({ hash }) => hash)]).slice(0, 32);
    open = await openQueue(options.url, build);
    const farmRun = new FarmRun(redis, open.queue, run, build, prepared, options);
    return await farmRun.finish();
  } catch (error) {
    if (error instanceof InputError || options.signal?.aborted === true) throw error;
    if (/OOM|Redis|connection|socket/i.test(String(error))) throw await explainRedisError(options.url, error);
    throw error;
  } finally {
    await open?.close();
    redis.close();
  }
}

interface Prepared {
  readonly test: TestSpec;
  readonly portable: PortableTest;
  readonly hash: string;
  /** Warnings of its symbol files, which only the submitter reads. */
  readonly warnings: readonly string[];
  /** Present if the test cannot be sent. */
  readonly failed?: Graded;
}

async function prepareAll(tests: readonly TestSpec[]): Promise<Prepared[]> {
  const hashes = new FileHashes();
  const prepared: Prepared[] = [];
  for (let at = 0; at < tests.length; at += BATCH) {
    prepared.push(...(await Promise.all(tests.slice(at, at + BATCH).map((test) => prepare(test, hashes)))));
  }
  return prepared;
}

/** Resolves symbols here, since symbol files may name other files of this machine. */
async function prepare(test: TestSpec, hashes: FileHashes): Promise<Prepared> {
  let spec = test;
  let warnings: readonly string[] = [];
  let failed: Graded | undefined;
  if (usesSymbols(test)) {
    try {
      const resolved = await resolveSymbols(
        test,
        (await loadRom(test.romFile, { patches: test.patchFiles })).image,
      );
      warnings = resolved.warnings;
      const { symbolFiles: _files, ...rest } = resolved.spec;
      spec = withoutSymbols(rest);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const detail = errorDetail(error);
      failed = { result: resultOf(test, { verdict: "error", detail }, { frames: 0, milliseconds: 0 }) };
    }
  }
  const portable = await portableTest(spec, hashes);
  return {
    test,
    portable,
    hash: hashOfTest(portable),
    warnings,
    ...(failed === undefined ? {} : { failed }),
  };
}

function withoutSymbols(test: TestSpec): TestSpec {
  const strip = <T extends { readonly memory: NonNullable<TestSpec["expect"]>[number]["rules"]["memory"] }>(
    rules: T,
  ): T => ({
    ...rules,
    memory: rules.memory.map(({ symbol: _symbol, ...rule }) => rule),
  });
  const expect = (test.expect ?? []).map(({ when, ...one }) => ({
    ...one,
    rules: strip(one.rules),
    ...(when === undefined ? {} : { when: strip(when) }),
  }));
  return { ...test, expect };
}

function jobTest(index: number, { spec, files, paths }: PortableTest): JobTest {
  const present = new Set(files.map(({ place }) => place));
  return {
    index,
    spec: serialize(spec).toString("base64"),
    files: files.map(({ place, sha256, bytes }) => [place, sha256, bytes]),
    missing: [...paths.keys()].filter((place) => !present.has(place)),
  };
}

/** One run: sends its jobs, and collects their results. */
class FarmRun {
  readonly #redis: FarmRedis;
  readonly #queue: Queue<JobData>;
  readonly #run: string;
  readonly #build: string;
  readonly #tests: readonly Prepared[];
  readonly #options: FarmOptions;
  readonly #keys: ReturnType<typeof runKeys>;
  readonly #owner = randomUUID();
  readonly #results: (Graded | undefined)[];
  #outstanding = new Set<number>();
  /** The id of the job that each test was last sent in. */
  readonly #jobOf = new Map<number, string>();
  #done = 0;

  constructor(
    redis: FarmRedis,
    queue: Queue<JobData>,
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
  }

  async finish(): Promise<Graded[]> {
    await this.#own();
    let ownError: unknown;
    const keep = setInterval(() => {
      this.#tryOwn().catch((error) => {
        ownError = error;
      });
    }, OWNER_MS / 4);
    try {
      for (const [index, { failed }] of this.#tests.entries()) if (failed) this.#deliver(index, failed, "");
      const old = [...this.#outstanding];
      for (let at = 0; at < old.length; at += BATCH) await this.#collect(old.slice(at, at + BATCH));
      await this.#sendFiles();
      const { size } = this.#outstanding;
      await this.#add([...this.#outstanding], Math.min(MAX_TESTS_PER_JOB, Math.ceil(size / MANY_JOBS)));
      await this.#wait(() => ownError);
      await this.#applyBroken();
      return this.#results.map((graded, index) => graded ?? this.#incomplete(index));
    } finally {
      clearInterval(keep);
      await this.#forget().catch(() => {});
    }
  }

  /** Waits until the submitter that owns this run, if any, has ended. */
  async #own(): Promise<void> {
    const start = performance.now();
    while (!(await this.#tryOwn())) {
      this.#options.signal?.throwIfAborted();
      if (performance.now() - start > 2 * OWNER_MS) {
        const remedy = "wait for it, or end it";
        throw new InputError("unavailable", "another emu already runs these tests on this farm", "", remedy);
      }
      await Bun.sleep(POLL_MS * 4);
    }
  }

  async #tryOwn(): Promise<boolean> {
    const args = [OWN, "1", this.#keys.owner, this.#owner, String(OWNER_MS)];
    return Number(await this.#redis.send("EVAL", args)) === 1;
  }

  async #sendFiles(): Promise<void> {
    const files = new Map<string, { path: string; bytes: number }>();
    for (const index of this.#outstanding) {
      for (const file of this.#tests[index]!.portable.files) files.set(file.sha256, file);
    }
    await sendFiles(this.#redis, files, KEEP_SECONDS);
  }

  async #add(indexes: readonly number[], testsPerJob: number): Promise<void> {
    for (let at = 0; at < indexes.length; at += BATCH) {
      this.#options.signal?.throwIfAborted();
      const jobs: JobData[] = [];
      const batch = indexes.slice(at, at + BATCH);
      for (let first = 0; first < batch.length; first += testsPerJob) {
        jobs.push(this.#job(batch.slice(first, first + testsPerJob)));
      }
      await addJobs(this.#queue, jobs);
    }
  }

  #job(indexes: readonly number[]): JobData {
    const { pictures, repeat, hangSeconds } = this.#options;
    const id = jobId(this.#run, indexes[0]!);
    for (const index of indexes) this.#jobOf.set(index, id);
    const tests = indexes.map((index) => jobTest(index, this.#tests[index]!.portable));
    return { run: this.#run, tests, pictures, repeat, hangSeconds };
  }

  /** The jobs that can have a test: the one that it was sent in, and its own if a worker gave it back. */
  #jobsOf(index: number): string[] {
    const own = jobId(this.#run, index);
    const sent = this.#jobOf.get(index) ?? own;
    return sent === own ? [own] : [sent, own];
  }

  async #wait(ownError: () => unknown): Promise<void> {
    let lastResultMs = performance.now();
    let lastSweepMs = lastResultMs;
    let lastWorkerMs = lastResultMs;
    while (this.#outstanding.size > 0) {
      this.#options.signal?.throwIfAborted();
      if (ownError() !== undefined) throw ownError();
      const done = await this.#redis.send("LPOP", [this.#keys.done, String(BATCH)]);
      if (Array.isArray(done) && done.length > 0) {
        await this.#collect(done.map(Number));
        lastResultMs = lastWorkerMs = performance.now();
        continue;
      }
      const now = performance.now();
      if (now - Math.max(lastResultMs, lastSweepMs) > SWEEP_MS) {
        lastSweepMs = now;
        await this.#sweep();
        if (await this.#hasWorkers()) lastWorkerMs = performance.now();
        if (performance.now() - lastWorkerMs > this.#options.waitMs) return;
      }
      await Bun.sleep(POLL_MS);
    }
  }

  /** Finds results and jobs that were lost, such as by a restart of Redis. */
  async #sweep(): Promise<void> {
    const indexes = [...this.#outstanding];
    const lost: number[] = [];
    for (let at = 0; at < indexes.length; at += BATCH) {
      const batch = indexes.slice(at, at + BATCH);
      await this.#collect(batch);
      for (const index of batch) {
        if (!this.#outstanding.has(index)) continue;
        const living = await Promise.all(this.#jobsOf(index).map((id) => this.#isLiving(id)));
        if (!living.includes(true)) lost.push(index);
      }
    }
    if (lost.length === 0) return;
    await this.#sendFiles();
    await this.#add(lost, 1);
  }

  /** Returns false for a job that is gone or has failed, which is removed. */
  async #isLiving(id: string): Promise<boolean> {
    if (Number(await this.#redis.send("EXISTS", [jobKey(this.#build, id)])) === 0) return false;
    if ((await this.#redis.send("ZSCORE", [jobKey(this.#build, "failed"), id])) === null) return true;
    await this.#queue.remove(id);
    return false;
  }

  async #hasWorkers(): Promise<boolean> {
    const living = (await this.#redis.send("EVAL", [
      LIVING,
      "1",
      WORKERS_KEY,
      String(LIVING_MS),
    ])) as string[];
    if (living.some((name) => name.startsWith(`${this.#build}/`))) return true;
    const others = new Set(living.map((name) => name.split("/")[0]));
    const seen = others.size === 0 ? "" : `; there are workers of ${printable([...others].join(", "))}`;
    this.#options.onWaiting?.(`waiting for workers of emu ${this.#build}${seen}`);
    return false;
  }

  async #collect(indexes: readonly number[]): Promise<void> {
    if (indexes.length === 0) return;
    const texts = (await this.#redis.send("HMGET", [this.#keys.results, ...indexes.map(String)])) as (
      | string
      | null
    )[];
    for (const [at, text] of texts.entries()) {
      if (text === null) continue;
      const { graded, worker }: StoredResult = decodeStored(text);
      this.#deliver(indexes[at]!, graded, worker);
    }
  }

  /** Takes the result of a test, the first time that it comes. */
  #deliver(index: number, graded: Graded, worker: string): void {
    const prepared = this.#tests[index];
    if (prepared === undefined || !this.#outstanding.delete(index)) return;
    const result = this.#localized(prepared, graded);
    this.#results[index] = result;
    this.#options.onResult?.(result, ++this.#done, worker.replace(/^[^/]*\//, ""));
  }

  /** The result as it would be on this machine: with its paths, and warnings of symbol files. */
  #localized({ portable, warnings }: Prepared, graded: Graded): Graded {
    const mapped = mapTexts(graded, (text) => {
      let out = text;
      if (!text.includes("\u0001")) return text;
      for (const [place, path] of portable.paths) out = out.replaceAll(placeMark(place), printable(path));
      return out;
    });
    if (warnings.length === 0) return mapped;
    return {
      ...mapped,
      result: { ...mapped.result, warnings: [...(mapped.result.warnings ?? []), ...warnings] },
    };
  }

  async #applyBroken(): Promise<void> {
    const broken = (await this.#redis.send("HGETALL", [this.#keys.broken])) as Record<string, string>;
    for (const [index, detail] of Object.entries(broken ?? {})) {
      const graded = this.#results[Number(index)];
      if (graded !== undefined) {
        this.#results[Number(index)] = { ...graded, result: { ...graded.result, verdict: "error", detail } };
      }
    }
  }

  #incomplete(index: number): Graded {
    const detail = `incomplete: no worker of emu ${this.#build} ran it`;
    return {
      isIncomplete: true,
      result: resultOf(
        this.#tests[index]!.test,
        { verdict: "error", detail },
        { frames: 0, milliseconds: 0 },
      ),
    };
  }

  /** Removes the run from Redis. */
  async #forget(): Promise<void> {
    const ids = new Set([...this.#outstanding].flatMap((index) => this.#jobsOf(index)));
    for (const id of ids) await this.#queue.remove(id).catch(() => {});
    await this.#redis.send("DEL", Object.values(this.#keys));
    await keepQueue(this.#redis, this.#build);
  }
}

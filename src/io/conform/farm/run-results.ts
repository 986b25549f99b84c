import { InputError } from "../../../emu/input-error.ts";
import type { Graded } from "../grade.ts";
import { resultOf } from "../results.ts";
import { BATCH, runKeys } from "./keys.ts";
import { localized, type Prepared } from "./prepare.ts";
import type { FarmRedis } from "./redis.ts";
import { decodeStored, type StoredResult } from "./stored-result.ts";

/** Called with each result, the number of results so far, and the worker's name without its build. */
export type OnFarmResult = (graded: Graded, done: number, worker: string) => void;

/** The results of a run, which it fetches from Redis as workers store them. */
export class RunResults {
  readonly #redis: FarmRedis;
  readonly #run: string;
  readonly #tests: readonly Prepared[];
  readonly #onResult: OnFarmResult | undefined;
  readonly #results: (Graded | undefined)[];
  readonly #outstanding: Set<number>;
  #done = 0;
  /** Number of entries of the list `done` that were read. */
  #read = 0;

  /** Tests that cannot be sent get their results here. */
  constructor(redis: FarmRedis, run: string, tests: readonly Prepared[], onResult: OnFarmResult | undefined) {
    this.#redis = redis;
    this.#run = run;
    this.#tests = tests;
    this.#onResult = onResult;
    this.#results = tests.map(() => undefined);
    this.#outstanding = new Set(tests.keys());
    for (const [index, { failed }] of tests.entries()) if (failed) this.#deliver(index, failed, "");
  }

  /** The indexes of tests without a result. */
  get outstanding(): ReadonlySet<number> {
    return this.#outstanding;
  }

  /** Fetches the results that have come since the last time. Returns false if there are none. */
  async collectNew(): Promise<boolean> {
    const { done: key } = runKeys(this.#run);
    const range = [String(this.#read), String(this.#read + BATCH - 1)];
    const done = await this.#redis.texts("LRANGE", [key, ...range]);
    this.#read += done.length;
    await this.#collect(done.map(Number).filter((index) => this.#outstanding.has(index)));
    return done.length > 0;
  }

  /** Notices that the list of new results is shorter, as that of a Redis that was started again can be. */
  async rewind(): Promise<void> {
    this.#read = Math.min(this.#read, await this.#redis.count("LLEN", [runKeys(this.#run).done]));
  }

  /** Fetches the results that are there of tests without one. */
  async collectAll(): Promise<void> {
    const indexes = [...this.#outstanding];
    for (let at = 0; at < indexes.length; at += BATCH) await this.#collect(indexes.slice(at, at + BATCH));
  }

  /** Makes a test an error. */
  fail(index: number, detail: string): void {
    this.#deliver(index, this.#error(index, detail), "");
  }

  /** The results in the order of the tests. Those without one are incomplete, for a reason. */
  async all(incomplete: string): Promise<Graded[]> {
    const broken = await this.#redis.fields(runKeys(this.#run).broken);
    return this.#results.map((graded, index) => {
      if (graded === undefined) {
        return { result: { ...this.#error(index, `incomplete: ${incomplete}`).result, incomplete: true } };
      }
      const detail = broken[index];
      if (detail === undefined) return graded;
      return { ...graded, result: { ...graded.result, verdict: "error", detail } };
    });
  }

  async #collect(indexes: readonly number[]): Promise<void> {
    if (indexes.length === 0) return;
    const damaged: number[] = [];
    for (const [index, text] of await this.#resultsOf(indexes)) {
      this.#take(index, text, () => damaged.push(index));
    }
    if (damaged.length === 0) return;
    // They may be damaged on their way only.
    this.#redis.reconnect();
    for (const [index, text] of await this.#resultsOf(damaged)) {
      this.#take(index, text, ({ message }) => this.fail(index, message));
    }
  }

  /** The results that are there, as they are stored. */
  async #resultsOf(indexes: readonly number[]): Promise<(readonly [index: number, text: string])[]> {
    const fields = [runKeys(this.#run).results, ...indexes.map(String)];
    const texts = await this.#redis.texts("HMGET", fields, indexes.length);
    return texts.flatMap((text, at) => (text === null ? [] : [[indexes[at]!, text] as const]));
  }

  /** Takes a stored result, or calls `onDamage`. */
  #take(index: number, text: string, onDamage: (error: InputError) => void): void {
    let stored: StoredResult;
    try {
      stored = decodeStored(this.#run, index, text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      onDamage(error);
      return;
    }
    this.#deliver(index, stored.graded, stored.worker);
  }

  /** Takes the result of a test, the first time that it comes. */
  #deliver(index: number, graded: Graded, worker: string): void {
    const prepared = this.#tests[index];
    if (prepared === undefined || !this.#outstanding.delete(index)) return;
    const result = localized(prepared, graded);
    this.#results[index] = result;
    this.#onResult?.(result, ++this.#done, worker.replace(/^[^/]*\//, ""));
  }

  #error(index: number, detail: string): Graded {
    const outcome = { verdict: "error", detail } as const;
    return { result: resultOf(this.#tests[index]!.test, outcome, { frames: 0, milliseconds: 0 }) };
  }
}

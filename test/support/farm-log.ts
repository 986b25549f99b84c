import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { WORKERS_KEY } from "../../src/io/conform/farm/keys.ts";

/** Keys that a test sets around what it does to a farm, so that the log has it in its order. */
export const DISTURBANCE = {
  killsWorker: (pid: number): string => `test:kills-worker:${pid}`,
  killsRedis: "test:kills-redis",
  hasRedisAgain: "test:has-redis-again",
} as const;

/** A test that a worker has begun. */
interface Begun {
  readonly worker: string;
  readonly at: number;
}

/** Counts of a log. */
export interface Executions {
  /** Tests that a worker has begun, and those of them that another one had begun before. */
  executions: number;
  second: number;
  /** Second executions by why the first one did not count. */
  afterKilledWorker: number;
  afterKilledRedis: number;
  afterSilentWorker: number;
  readonly unexplained: string[];
  verdicts: number;
  /** Tests that got a verdict twice in one run. */
  readonly doubled: string[];
  /** Tests whose executions disagreed. */
  readonly broken: string[];
}

/**
 * Counts the executions and verdicts of every test of a farm from Redis's append-only file, which has all
 * changes in their order, also of servers that were killed. The Redis must keep the whole file:
 * `--auto-aof-rewrite-percentage 0`. A worker that was silent for `silentMs` may have lost its job.
 */
export function countExecutions(folder: string, silentMs: number): Executions {
  const log = new FarmLog(silentMs);
  const files = join(folder, "appendonlydir");
  for (const name of readdirSync(files).sort()) {
    if (/\.incr\.aof$/.test(name))
      for (const command of commandsIn(readFileSync(join(files, name)))) log.take(command);
  }
  return log.counts;
}

/** The commands in Redis's protocol. The last one may be cut off. */
function* commandsIn(bytes: Buffer): Generator<string[]> {
  let at = 0;
  const line = (): string | undefined => {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const text = bytes.toString("latin1", at, end);
    at = end + 2;
    return text;
  };
  for (;;) {
    const count = line();
    if (count === undefined) return;
    if (!count.startsWith("*")) throw new Error(`an append-only file has ${count}`);
    const command: string[] = [];
    for (let left = Number(count.slice(1)); left > 0; left--) {
      const length = Number(line()?.slice(1) ?? Number.NaN);
      if (!(at + length + 2 <= bytes.length)) return;
      command.push(bytes.toString("latin1", at, at + length));
      at += length + 2;
    }
    yield command;
  }
}

class FarmLog {
  readonly counts: Executions = {
    executions: 0,
    second: 0,
    afterKilledWorker: 0,
    afterKilledRedis: 0,
    afterSilentWorker: 0,
    unexplained: [],
    verdicts: 0,
    doubled: [],
    broken: [],
  };
  readonly #silentMs: number;
  /** By key and index: marks of workers as Redis has them, who has begun a test, tests with a verdict. */
  readonly #marks = new Map<string, string>();
  readonly #begun = new Map<string, Begun[]>();
  readonly #verdicts = new Set<string>();
  readonly #killedPids = new Set<string>();
  /** Positions between which Redis was killed and started. */
  readonly #restarts: { readonly from: number; to: number }[] = [];
  /** For each worker the times at which it said that it lives. */
  readonly #beats = new Map<string, { readonly at: number; readonly ms: number }[]>();
  #at = 0;

  constructor(silentMs: number) {
    this.#silentMs = silentMs;
  }

  take([name = "", key = "", ...args]: readonly string[]): void {
    this.#at++;
    const command = name.toUpperCase();
    const isRun = key.startsWith("emufarm:run:");
    if (isRun && (command === "DEL" || command === "UNLINK")) this.#forget([key, ...args]);
    else if (isRun && key.endsWith(":starts") && command === "HSET") this.#begin(key, args);
    else if (isRun && key.endsWith(":starts") && command === "HDEL") this.#marks.delete(`${key} ${args[0]}`);
    else if (isRun && key.endsWith(":results") && command === "HSETNX") this.#verdict(`${key} ${args[0]}`);
    else if (isRun && key.endsWith(":broken") && command === "HSET") this.counts.broken.push(args.join(" "));
    else if (key === WORKERS_KEY && command === "ZADD") this.#beat(args[1]!, Number(args[0]));
    else if (key.startsWith("test:kills-worker:")) this.#killedPids.add(key.split(":")[2]!);
    else if (key === DISTURBANCE.killsRedis)
      this.#restarts.push({ from: this.#at, to: Number.POSITIVE_INFINITY });
    else if (key === DISTURBANCE.hasRedisAgain)
      for (const each of this.#restarts) each.to = Math.min(each.to, this.#at);
  }

  #forget(keys: readonly string[]): void {
    const run = (key: string): string => key.split(":")[2]!;
    const gone = new Set(keys.map(run));
    for (const kept of [this.#marks, this.#begun, this.#verdicts]) {
      for (const test of [...kept.keys()]) if (gone.has(run(test))) kept.delete(test);
    }
  }

  #begin(key: string, [index = "", mark = ""]: readonly string[]): void {
    const test = `${key} ${index}`;
    const before = this.#marks.get(test) ?? "";
    this.#marks.set(test, mark);
    if (mark === "!" || !mark.startsWith(before)) return;
    for (const worker of mark.slice(before.length).trim().split(" ")) {
      const others = this.#begun.get(test) ?? [];
      this.counts.executions++;
      if (others.length > 0) {
        this.counts.second++;
        this.#explain(test, others);
      }
      this.#begun.set(test, [...others, { worker, at: this.#at }]);
    }
  }

  #explain(test: string, others: readonly Begun[]): void {
    const { worker, at } = others.at(-1)!;
    const { counts } = this;
    if (this.#killedPids.has(worker.split(":").at(-2)!)) counts.afterKilledWorker++;
    else if (this.#restarts.some(({ from, to }) => from <= this.#at && to >= at)) counts.afterKilledRedis++;
    else if (this.#wasSilent(worker, at)) counts.afterSilentWorker++;
    else counts.unexplained.push(`${test} after ${worker}`);
  }

  /** Returns true if a worker has been silent for long at some time since a position. */
  #wasSilent(worker: string, since: number): boolean {
    const beats = this.#beats.get(worker) ?? [];
    const times = beats.filter(({ at }, i) => at >= since || (beats[i + 1]?.at ?? since) >= since);
    const lastMs = Math.max(...[...this.#beats.values()].map((all) => all.at(-1)!.ms));
    const gaps = times.map(({ ms }, i) => (times[i + 1]?.ms ?? lastMs) - ms);
    return Math.max(0, ...gaps) >= this.#silentMs;
  }

  #verdict(test: string): void {
    this.counts.verdicts++;
    if (this.#verdicts.has(test)) this.counts.doubled.push(test);
    this.#verdicts.add(test);
  }

  #beat(worker: string, ms: number): void {
    const beats = this.#beats.get(worker) ?? [];
    beats.push({ at: this.#at, ms });
    this.#beats.set(worker, beats);
  }
}

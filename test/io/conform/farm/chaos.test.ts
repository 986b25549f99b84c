/** The farm while workers, Redis and submitters are killed at random, for 10 minutes in `npm run soak`. */
import { afterEach, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_UNAVAILABLE } from "../../../../src/cli/exit-codes.ts";
import { countExecutions, DISTURBANCE } from "../../../support/farm-log.ts";
import { Prng } from "../../../support/prng.ts";
import { endingWithThis, hasRedis, TestRedis } from "../../../support/redis.ts";
import { SOAK } from "../../../support/shared.ts";
import { soakSize } from "../../../support/soak.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { blarggStatus, TestProgram } from "../../../support/test-program.ts";

const ROOT = join(import.meta.dir, "../../../..");
const SOAK_MS = 600_000;
const WORKERS = 2;
const LOST_AFTER_SECONDS = 3;
const KINDS = ["worker", "redis", "submitter"] as const;

const folder = temporaryFolder("farm-chaos");

const program = () => blarggStatus(new TestProgram().waitFrames(2), 0x80).waitFrames(3);
writeFileSync(join(folder, "pass.nes"), blarggStatus(program(), 0, "ok").forever().toRom());
writeFileSync(join(folder, "fail.nes"), blarggStatus(program(), 3, "no").forever().toRom());
writeFileSync(join(folder, "long.nes"), program().forever().toRom());

/** What a process that fails or hangs has said. */
interface Said {
  readonly what: string;
  readonly child: Bun.Subprocess;
  readonly file: string;
}

/** Processes of a farm, which can be killed. */
class Chaos {
  readonly #redis: TestRedis;
  readonly #argv: readonly string[];
  #workers: Bun.Subprocess[] = [];
  #submitter: Bun.Subprocess<"ignore", "pipe", Bun.BunFile> | undefined;
  readonly #said: Said[] = [];
  #isStopped = false;

  constructor(redis: TestRedis, manifest: string) {
    this.#redis = redis;
    this.#argv = ["conform", manifest, "--json", "--farm", redis.url];
    for (let i = 0; i < WORKERS; i++) this.#startWorker();
  }

  /** Runs the manifest to its end; `disturb` is called until then. Returns the report and its exit code. */
  async run(disturb: (isOver: () => boolean) => Promise<void>): Promise<[Report, number]> {
    this.#startSubmitter();
    let isOver = false;
    const finished = (async () => {
      for (;;) {
        const submitter = this.#submitter!;
        const text = await new Response(submitter.stdout).text();
        const exitCode = await submitter.exited;
        if (submitter.signalCode !== null) await this.#next(submitter);
        else if (exitCode === EXIT_UNAVAILABLE) this.#startSubmitter();
        else return [JSON.parse(text), exitCode] as [Report, number];
      }
    })().finally(() => {
      isOver = true;
    });
    await Promise.all([finished, disturb(() => isOver)]);
    return finished;
  }

  /** Kills a worker while it runs a test that no killed worker has begun; two would end the test. */
  async killWorker(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const pids = await this.#onlyPids();
      const victim = this.#workers.find(({ pid, killed }) => !killed && pids.includes(pid));
      if (victim !== undefined) {
        await this.#redis.send("SET", DISTURBANCE.killsWorker(victim.pid), "1");
        victim.kill("SIGKILL");
        this.#startWorker();
        return;
      }
      await Bun.sleep(20);
    }
  }

  /** A worker or submitter that begins meanwhile cannot reach Redis, and is started again. */
  async killRedis(): Promise<void> {
    await this.#redis.send("SET", DISTURBANCE.killsRedis, "1");
    await this.#redis.kill();
    await this.#redis.start();
    await this.#redis.send("SET", DISTURBANCE.hasRedisAgain, "1");
  }

  killSubmitter(): void {
    this.#submitter!.kill("SIGKILL");
    this.#startSubmitter();
  }

  /** Number of results in Redis. */
  async results(): Promise<number> {
    const [key] = (await this.#redis.send("KEYS", "emufarm:run:*:results")) as string[];
    return key === undefined ? 0 : Number(await this.#redis.send("HLEN", key));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { child } of this.#said) child.kill("SIGKILL");
    await this.#redis.stop();
  }

  /** Prints the state of each process, what it has said, and the keys in Redis. */
  async explain(): Promise<void> {
    for (const { what, child, file } of this.#said) {
      const state = child.signalCode ?? child.exitCode ?? "runs";
      console.log(`${what} ${child.pid} (${state}): ${readFileSync(file, "utf8").trimEnd()}`);
    }
    const keys = (await this.#redis.send("KEYS", "*").catch(() => [])) as string[];
    for (const key of keys.toSorted()) {
      const sizes = {
        hash: "HLEN",
        list: "LLEN",
        zset: "ZCARD",
        set: "SCARD",
        stream: "XLEN",
        string: "STRLEN",
      };
      const type = (await this.#redis.send("TYPE", key)) as keyof typeof sizes | "none";
      const size = type === "none" ? 0 : await this.#redis.send(sizes[type], key);
      console.log(`${key}: ${type} of ${size}, expires in ${await this.#redis.send("PTTL", key)} ms`);
    }
  }

  /** Process ids of workers that are the only ones to have begun their test. */
  async #onlyPids(): Promise<number[]> {
    const [key] = (await this.#redis.send("KEYS", "emufarm:run:*:starts")) as string[];
    if (key === undefined) return [];
    const marks = Object.values((await this.#redis.send("HGETALL", key)) as Record<string, string>);
    return marks
      .map((mark) => mark.trim().split(" "))
      .filter((names) => names.length === 1)
      .map(([name = ""]) => Number(name.split(":").at(-2)));
  }

  async #next(ended: Bun.Subprocess): Promise<void> {
    while (this.#submitter === ended) await Bun.sleep(5);
  }

  #newLog(): string {
    const file = join(folder, `said-${this.#said.length}.txt`);
    writeFileSync(file, "");
    return file;
  }

  #startSubmitter(): void {
    const file = this.#newLog();
    this.#submitter = Bun.spawn(endingWithThis([process.execPath, "src/cli/main.ts", ...this.#argv]), {
      cwd: ROOT,
      stdout: "pipe",
      stderr: Bun.file(file),
      stdin: "ignore",
    });
    this.#said.push({ what: "submitter", child: this.#submitter, file });
  }

  #startWorker(): void {
    const options = ["--jobs", "1", "--lost-after", String(LOST_AFTER_SECONDS)];
    const argv = [process.execPath, "src/cli/main.ts", "worker", this.#redis.url, ...options];
    const file = this.#newLog();
    const worker = Bun.spawn(endingWithThis(argv), {
      cwd: ROOT,
      env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache") },
      stdout: "ignore",
      stderr: Bun.file(file),
      stdin: "ignore",
    });
    this.#workers.push(worker);
    worker.exited.then((exitCode) => {
      this.#workers = this.#workers.filter((other) => other !== worker);
      if (exitCode === EXIT_UNAVAILABLE && !this.#isStopped) this.#startWorker();
    });
    this.#said.push({ what: "worker", child: worker, file });
  }
}

interface Report {
  readonly tests: readonly { readonly name: string; readonly verdict: string; readonly detail: string }[];
}

/** By chance, a worker begins a test of a killed one just before it is killed too. */
const isGivenUp = ({ detail }: Report["tests"][number]): boolean =>
  detail === "2 workers ended while they ran this test";

/** Writes a manifest, and returns the expected verdicts in its order. */
function writeManifest(path: string, count: number): string[] {
  const rows: string[] = [];
  const expected: string[] = [];
  for (let i = 0; i < count; i++) {
    const kind = i % 10 === 9 ? "long" : i % 4 === 3 ? "fail" : "pass";
    const frames = kind === "long" ? 900 + i : 100;
    rows.push(
      `[[test]]\nname = "t${i}"\nrom = "${kind}.nes"\nprotocol = "blargg-6000"\nmaxFrames = ${frames}\n`,
    );
    expected.push(`t${i} ${kind === "pass" ? "pass" : "fail"}`);
  }
  writeFileSync(path, rows.join("\n"));
  return expected;
}

/** The farm of a test that has not ended, such as by its time limit. */
let open: Chaos | undefined;

afterEach(async () => {
  await open?.explain();
  await open?.stop();
  open = undefined;
});

test.skipIf(!hasRedis)(
  "loses and doubles no verdict when workers, Redis and submitters are killed",
  async () => {
    const seed = Number(process.env.EMU_TEST_SEED ?? (SOAK ? Math.floor(performance.now() * 1e6) >>> 0 : 1));
    console.log(`seed ${seed} (EMU_TEST_SEED)`);
    const random = new Prng(seed);
    const redis = await new TestRedis(
      ...["--appendonly", "yes", "--appendfsync", "always"],
      ...["--auto-aof-rewrite-percentage", "0"],
    ).start();
    const manifest = join(folder, "tests.toml");
    const expected = writeManifest(manifest, soakSize(60, 3000));
    const chaos = new Chaos(redis, manifest);
    open = chaos;
    const kills = { worker: 0, redis: 0, submitter: 0 };
    // The short form kills each once, in any order.
    let kinds = [...KINDS];
    const disturb = async (isOver: () => boolean): Promise<void> => {
      let reached = 0;
      while (!isOver() && kinds.length > 0) {
        const least = reached + 1 + random.below(soakSize(8, 300));
        while (!isOver() && reached < least) {
          reached = Math.max(reached, await chaos.results());
          await Bun.sleep(10);
        }
        const kind = kinds[random.below(kinds.length)]!;
        if (!SOAK) kinds = kinds.filter((other) => other !== kind);
        if (isOver()) return;
        kills[kind]++;
        if (kind === "worker") await chaos.killWorker(isOver);
        else if (kind === "redis") await chaos.killRedis();
        else chaos.killSubmitter();
      }
    };
    const start = performance.now();
    let rounds = 0;
    let givenUp = 0;
    do {
      const [report, exitCode] = await chaos.run(disturb);
      const given = report.tests.map((one, i) =>
        isGivenUp(one) ? expected[i] : `${one.name} ${one.verdict}`,
      );
      expect(given).toEqual(expected);
      expect(exitCode).toBe(1);
      givenUp += report.tests.filter(isGivenUp).length;
      expect(2 * givenUp).toBeLessThanOrEqual(kills.worker);
      // The run stays for some seconds if a submitter was killed just before.
      while (((await redis.send("KEYS", "emufarm:run:*")) as string[]).length > 0) await Bun.sleep(50);
      rounds++;
    } while (SOAK ? performance.now() - start < SOAK_MS : kinds.length > 0);
    const counts = Object.entries(kills).map(([kind, times]) => `${times} × ${kind}`);
    console.log(`${rounds * expected.length} tests, ${givenUp} given up, killed ${counts.join(", ")}`);
    const { doubled, broken, unexplained, ...all } = countExecutions(redis.folder, 500 * LOST_AFTER_SECONDS);
    console.log(
      `${all.executions} executions, ${all.second} of them second ones: after a killed worker ` +
        `${all.afterKilledWorker}, a killed Redis ${all.afterKilledRedis}, a silent worker ${all.afterSilentWorker}`,
    );
    expect([doubled, broken, unexplained]).toEqual([[], [], []]);
    expect(all.verdicts).toBe(rounds * expected.length);
    open = undefined;
    await chaos.stop();
  },
);

/** The farm with real processes on a Redis of its own: its reports, and what happens when parts of it die. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_IO } from "../../../../src/cli/exit-codes.ts";
import { buildId } from "../../../../src/io/conform/build-id.ts";
import { collectMovies } from "../../../../src/io/conform/collect-movies.ts";
import { encodeStored } from "../../../../src/io/conform/farm/stored-result.ts";
import { type FarmOptions, runOnFarm } from "../../../../src/io/conform/farm/submit.ts";
import type { Graded } from "../../../../src/io/conform/grade.ts";
import { runTests } from "../../../../src/io/conform/run-tests.ts";
import type { TestSpec } from "../../../../src/io/conform/types.ts";
import { emu } from "../../../support/cli.ts";
import {
  begunTests,
  farmRoms,
  keysWithoutExpiry,
  startFarmWorker,
  submitTo,
  until,
  verdictsOf as verdicts,
  type WorkerMore,
} from "../../../support/farm.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { hasRedis, TestRedis } from "../../../support/redis.ts";
import { soakSize } from "../../../support/soak.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { blarggStatus, TestProgram } from "../../../support/test-program.ts";
import { testResult } from "../../../support/test-results.ts";

const ROOT = join(import.meta.dir, "../../../..");
const folder = temporaryFolder("farm");

const { romFile, start, spec, PASSING, FAILING, ENDLESS } = farmRoms(folder);
/** Runs until something ends it. */
const long = (name: string) => spec(name, ENDLESS, { maxFrames: 10_000_000 });

const withoutTimes = (graded: readonly Graded[]): string =>
  encodeStored("", 0, {
    graded: graded.map((one) => ({ ...one, result: { ...one.result, milliseconds: 0 } })) as never,
    worker: "",
  });

let workers: Bun.Subprocess[] = [];
let redis: TestRedis;

function startWorker(lostAfter?: number, ...more: WorkerMore): Bun.Subprocess {
  const worker = startFarmWorker(folder, redis.url, lostAfter, ...more);
  workers.push(worker);
  return worker;
}
const submit = (tests: readonly TestSpec[], more: Partial<FarmOptions> = {}) =>
  submitTo(redis.url, tests, more);

const begun = () => begunTests(redis);

async function killHard(worker: Bun.Subprocess): Promise<void> {
  worker.kill("SIGKILL");
  await worker.exited;
}

afterEach(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await Promise.all(workers.map((worker) => worker.exited));
  workers = [];
  await redis?.stop();
});

/** A command line for three tests. */
function submitterArgv(name: string): string[] {
  const roms = [1, 2, 3].map((i) =>
    romFile(`${name}${i}.nes`, blarggStatus(start(), 0, `${name}${i}`).forever()),
  );
  return [process.execPath, "src/cli/main.ts", "conform", ...roms, "--json", "--farm", redis.url];
}

/** Runs a command until it has sent its jobs, and kills it. */
async function killedSubmitter(argv: string[]): Promise<void> {
  const submitter = Bun.spawn(argv, { cwd: ROOT, stdout: "ignore", stderr: "ignore" });
  await until(async () => {
    const [key] = (await redis.send("KEYS", "emufarm:conform-*:wait")) as string[];
    return key !== undefined && Number(await redis.send("TTL", key)) > 0 ? true : undefined;
  });
  await killHard(submitter);
}

/** Exit code, and the numbers of passed tests and of tests. */
async function reportOf(argv: string[]): Promise<number[]> {
  const submitter = Bun.spawn(argv, { cwd: ROOT, stdout: "pipe", stderr: "ignore" });
  const report = JSON.parse(await new Response(submitter.stdout).text());
  return [await submitter.exited, report.passed, report.tests.length];
}

describe.skipIf(!hasRedis)("a farm", () => {
  test("reports the same as one machine, but for times, and leaves nothing behind but files", async () => {
    const golden = join(folder, "none.golden");
    const movies = join(folder, "movies");
    mkdirSync(movies);
    writeFileSync(join(movies, "a.nes"), new TestProgram().forever().toRom());
    const movie = { emuMovie: 1, frames: 20, input: [] };
    for (const [name, more] of Object.entries({
      a: {},
      desync: { hashes: [[9, "00000000"]], rom: { name: "a" } },
    })) {
      writeFileSync(join(movies, `${name}.json`), JSON.stringify({ ...movie, ...more }));
    }
    writeFileSync(join(movies, "broken.fm2"), "version 3\nrerecordCount x\n");
    const expectation = {
      name: "e",
      at: { line: 1, column: 1 },
      rules: { memory: [], registers: [], text: ["NOT THERE"], noText: [] },
      frame: 5,
    };
    const tests = [
      spec("a"),
      spec("b", FAILING),
      spec("missing", join(folder, "missing.nes")),
      spec("golden", PASSING, { protocol: "frame-hashes", goldenFile: golden }),
      spec("picture", PASSING, {
        protocol: "expect",
        expect: [
          {
            ...expectation,
            rules: {
              ...expectation.rules,
              text: [],
              picture: { file: golden, label: "x", tolerance: 0, differingPixels: 0 },
            },
          },
        ],
      }),
      spec("text", PASSING, { protocol: "expect", expect: [expectation] }),
      spec("input", PASSING, { inputFile: join(folder, "none.fm2") }),
      spec("known", FAILING, { knownFailure: "new" }),
      spec("detect", PASSING, { protocol: "detect" }),
      ...(await collectMovies([movies], [])),
    ];
    const local = await runTests(tests, { jobs: 1, pictures: true });
    redis = await new TestRedis().start();
    startWorker();
    startWorker();
    const { graded, told } = await submit(tests);
    expect(withoutTimes(graded)).toBe(withoutTimes(local));
    expect(told.toSorted()).toEqual(tests.map(({ rom }) => rom).toSorted());
    expect(await redis.send("KEYS", "emufarm:run:*")).toEqual([]);
    expect(await redis.send("KEYS", "emufarm:file:*")).toHaveLength(6);
    const worker = workers[0]!;
    worker.kill("SIGINT");
    await worker.exited;
    expect(await keysWithoutExpiry(redis, "emufarm:conform-*")).toEqual([]);
  });

  test("loses and doubles no verdict when workers are killed", async () => {
    redis = await new TestRedis().start();
    const tests = Array.from({ length: soakSize(16, 400) }, (_, i) =>
      i % 4 === 3 ? spec(`f${i}`, FAILING) : spec(`p${i}`, ENDLESS, { maxFrames: 900 + i }),
    );
    for (let i = 0; i < 3; i++) startWorker();
    const running = submit(tests);
    let isOver = false;
    running.finally(() => {
      isOver = true;
    });
    for (let kills = 0; kills < soakSize(3, 60) && !isOver; kills++) {
      // A test that two killed workers have begun is given up, so only first executions are hit here.
      const victim = await until(async () => {
        if (isOver) return null;
        const first = [...(await begun()).values()].find((pids) => pids.length === 1);
        return workers.find(({ pid, killed }) => !killed && pid === first?.[0]);
      });
      if (victim === null) break;
      await killHard(victim);
      startWorker();
    }
    const { graded, told } = await running;
    const expected = tests.map(({ name }) => `${name} fail`);
    expect(verdicts(graded)).toEqual(expected);
    expect(told.toSorted()).toEqual(tests.map(({ name }) => name).toSorted());
  });

  test("loses and doubles no verdict of jobs with several tests when a worker is killed", async () => {
    redis = await new TestRedis().start();
    // Jobs of three tests; those with a long one give back the others.
    const tests = Array.from({ length: soakSize(520, 5000) }, (_, i) =>
      i % 100 === 50 ? spec(`l${i}`, ENDLESS, { maxFrames: 3000 }) : spec(`p${i}`, PASSING),
    );
    const victim = startWorker(2);
    const running = submit(tests);
    await until(async () => ((await begun()).has(50) ? true : undefined));
    await killHard(victim);
    startWorker(2);
    const { graded, told } = await running;
    expect(verdicts(graded)).toEqual(tests.map(({ name }) => `${name} ${name[0] === "l" ? "fail" : "pass"}`));
    expect(told.toSorted()).toEqual(tests.map(({ name }) => name).toSorted());
  });

  test("gives up a test after two workers ended while they ran it, and no other", async () => {
    redis = await new TestRedis().start();
    const running = submit([long("poison"), spec("a"), spec("b", FAILING)]);
    for (let deaths = 1; deaths <= 2; deaths++) {
      const worker = startWorker(2);
      await until(async () => ((await begun()).get(0)?.includes(worker.pid) === true ? true : undefined));
      await killHard(worker);
    }
    startWorker(2);
    const { graded } = await running;
    expect(verdicts(graded)).toEqual(["poison error", "a pass", "b fail"]);
    expect(graded[0]?.result.detail).toBe("2 workers ended while they ran this test");
  });

  test.each([
    ["what it had written", ["--appendonly", "yes", "--appendfsync", "always"]],
    ["nothing", []],
  ])("goes on after Redis was killed and started again with %s", async (_what, options) => {
    redis = await new TestRedis(...options).start();
    const tests = Array.from({ length: 6 }, (_, i) => spec(`t${i}`, ENDLESS, { maxFrames: 1500 + i }));
    startWorker();
    const running = submit(tests);
    await until(async () => ((await begun()).size > 0 ? true : undefined));
    await redis.kill();
    await redis.start();
    const { graded, told } = await running;
    expect(verdicts(graded)).toEqual(tests.map(({ name }) => `${name} fail`));
    expect(told.toSorted()).toEqual(tests.map(({ name }) => name));
  });

  test("is resumed by the same command after the submitter was killed", async () => {
    redis = await new TestRedis().start();
    const argv = submitterArgv("r");
    await killedSubmitter(argv);
    startWorker();
    await until(async () => {
      const [key] = (await redis.send("KEYS", "emufarm:run:*:results")) as string[];
      return key !== undefined && (await redis.send("HLEN", key)) === 3 ? true : undefined;
    });
    for (const worker of workers) await killHard(worker);
    expect(await reportOf(argv)).toEqual([0, 3, 3]);
  });

  test("drops the jobs of a killed submitter when its lease has ended, until the same command resumes", async () => {
    redis = await new TestRedis().start();
    const argv = submitterArgv("l");
    await killedSubmitter(argv);
    // Without a worker, nothing of the run stays for longer than two days.
    expect(await keysWithoutExpiry(redis, "emufarm:*")).toEqual([]);
    const [lease = ""] = (await redis.send("KEYS", "emufarm:run:*:lease")) as string[];
    await redis.send("PEXPIRE", lease, "1");
    const worker = startWorker(3, redis.url, "pipe");
    let said = "";
    for await (const bytes of worker.stderr as ReadableStream<Uint8Array>) {
      said += new TextDecoder().decode(bytes);
      if (said.split("dropped 1 test: the command that sent it has ended").length === 4) break;
    }
    expect(await redis.send("KEYS", "emufarm:run:*:results")).toEqual([]);
    expect(await reportOf(argv)).toEqual([0, 3, 3]);
  });

  test("lets an interrupted worker finish the test that it has begun, and only that", async () => {
    redis = await new TestRedis().start();
    const running = submit([spec("begun", ENDLESS, { maxFrames: 3000 }), spec("next", FAILING)]);
    const worker = startWorker();
    await until(async () => ((await begun()).has(0) ? true : undefined));
    worker.kill("SIGINT");
    expect(await worker.exited).toBe(0);
    expect([...(await begun()).keys()]).toEqual([]);
    startWorker();
    expect(verdicts((await running).graded)).toEqual(["begun fail", "next fail"]);
  });

  test("leaves nothing of an interrupted run but files", async () => {
    redis = await new TestRedis().start();
    const interrupt = new AbortController();
    const running = submit([spec("a"), spec("b")], { signal: interrupt.signal });
    await until(async () =>
      ((await redis.send("KEYS", "emufarm:conform-*:wait")) as string[]).length > 0 ? true : undefined,
    );
    interrupt.abort(new Error("interrupted"));
    expect(await running.catch((error: Error) => error.message)).toBe("interrupted");
    expect(await redis.send("KEYS", "emufarm:run:*")).toEqual([]);
    expect(await redis.send("KEYS", "emufarm:conform-*:wait")).toEqual([]);
  });

  test("leaves nothing of an interrupted run but files when a worker finishes its test later", async () => {
    redis = await new TestRedis().start();
    const interrupt = new AbortController();
    const tests = [spec("begun", ENDLESS, { maxFrames: 3000 }), spec("next", FAILING)];
    const running = submit(tests, { signal: interrupt.signal }).catch(() => {});
    const worker = startWorker();
    await until(async () => ((await begun()).has(0) ? true : undefined));
    interrupt.abort(new Error("interrupted"));
    await running;
    worker.kill("SIGINT");
    expect(await worker.exited).toBe(0);
    expect(await redis.send("KEYS", "emufarm:run:*")).toEqual([]);
  });

  test("runs the same tests once for two commands, and gives both all verdicts as they come", async () => {
    redis = await new TestRedis().start();
    const tests = Array.from({ length: 6 }, (_, i) => spec(`t${i}`, ENDLESS, { maxFrames: 1500 + i }));
    const interrupt = new AbortController();
    const interrupted = submit(tests, { signal: interrupt.signal }).catch(() => {});
    const first = submit(tests);
    startWorker();
    await until(async () => ((await begun()).has(1) ? true : undefined));
    // It comes later, and takes over what the others have.
    const second = submit(tests, {
      onResult: ({ result }) => {
        if (result.rom === "t2") interrupt.abort(new Error("interrupted"));
      },
    });
    await interrupted;
    const [one, two] = await Promise.all([first, second]);
    expect(verdicts(one.graded)).toEqual(tests.map(({ name }) => `${name} fail`));
    // Each time was measured once.
    expect(encodeStored("", 0, { graded: two.graded as never, worker: "" })).toBe(
      encodeStored("", 0, { graded: one.graded as never, worker: "" }),
    );
    expect(one.told.toSorted()).toEqual(tests.map(({ name }) => name));
    expect(await redis.send("KEYS", "emufarm:run:*")).toEqual([]);
  });

  test("ends if Redis is gone for longer than --farm-wait", async () => {
    redis = await new TestRedis().start();
    const running = inputErrorFrom(submit([spec("a")], { waitMs: 300 }));
    await until(async () =>
      ((await redis.send("KEYS", "emufarm:conform-*:wait")) as string[]).length > 0 ? true : undefined,
    );
    await redis.kill();
    expect((await running).message).toBe("Redis cannot be reached");
  });

  test("reports broken determinism if two executions disagree", async () => {
    redis = await new TestRedis().start();
    const running = submit([spec("twice", ENDLESS, { maxFrames: 3000 }), spec("after", FAILING)]);
    startWorker();
    await until(async () => ((await begun()).has(0) ? true : undefined));
    const [key = ""] = (await redis.send("KEYS", "emufarm:run:*:starts")) as string[];
    const run = key.split(":").at(-2)!;
    const other = encodeStored(run, 0, {
      graded: { result: testResult("pass", { rom: "twice" }) },
      worker: "x/other",
    });
    await redis.send("HSET", key.replace(/starts$/, "results"), "0", other);
    const { graded } = await running;
    expect(graded[0]?.result.verdict).toBe("error");
    expect(graded[0]?.result.detail).toStartWith(
      "determinism broken: pass after 9 frames on x/other (), fail after",
    );
  });

  test("without a worker of this build ends as incomplete with exit code 3, never as passed", async () => {
    redis = await new TestRedis().start();
    await redis.send("ZADD", "emufarm:workers", "99999999999999", "9.9.9-0/far:1:a");
    const waiting: string[] = [];
    const graded = await runOnFarm([spec("a"), spec("b")], {
      url: redis.url,
      pictures: false,
      repeat: 1,
      hangSeconds: 30,
      waitMs: 100,
      onWaiting: (text) => waiting.push(text),
    });
    expect(verdicts(graded)).toEqual(["a error", "b error"]);
    expect(graded[0]?.result.detail).toStartWith("incomplete: no worker of emu ");
    expect(waiting[0]).toBe(`waiting for workers of emu ${await buildId()}; there are workers of 9.9.9-0`);
    expect(await redis.send("KEYS", "emufarm:conform-*:wait")).toEqual([]);
    const shard = ["--shard", "1/1", "--json"];
    const run = emu(["conform", PASSING, "--farm", redis.url, "--farm-wait", "1", ...shard]);
    expect(run.exitCode).toBe(3);
    const path = join(folder, "incomplete.json");
    writeFileSync(path, run.stdout);
    expect(emu(["conform", "merge", path]).exitCode).toBe(3);
  });

  test("a worker that cannot write its cache runs without it", async () => {
    redis = await new TestRedis().start();
    startWorker(3, redis.url, "ignore", { XDG_CACHE_HOME: PASSING });
    expect(verdicts((await submit([spec("a"), spec("b", FAILING)])).graded)).toEqual(["a pass", "b fail"]);
  });

  test("a worker whose disk is full ends, says what to do, and leaves its tests to others", async () => {
    redis = await new TestRedis().start();
    const running = submit([spec("a")]);
    const worker = startWorker(3, redis.url, "pipe", { TMPDIR: PASSING });
    const said = await new Response(worker.stderr as ReadableStream<Uint8Array>).text();
    expect(said).toContain(
      `emu: ${PASSING}: cannot be written: part of its path is not a folder (make space`,
    );
    expect(await worker.exited).toBe(EXIT_IO);
    // Its end does not count as one while it ran the test.
    const [key = ""] = (await redis.send("KEYS", "emufarm:run:*:starts")) as string[];
    expect(await redis.send("HVALS", key)).toEqual([""]);
    startWorker();
    expect(verdicts((await running).graded)).toEqual(["a pass"]);
  });

  test("a file that Redis has lost is sent again", async () => {
    redis = await new TestRedis().start();
    const rom = romFile("lost.nes", blarggStatus(start(), 0, "lost").forever());
    const running = submit([spec("a", rom)]);
    await until(async () =>
      ((await redis.send("KEYS", "emufarm:conform-*:wait")) as string[]).length > 0 ? true : undefined,
    );
    const [key = ""] = (await redis.send("KEYS", "emufarm:file:*")) as string[];
    await redis.send("DEL", key);
    startWorker();
    expect(verdicts((await running).graded)).toEqual(["a pass"]);
  });

  test("a damaged file is sent again", async () => {
    redis = await new TestRedis().start();
    const rom = romFile("changed.nes", blarggStatus(start(), 0, "changed").forever());
    const running = submit([spec("a", rom)]);
    const [key = ""] = await until(async () => {
      const keys = (await redis.send("KEYS", "emufarm:file:*")) as string[];
      return keys.length === 1 ? keys : undefined;
    });
    await redis.send("SET", key, "other bytes");
    startWorker();
    expect(verdicts((await running).graded)).toEqual(["a pass"]);
  });
});

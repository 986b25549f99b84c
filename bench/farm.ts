/**
 * Measures the farm on this machine, with a Redis of its own, in rates and in CPU time, which other programs
 * on the machine change little:
 *
 * - tiny tests, the most expensive kind for the queue: tests per second, Redis commands, memory and CPU time
 *   per test, verdicts lost and doubled;
 * - a manifest, by default that of the collections in `EMU_SHARED` or ../shared: the CPU time of one process
 *   divided by that of the farm. Threads that have just begun compile their code first, so the farm runs it
 *   several times with the same workers, and one process is shown with 1, 2 and as many threads.
 *
 *   bun bench/farm.ts [--tests 10000] [--workers 2] [--jobs 1] [--suites suites.json] [--suite-workers 3]
 *     [--suite-runs 4]
 *
 * `--tests 0` leaves out the first part, `--suites none` the second.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runOnFarm } from "../src/io/conform/farm/submit.ts";
import { runTests } from "../src/io/conform/run-tests.ts";
import type { TestSpec } from "../src/io/conform/types.ts";
import { TestRedis } from "../test/support/redis.ts";
import { SHARED } from "../test/support/shared.ts";
import { blarggStatus, TestProgram } from "../test/support/test-program.ts";

const MAIN = join(import.meta.dir, "../src/cli/main.ts");
const TICK_SECONDS = 0.01;

const { values } = parseArgs({
  options: {
    tests: { type: "string", default: "10000" },
    workers: { type: "string", default: "2" },
    jobs: { type: "string", default: "1" },
    suites: { type: "string", default: SHARED === undefined ? "none" : join(SHARED, "roms/suites.json") },
    "suite-workers": { type: "string", default: "3" },
    "suite-runs": { type: "string", default: "4" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "emu-bench-farm-"));

/** A farm of this machine. */
class BenchFarm {
  readonly redis: TestRedis;
  readonly #workers: Bun.Subprocess<"ignore", "ignore", "pipe">[];
  readonly #redisPid: number;

  static async start(workers: number, jobs: number): Promise<BenchFarm> {
    const redis = await new TestRedis("--appendonly", "yes").start();
    const started = Array.from({ length: workers }, () =>
      Bun.spawn([process.execPath, MAIN, "worker", redis.url, "--jobs", String(jobs)], {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe",
        env: { ...process.env, XDG_CACHE_HOME: folder },
      }),
    );
    // Each says that it waits for tests.
    for (const { stderr } of started) await stderr.getReader().read();
    const pid = Number(/process_id:(\d+)/.exec(String(await redis.send("INFO", "server")))?.[1]);
    return new BenchFarm(redis, started, pid);
  }

  constructor(redis: TestRedis, workers: Bun.Subprocess<"ignore", "ignore", "pipe">[], redisPid: number) {
    this.redis = redis;
    this.#workers = workers;
    this.#redisPid = redisPid;
  }

  /** CPU seconds so far. */
  cpu(): { readonly workers: number; readonly redis: number } {
    const workers = this.#workers.map(({ pid }) => cpuSeconds(pid)).reduce((a, b) => a + b, 0);
    return { workers, redis: cpuSeconds(this.#redisPid) };
  }

  async count(section: string, pattern: RegExp): Promise<number> {
    return Number(pattern.exec(String(await this.redis.send("INFO", section)))?.[1]);
  }

  async stop(): Promise<void> {
    for (const worker of this.#workers) worker.kill("SIGKILL");
    await this.redis.stop();
  }
}

/** CPU seconds of a process, from Linux's /proc. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
}

/** CPU seconds of this process since the last call. */
let ownBefore = process.cpuUsage();
function ownCpu(): number {
  const { user, system } = process.cpuUsage(ownBefore);
  ownBefore = process.cpuUsage();
  return (user + system) / 1e6;
}

async function benchTinyTests(count: number, workers: number, jobs: number): Promise<void> {
  const romFile = join(folder, "tiny.nes");
  writeFileSync(romFile, blarggStatus(new TestProgram(), 0x80).waitFrames(1).forever().toRom());
  const tests = Array.from({ length: count }, (_, i): TestSpec => {
    return { rom: `t${i}`, name: `t${i}`, romFile, protocol: "blargg-6000", maxFrames: 1 };
  });
  const farm = await BenchFarm.start(workers, jobs);
  const memory = () => farm.count("memory", /used_memory:(\d+)/);
  const emptyBytes = await memory();
  let peakBytes = 0;
  const watch = setInterval(async () => {
    peakBytes = Math.max(peakBytes, await memory().catch(() => 0));
  }, 200);
  await farm.redis.send("CONFIG", "RESETSTAT");
  const before = farm.cpu();
  ownCpu();
  const told = new Map<string, number>();
  let firstMs = 0;
  const startMs = performance.now();
  const graded = await runOnFarm(tests, {
    url: farm.redis.url,
    pictures: false,
    repeat: 1,
    hangSeconds: 30,
    waitMs: 60_000,
    onResult: ({ result: { rom } }, done) => {
      if (done === 1) firstMs = performance.now();
      told.set(rom, (told.get(rom) ?? 0) + 1);
    },
  });
  const endMs = performance.now();
  const submitter = ownCpu();
  clearInterval(watch);
  const after = farm.cpu();
  const commands = await farm.count("stats", /total_commands_processed:(\d+)/);
  await farm.stop();
  const rate = (from: number): string => `${Math.round((1000 * count) / (endMs - from))} tests/s`;
  const each = (seconds: number): string => `${((1000 * seconds) / count).toFixed(3)} ms`;
  const spent = { workers: after.workers - before.workers, redis: after.redis - before.redis };
  const total = spent.workers + spent.redis + submitter;
  const lost = graded.filter(({ result }) => result.incomplete === true).length + count - told.size;
  const doubled = [...told.values()].filter((times) => times > 1).length;
  console.log(
    `${count} tests of one frame, ${workers} workers of ${jobs} jobs: lost ${lost}, doubled ${doubled}`,
  );
  console.log(`  ${rate(firstMs)} from the first verdict, ${rate(startMs)} from the start`);
  console.log(
    `  CPU per test: ${each(total)} (workers ${each(spent.workers)}, Redis ${each(spent.redis)}, submitter ` +
      `${each(submitter)}); two cores do ${Math.round((2 * count) / total)} tests/s`,
  );
  console.log(`  Redis per test: ${(commands / count).toFixed(1)} commands, in scripts too`);
  console.log(
    `  Redis memory: ${((peakBytes - emptyBytes) / 2 ** 20).toFixed(1)} MiB at the peak, ` +
      `${Math.round((peakBytes - emptyBytes) / count)} bytes per test`,
  );
  const localTests = tests.slice(0, 10_000);
  ownCpu();
  const localMs = performance.now();
  await runTests(localTests, { jobs: workers * jobs });
  const seconds = (performance.now() - localMs) / 1000;
  const local = ownCpu() / localTests.length;
  console.log(
    `  one process, ${workers * jobs} jobs: ${Math.round(localTests.length / seconds)} tests/s, ` +
      `${(1000 * local).toFixed(3)} ms CPU per test; efficiency by CPU time ${((local * count) / total).toFixed(2)}`,
  );
}

/** The farm with workers that have just begun, then again with the same ones, against one process. */
async function benchSuites(manifest: string, workers: number, farmRuns: number): Promise<void> {
  const farm = await BenchFarm.start(workers, 1);
  const conform = async (...options: string[]): Promise<{ cpu: number; seconds: number; report: string }> => {
    const start = performance.now();
    const child = Bun.spawn([process.execPath, MAIN, "conform", manifest, "--json", ...options], {
      stdout: "pipe",
      stderr: "ignore",
    });
    const report = JSON.parse(await new Response(child.stdout).text());
    await child.exited;
    const seconds = (performance.now() - start) / 1000;
    const text = `${report.passed} passed, ${report.failed} failed, ${report.errors} errors`;
    return { cpu: Number(child.resourceUsage()?.cpuTime.total) / 1e6, seconds, report: text };
  };
  const runs: { name: string; cpu: number; seconds: number }[] = [];
  let report = "";
  for (let run = 1; run <= farmRuns; run++) {
    const before = farm.cpu();
    const { cpu, seconds, ...end } = await conform("--farm", farm.redis.url);
    const after = farm.cpu();
    report = end.report;
    const spent = after.workers - before.workers + after.redis - before.redis;
    const state = run === 1 ? " that have just begun" : `, run ${run}`;
    runs.push({ name: `farm of ${workers} workers${state}`, cpu: cpu + spent, seconds });
  }
  await farm.stop();
  for (const jobs of new Set([1, 2, workers])) {
    const local = await conform("--jobs", String(jobs));
    if (local.report !== report) throw new Error(`the farm says ${report}, one process ${local.report}`);
    runs.push({ name: `one process, ${jobs} jobs`, ...local });
  }
  console.log(`${manifest}: ${report}`);
  for (const { name, cpu, seconds } of runs) {
    const ratios = runs.slice(farmRuns).map((local) => `${(local.cpu / cpu).toFixed(2)} of ${local.name}`);
    console.log(
      `  ${name}: ${seconds.toFixed(1)} s, CPU ${cpu.toFixed(1)} s, work per CPU second ${ratios.join(", ")}`,
    );
  }
}

try {
  const tests = Number(values.tests);
  if (tests > 0) await benchTinyTests(tests, Number(values.workers), Number(values.jobs));
  if (values.suites !== "none") {
    await benchSuites(values.suites, Number(values["suite-workers"]), Number(values["suite-runs"]));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Measures the farm on this machine, with a Redis of its own: tiny tests per second through the queue, and
 * what a test costs in Redis.
 *
 *   bun bench/farm.ts [tests] [workers] [jobs per worker]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOnFarm } from "../src/io/conform/farm/submit.ts";
import { runTests } from "../src/io/conform/run-tests.ts";
import type { TestSpec } from "../src/io/conform/types.ts";
import { TestRedis } from "../test/support/redis.ts";
import { blarggStatus, TestProgram } from "../test/support/test-program.ts";

const [count = 10_000, workerCount = 2, jobs = 4] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "emu-bench-farm-"));
const romFile = join(folder, "tiny.nes");
writeFileSync(romFile, blarggStatus(new TestProgram(), 0x80).waitFrames(1).forever().toRom());
const tests = Array.from({ length: count }, (_, i): TestSpec => {
  return { rom: `t${i}`, name: `t${i}`, romFile, protocol: "blargg-6000", maxFrames: 1 };
});

const redis = await new TestRedis("--appendonly", "yes").start();
const number = async (section: string, pattern: RegExp): Promise<number> =>
  Number(pattern.exec(String(await redis.send("INFO", section)))?.[1]);
const memory = () => number("memory", /used_memory:(\d+)/);
const commands = () => number("stats", /total_commands_processed:(\d+)/);
const emptyBytes = await memory();
const main = join(import.meta.dir, "../src/cli/main.ts");
const workers = Array.from({ length: workerCount }, () =>
  Bun.spawn([process.execPath, main, "worker", redis.url, "--jobs", String(jobs)], {
    stderr: "ignore",
    env: { ...process.env, XDG_CACHE_HOME: folder },
  }),
);
let firstMs = 0;
let peakBytes = 0;
const watch = setInterval(async () => {
  peakBytes = Math.max(peakBytes, await memory().catch(() => 0));
}, 200);
const startMs = performance.now();
const before = await commands();
await runOnFarm(tests, {
  url: redis.url,
  pictures: false,
  repeat: 1,
  hangSeconds: 30,
  waitMs: 60_000,
  onResult: (_graded, done) => {
    if (done === 1) firstMs = performance.now();
  },
});
const endMs = performance.now();
clearInterval(watch);
const rate = (from: number): string => `${Math.round((1000 * count) / (endMs - from))} tests/s`;
console.log(`${count} tests, ${workerCount} workers of ${jobs} jobs`);
console.log(`${rate(firstMs)} from the first verdict, ${rate(startMs)} from the start`);
console.log(`${((await commands()) - before) / count} Redis commands per test`);
console.log(`${Math.round((peakBytes - emptyBytes) / count)} bytes of Redis memory per test at the peak`);
const localMs = performance.now();
await runTests(tests, { jobs: workerCount * jobs });
console.log(
  `${Math.round((1000 * count) / (performance.now() - localMs))} tests/s in one process of as many jobs`,
);
for (const worker of workers) worker.kill("SIGKILL");
await redis.stop();
rmSync(folder, { recursive: true, force: true });

/**
 * Measures the machine's costs other than frames per second: the share of a core at the console's own rate,
 * the slowest frames, states, many machines in one process, and machines in several threads.
 *
 *   bun bench/machine.ts [--rom FILE] [--input FILE] [--frames N] [--json]
 *
 * Without a ROM the built-in game plays itself. Times are wall time: run it on a quiet machine.
 */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { frameRateHz, REGIONS } from "../src/emu/nes/region.ts";
import { MIB } from "../src/emu/units.ts";
import { readRom } from "../src/io/files/roms/rom-file.ts";
import { parseJsonMovie } from "../src/io/movies/json-movie.ts";
import { createHeadless } from "../src/io/shared/headless.ts";

const ROOT = join(import.meta.dir, "..");
const WARM_UP_FRAMES = 900;
const THREAD_WARM_UP_FRAMES = 6000;
const THREAD_ROUNDS = 15;
const THREAD_FRAMES = 400;
const STATE_ROUNDS = 2000;
const MACHINES = 100;

const { values } = parseArgs({
  options: {
    rom: { type: "string", default: join(ROOT, "roms/swingby.nes") },
    input: { type: "string", default: join(ROOT, "docs/swingby-input.json") },
    frames: { type: "string", default: "10000" },
    json: { type: "boolean", default: false },
  },
});
const frames = Number(values.frames);
const rom = readFileSync(values.rom);
const { image } = readRom(rom, values.rom);
const script = parseJsonMovie(readFileSync(values.input, "utf8")).input;

/** Milliseconds of each of `frames` frames after the warm-up, sorted. */
function timeFrames(): Float64Array {
  const machine = createHeadless(image);
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  let buttons = 0;
  machine.setInput({ latchButtons: () => buttons });
  const times = new Float64Array(frames);
  for (let frame = -WARM_UP_FRAMES; frame < frames; frame++) {
    buttons = script.maskAt(frame + WARM_UP_FRAMES);
    const start = performance.now();
    machine.runFrame(pixels);
    if (frame >= 0) times[frame] = performance.now() - start;
  }
  return times.sort();
}

/** Median microseconds of a save and of a load. */
function timeStates(): { save: number; load: number } {
  const machine = createHeadless(image);
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  const state = new Uint8Array(machine.stateBytes);
  const saves = new Float64Array(STATE_ROUNDS);
  const loads = new Float64Array(STATE_ROUNDS);
  for (let round = 0; round < STATE_ROUNDS; round++) {
    machine.runFrame(pixels);
    const start = performance.now();
    machine.save(state);
    const middle = performance.now();
    machine.load(state);
    saves[round] = (middle - start) * 1000;
    loads[round] = (performance.now() - middle) * 1000;
  }
  return { save: at(saves.sort(), 0.5), load: at(loads.sort(), 0.5) };
}

/** Bytes that each further machine takes, including its ROM. */
function weighMachines(): number {
  const machines = [createHeadless(image)];
  Bun.gc(true);
  const before = process.memoryUsage().rss;
  for (let count = 0; count < MACHINES; count++) machines.push(createHeadless(image));
  Bun.gc(true);
  const grown = process.memoryUsage().rss - before;
  if (machines.length !== MACHINES + 1) throw new Error("machines went away");
  return grown / MACHINES;
}

/** Frames per second that `worker` reaches. */
function timeThread(worker: Worker, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(count);
  });
}

/**
 * Returns the speed of machines in `count` threads at once as a share of their speed alone: the median of
 * alternating rounds. The warm-up is long, because the JIT compiles in threads that compete for the cores.
 * Without a ROM the threads do plain arithmetic.
 */
async function timeThreads(count: number, rom: string): Promise<number> {
  const workers = Array.from({ length: count }, () => new Worker(join(import.meta.dir, "machine/worker.ts")));
  for (const worker of workers) worker.postMessage(rom);
  await Promise.all(workers.map((worker) => timeThread(worker, THREAD_WARM_UP_FRAMES)));
  const shares = new Float64Array(THREAD_ROUNDS);
  for (let round = 0; round < THREAD_ROUNDS; round++) {
    let alone = 0;
    for (const worker of workers) alone += await timeThread(worker, THREAD_FRAMES);
    const together = await Promise.all(workers.map((worker) => timeThread(worker, THREAD_FRAMES)));
    shares[round] = together.reduce((sum, rate) => sum + rate, 0) / alone;
  }
  for (const worker of workers) worker.terminate();
  return at(shares.sort(), 0.5);
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

const times = timeFrames();
const states = timeStates();
const bytesEach = weighMachines();
const cores = availableParallelism();
const threads = await timeThreads(cores, values.rom);
const arithmetic = await timeThreads(cores, "");
const result = {
  frameMs: { median: at(times, 0.5), p99: at(times, 0.99), p999: at(times, 0.999) },
  sharePercent: at(times, 0.5) * frameRateHz(REGIONS.ntsc) * 0.1,
  stateUs: states,
  machineMib: bytesEach / MIB,
  romMib: rom.length / MIB,
  threads: { count: cores, shareOfAlone: threads, arithmetic },
};
if (values.json) console.log(JSON.stringify(result));
else {
  const { frameMs, sharePercent, stateUs, machineMib, romMib, threads } = result;
  console.log(
    `a frame            ${frameMs.median.toFixed(3)} ms, p99 ${frameMs.p99.toFixed(3)}, p99.9 ${frameMs.p999.toFixed(3)}`,
  );
  console.log(`at 60.0988 Hz      ${sharePercent.toFixed(2)} % of a core`);
  console.log(
    `a state            ${stateUs.save.toFixed(1)} µs to save, ${stateUs.load.toFixed(1)} µs to load`,
  );
  console.log(`a further machine  ${machineMib.toFixed(2)} MiB, ${romMib.toFixed(2)} of them ROM`);
  console.log(
    `${threads.count} threads          each ${threads.shareOfAlone.toFixed(2)} of what it reaches alone; plain arithmetic ${threads.arithmetic.toFixed(2)}`,
  );
}

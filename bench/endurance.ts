/**
 * Checks whether a machine gets slower with time. Plays many frames, and from time to time races the machine
 * against a new one with the same state, over the same frames in turns. On a computer whose speed changes by
 * the minute, the ratio of two adjacent runs says more than frames per second an hour apart.
 *
 *   bun bench/endurance.ts [rom] [--frames 1000000] [--races 10] [--json]
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { MIB } from "../src/emu/units.ts";
import { loadRom } from "../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../src/io/shared/headless.ts";

const RACE_ROUNDS = 20;
const RACE_FRAMES = 200;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    frames: { type: "string", default: "1000000" },
    races: { type: "string", default: "10" },
    json: { type: "boolean", default: false },
  },
});
const { image } = await loadRom(positionals[0] ?? join(import.meta.dir, "../roms/swingby.nes"));
const frames = Number(values.frames);
const races = Number(values.races);

const old = createHeadless(image);
const pixels = new Uint16Array(old.geometry.width * old.geometry.height);
const state = new Uint8Array(old.stateBytes);

/** Milliseconds that `machine` takes for `count` frames. */
function time(machine: typeof old, count: number): number {
  const start = performance.now();
  for (let frame = 0; frame < count; frame++) machine.runFrame(pixels);
  return performance.now() - start;
}

/** How many times as long the old machine takes as the new one: the median of alternating rounds. */
function race(): number {
  const young = createHeadless(image);
  old.save(state);
  young.load(state);
  const ratios: number[] = [];
  for (let round = 0; round < RACE_ROUNDS; round++) {
    const oldFirst = round % 2 === 0;
    let oldMs = oldFirst ? time(old, RACE_FRAMES) : 0;
    const youngMs = time(young, RACE_FRAMES);
    if (!oldFirst) oldMs = time(old, RACE_FRAMES);
    ratios.push(oldMs / youngMs);
  }
  return ratios.sort((a, b) => a - b)[RACE_ROUNDS >> 1]!;
}

const rows = [];
// Let the JIT and the heap settle first.
time(old, 5000);
for (let ran = 0; ran < frames; ) {
  const count = Math.min(Math.ceil(frames / races), frames - ran);
  const ms = time(old, count);
  ran += count;
  const ofNew = race();
  Bun.gc(true);
  const rssMib = process.memoryUsage().rss / MIB;
  rows.push({ frames: ran, framesPerSecond: Math.round((count / ms) * 1000), ofNew, rssMib });
  if (!values.json) {
    const { framesPerSecond } = rows.at(-1)!;
    console.log(
      `${ran} frames  ${framesPerSecond} frames/s  ${ofNew.toFixed(3)} of a new machine's time  ${rssMib.toFixed(1)} MiB`,
    );
  }
}
if (values.json) console.log(JSON.stringify(rows));

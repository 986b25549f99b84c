/**
 * Compares the speed of two checkouts of emu, most often one before and one after a change. Both run in this
 * process, in short bursts of frames by turns, so that noise of the machine affects both equally:
 *
 *   bun bench/pairs.ts FOLDER [--other FOLDER] [--unseen] [--pairs N] [--frames N] [name...]
 *
 * FOLDER is the checkout before the change; the other one is this one. Each pair of bursts gives a ratio of
 * CPU time. The table shows the median of the ratios and their quartiles: more than 1 means that the change
 * made emu faster. Names select ROMs. EMU_SHARED (default ../shared) is the folder of the test ROMs.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseJsonMovie } from "../src/io/movies/json-movie.ts";
import { markdownTable } from "./markdown.ts";
import { timeFrames } from "./peers/clocks.ts";
import type { StartPeer } from "./peers/peer.ts";
import { type BenchRom, benchRoms } from "./peers/roms.ts";

/** The input scripts end before, and the JIT knows the machine by then. */
const WARM_UP_FRAMES = 1300;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    other: { type: "string", default: join(import.meta.dir, "..") },
    unseen: { type: "boolean", default: false },
    pairs: { type: "string", default: "200" },
    frames: { type: "string", default: "10" },
  },
});
const [before = "", ...names] = positionals;
const burst = Number(values.frames);

/** Powers on a machine of a checkout. Returns a function that runs a frame of the session. */
async function start(folder: string, { path, input }: BenchRom): Promise<() => void> {
  const peer = (await import(join(resolve(folder), "bench/peers/emu.ts"))) as {
    readonly startEmu: StartPeer;
    readonly startUnseenEmu: StartPeer;
  };
  const machine = (values.unseen ? peer.startUnseenEmu : peer.startEmu)(readFileSync(path), path)!;
  const script = parseJsonMovie(input).input;
  let frame = 0;
  return () => {
    machine.press(script.maskAt(frame++));
    machine.runFrame();
  };
}

/** Speeds of the second machine, the first being 1, lowest first: one for each pair of bursts. */
function ratios(machines: readonly [() => void, () => void]): number[] {
  for (let frames = 0; frames < WARM_UP_FRAMES; frames += burst) {
    for (const runFrame of machines) timeFrames(runFrame, burst);
  }
  return Array.from({ length: Number(values.pairs) }, (_, pair) => {
    const rates = [0, 0];
    for (const which of pair % 2 === 0 ? [0, 1] : [1, 0]) {
      rates[which] = timeFrames(machines[which]!, burst).cpu;
    }
    return rates[1]! / rates[0]!;
  }).sort((a, b) => a - b);
}

const rows: string[][] = [];
let product = 1;
for (const rom of benchRoms()) {
  const isWanted = names.length === 0 || names.some((name) => rom.path.includes(name));
  if (!isWanted || !existsSync(rom.path)) continue;
  const sorted = ratios([await start(before, rom), await start(values.other, rom)]);
  const [low, median, high] = [0.25, 0.5, 0.75].map((part) => sorted[Math.floor(part * sorted.length)]!);
  product *= median!;
  rows.push([basename(rom.path, ".nes"), median!.toFixed(3), `${low!.toFixed(3)}–${high!.toFixed(3)}`]);
}
if (rows.length > 0) rows.push(["geometric mean", (product ** (1 / rows.length)).toFixed(3), ""]);
console.log(markdownTable(["ROM", "speed", "quartiles"], rows));
process.exit(0);

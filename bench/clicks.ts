/**
 * Looks for clicks at what players do: `emu run` plays a steady tone in a pseudo terminal to the null sink of
 * a separate PulseAudio server, and keys act every two seconds. `bun bench/clicks.ts [--rounds 2]` prints for
 * each action the largest jump between two samples near it, as a multiple of that of the tone before or after
 * it, whichever is steeper: fast-forward raises the pitch. Each action is done several times, and the upper
 * quartile counts: a busy machine makes gaps at random times, and a click is small where it happens to meet
 * the tone's middle. More than 1.5 is a click; the exit code is then 1. Needs pulseaudio and parec.
 *
 * `--tree FOLDER` plays with the emu of another checkout. `--broken` plays with a copy of this one in which
 * every means against clicks is broken (`clicks/broken-tree.ts`): each action must then click, and the exit
 * code is 1 if one does not.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { brokenTree } from "./clicks/broken-tree.ts";
import { NullSink } from "./null-sink.ts";
import { Recording, startTone } from "./tone.ts";

const BETWEEN_MS = 2000;
/** A key's effect is heard at most this long after it: the queues of emu, the server and the recorder. */
const BEFORE_MS = 150;
const AFTER_MS = 450;
const START_MS = 6000;
/** How often each action is done in a round. */
const TIMES = 3;
/** The tone is measured in windows of this length, in the time around an action that its effect leaves. */
const WINDOW_MS = 100;
const STEADY_MS = [
  [-900, -BEFORE_MS],
  [900, 1700],
] as const;
const CLICK = 1.5;
/** A tone with smaller jumps than this is silence. */
const AUDIBLE = 4;

/** Volume keys at once: the jump of one step alone is as small as the tone's own. */
const VOLUME_STEPS = 16;

/** For comparison: nothing is done. */
const NOTHING = "nothing";
/** Each action, in the order of the test; every second one ends what the one before began. */
const SEQUENCE: readonly (readonly [name: string, keys: string])[] = [
  [NOTHING, ""],
  ["pause", "p"],
  ["resume", "p"],
  ["quieter", "-".repeat(VOLUME_STEPS)],
  ["louder", "=".repeat(VOLUME_STEPS)],
  ["save state", "\x1b[15~"],
  ["load state", "\x1b[18~"],
  ["slow begin", "g"],
  ["slow end", "g"],
  ["fast-forward begin", "\x06"],
  ["fast-forward end", "\x06"],
  ["rewind begin and end", "r"],
  ["mute", "m"],
  ["sound on", "m"],
];
const ACTIONS = Array.from({ length: TIMES }, () => SEQUENCE).flat();

/** The largest difference between neighbouring samples. */
function largestJump(samples: readonly number[]): number {
  let jump = 0;
  for (let at = 1; at < samples.length; at++)
    jump = Math.max(jump, Math.abs(samples[at]! - samples[at - 1]!));
  return jump;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "2" },
    system: { type: "string", default: "pulse" },
    tree: { type: "string", default: join(import.meta.dir, "..") },
    broken: { type: "boolean", default: false },
  },
});
const tree = values.broken ? brokenTree(values.tree) : values.tree;
process.on("exit", () => {
  if (values.broken) rmSync(tree, { recursive: true });
});

/** Plays once. Returns the largest jump near each action as a multiple of the tone's. */
async function play(sink: NullSink): Promise<number[]> {
  const recording = await Recording.start(sink, "heard");
  const emu = startTone(sink, tree, values.system);
  await Bun.sleep(START_MS);
  const times: number[] = [];
  for (const [, keys] of ACTIONS) {
    times.push(performance.now());
    if (keys !== "") emu.type(keys);
    await Bun.sleep(BETWEEN_MS);
  }
  await emu.end();
  await recording.end();
  return times.map((at) => {
    const tones = STEADY_MS.map(([from, to]) => steadyJump(recording, at + from, at + to));
    const jump = largestJump(recording.between(at - BEFORE_MS, at + AFTER_MS));
    return jump / Math.max(AUDIBLE, ...tones);
  });
}

/** The median over short windows of their largest jumps: a gap in one of them does not count. */
function steadyJump(recording: Recording, fromMs: number, toMs: number): number {
  const jumps: number[] = [];
  for (let at = fromMs; at < toMs; at += WINDOW_MS)
    jumps.push(largestJump(recording.between(at, at + WINDOW_MS)));
  return jumps.sort((a, b) => a - b)[jumps.length >> 1]!;
}

/** True if there is nothing that prevents a click at an action. */
function mustClick(name: string): boolean {
  return values.broken && name !== NOTHING;
}

/** The value that a quarter of the others exceed. */
function upperQuartile(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(0.75 * (numbers.length - 1))]!;
}

await using sink = await NullSink.start();
const rounds: (readonly number[])[] = [];
for (let round = 0; round < Number(values.rounds); round++) rounds.push(await play(sink));
let wrong = 0;
for (const name of new Set(ACTIONS.map(([name]) => name))) {
  const ratios = rounds.flatMap((all) => all.filter((_, at) => ACTIONS[at]![0] === name));
  // One click shows that the measurement sees it; often it happens to be small.
  const rating = mustClick(name) ? Math.max(...ratios) : upperQuartile(ratios);
  if (rating > CLICK !== mustClick(name)) wrong++;
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(", ");
  console.log(`${name.padEnd(22)} ${rating.toFixed(2)}${rating > CLICK ? " CLICK" : ""}   (${each})`);
}
process.exitCode = wrong === 0 ? 0 : 1;

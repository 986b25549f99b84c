/**
 * Changes the sound device below a running game: `emu run` plays a tone to a separate PulseAudio server. Its
 * stream is moved to another null sink and back, and the sink is then removed while emu plays on it, with
 * and without the server's module that rescues streams. At last no sink is left for some seconds, and then
 * one is loaded again. Prints how long after each change the tone is heard on the new device. If that is
 * never, the exit code is 1. Needs pulseaudio, pactl and parec.
 */
import { join } from "node:path";
import { NullSink } from "./null-sink.ts";
import { Recording, startTone, type TonePlayer } from "./tone.ts";

const START_MS = 5000;
/** How long there is no sink. */
const SILENT_MS = 5000;
/** emu looks for a device more and more rarely. */
const PATIENCE_MS = 15_000;
const WINDOW_MS = 40;
/** The tone's samples go beyond this value in each period of 11 ms. */
const AUDIBLE = 200;

/** Waits until the tone is heard. Returns the time since `fromMs`; undefined if it is not heard. */
async function heardAfter(recording: Recording, fromMs: number): Promise<number | undefined> {
  while (performance.now() < fromMs + PATIENCE_MS) {
    await Bun.sleep(WINDOW_MS / 2);
    const now = performance.now();
    const window = recording.between(Math.max(fromMs, now - WINDOW_MS), now);
    if (window.some((sample) => Math.abs(sample) > AUDIBLE)) return now - fromMs;
  }
  return undefined;
}

/** Performs a change, and prints when the tone is heard on `recording`. Returns true if it is. */
async function check(what: string, recording: Recording, change: () => Promise<unknown>): Promise<boolean> {
  await change();
  const after = await heardAfter(recording, performance.now());
  console.log(
    `${what.padEnd(36)} ${after === undefined ? "NOT HEARD" : `heard after ${Math.round(after)} ms`}`,
  );
  return after !== undefined;
}

/** The number of emu's stream. */
async function stream(sink: NullSink): Promise<string> {
  return (await sink.control("list", "short", "sink-inputs")).split(/\s/)[0]!;
}

async function run(rescues: boolean): Promise<boolean> {
  await using sink = await NullSink.start();
  const module = await sink.add("other");
  if (rescues) await sink.control("load-module", "module-rescue-streams");
  const recordings = {
    heard: await Recording.start(sink, "heard"),
    other: await Recording.start(sink, "other"),
  };
  const emu: TonePlayer = startTone(sink, join(import.meta.dir, ".."), "pulse");
  await Bun.sleep(START_MS);
  const moveTo = async (name: string) => sink.control("move-sink-input", await stream(sink), name);
  const results = [
    await check("start", recordings.heard, async () => {}),
    await check("moved to another sink", recordings.other, () => moveTo("other")),
    await check("moved back", recordings.heard, () => moveTo("heard")),
  ];
  await moveTo("other");
  await heardAfter(recordings.other, performance.now());
  const how = rescues ? "sink removed, stream rescued" : "sink removed, stream killed";
  results.push(await check(how, recordings.heard, () => sink.control("unload-module", module)));
  await Promise.all(Object.values(recordings).map((recording) => recording.end()));
  await sink.control("unload-module", "module-null-sink");
  await Bun.sleep(SILENT_MS);
  await sink.add("again");
  const again = await Recording.start(sink, "again");
  results.push(await check("a sink again after none", again, async () => {}));
  await emu.end();
  await again.end();
  return results.every(Boolean);
}

const isWhole = [await run(true), await run(false)].every(Boolean);
process.exitCode = isWhole ? 0 : 1;

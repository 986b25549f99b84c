/**
 * Plays a tone through `play` into the null sink of a separate PulseAudio server, and records what arrives.
 * `bun bench/sound.ts [--seconds 60] [--system pulse|alsa|miniaudio|pipe] [--load N]` runs N programs that
 * compute all the time next to it. Needs pulseaudio and parec. Prints JSON: the tone's frequency, silences,
 * underruns, and how much sound the player repeated for late frames.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Pty } from "../test/support/pty.ts";
import { frequencyOf, SAW_HZ } from "../test/support/sound.ts";
import { NullSink, RATE_HZ } from "./null-sink.ts";

/** A sawtooth is never near zero for longer than this, so a longer stretch is silence. */
const GAP_SAMPLES = 48;
const SETTLING_SECONDS = 5;
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    system: { type: "string", default: "pulse" },
    load: { type: "string", default: "0" },
  },
});
const seconds = Number(values.seconds);
await using sink = await NullSink.start();
const file = join(sink.folder, "heard.raw");
const recorder = await sink.record(20, file);
const busy = Array.from({ length: Number(values.load) }, () =>
  Bun.spawn(["sh", "-c", "while :; do :; done"], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }),
);
try {
  await Bun.sleep(500);
  const options = JSON.stringify({
    sound: values.system,
    realtime: true,
    frames: (seconds + SETTLING_SECONDS) * 60,
  });
  await using pty = new Pty(["bun", join(import.meta.dir, "../test/support/play-fixture.ts"), options], {
    env: sink.env,
    // A small picture, because it is stored and never looked at.
    columns: 20,
    rows: 8,
  });
  // Searching all output continuously would add load of its own.
  await pty.end();
  recorder.kill("SIGTERM");
  await recorder.exited;
  const end = JSON.parse(/ended: frames (\{.*\})/.exec(pty.output)![1]!);
  const bytes = readFileSync(file);
  const all = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  const first = all.findIndex((value) => value !== 0);
  const last = all.findLastIndex((value) => value !== 0);
  // Before that the rate control has not found its level yet.
  const heard = all.subarray(first + (SETTLING_SECONDS - 1) * RATE_HZ, last);
  const frequencyHz = frequencyOf(heard);
  console.log(
    JSON.stringify(
      {
        system: end.sink,
        seconds: heard.length / RATE_HZ,
        frequencyHz,
        deviationPercent: (frequencyHz / SAW_HZ - 1) * 100,
        ...gapsIn(heard),
        underruns: end.audioUnderruns,
        concealedMilliseconds: (end.audioConcealed * 1000) / RATE_HZ,
        missedFrames: end.missed,
        latenessMicroseconds: end.latenessMicroseconds,
      },
      null,
      2,
    ),
  );
} finally {
  for (const each of busy) each.kill();
  recorder.kill();
}

/** Stretches of silence: their number, total length and longest. */
function gapsIn(samples: Int16Array) {
  const lengths: number[] = [];
  let silent = 0;
  for (let i = 0; i <= samples.length; i++) {
    if (i < samples.length && Math.abs(samples[i]!) < 64) {
      silent++;
      continue;
    }
    if (silent >= GAP_SAMPLES) lengths.push(silent);
    silent = 0;
  }
  const inMs = (count: number) => Math.round((count * 10_000) / RATE_HZ) / 10;
  return {
    gaps: lengths.length,
    gapMilliseconds: inMs(lengths.reduce((sum, length) => sum + length, 0)),
    longestGapMilliseconds: inMs(Math.max(0, ...lengths)),
  };
}

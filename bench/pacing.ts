/**
 * Measures how late frames of the machine thread are on this computer, in real time.
 *
 *   bun bench/pacing.ts [rom] [--frames 2000] [--no-realtime] [--cpu N] [--busy N] [--json]
 *
 * `--busy N` runs N other threads that compute all the time. `--no-realtime` does not change the thread's
 * priority. Without a ROM the built-in game runs.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadRom } from "../src/io/files/roms/rom-file.ts";
import { EmuClient } from "../src/io/thread/emu-client.ts";
import { nesSource } from "../src/io/thread/nes-source.ts";

const BUSY_LOOP = "while (true);";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    frames: { type: "string", default: "2000" },
    "no-realtime": { type: "boolean", default: false },
    cpu: { type: "string" },
    busy: { type: "string", default: "0" },
    json: { type: "boolean", default: false },
  },
});

const rom = positionals[0] ?? join(import.meta.dir, "../roms/swingby.nes");
const { image } = await loadRom(rom);
const frames = Number(values.frames);
const cpu = values.cpu === undefined ? {} : { cpu: Number(values.cpu) };

const busy = Array.from({ length: Number(values.busy) }, () => {
  const worker = new Worker(URL.createObjectURL(new Blob([BUSY_LOOP])));
  worker.onerror = (event) => console.error(event.message);
  return worker;
});

const startMs = performance.now();
const client = await EmuClient.start({
  machine: nesSource(image),
  realtime: values["no-realtime"] ? false : cpu,
});
const startUpMs = performance.now() - startMs;
while (client.isRunning && client.stats().frames < frames) await Bun.sleep(20);
const { frames: ran, latenessMicroseconds, missed, skipped, reanchored, workMicroseconds } = client.stats();
const { frameRateHz } = client.ready.geometry;
const sharePercent = (workMicroseconds.p50 * frameRateHz) / 10_000;
const fault = await client.stop();
for (const worker of busy) worker.terminate();

const result = {
  rom,
  frames: ran,
  latenessMicroseconds,
  missed,
  skipped,
  reanchored,
  workMicroseconds,
  sharePercent,
  startUpMs,
  warmUpMs: client.ready.warmUpMs,
  steps: client.ready.steps,
  fault: fault?.message,
};
if (values.json) console.log(JSON.stringify(result));
else {
  const { p50, p99, max } = latenessMicroseconds;
  const { p50: workUs, p99: most } = workMicroseconds;
  console.log(
    `${ran} frames of ${rom}: work p50 ${workUs} µs, p99 ${most} µs, ${sharePercent.toFixed(1)} % of a core`,
  );
  console.log(`late by p50 ${p50} µs, p99 ${p99} µs, max ${max} µs; ${missed} missed, ${skipped} skipped`);
  console.log(`start-up ${startUpMs.toFixed(0)} ms, of which warm-up ${client.ready.warmUpMs.toFixed(0)} ms`);
  for (const { name, ok, reason } of client.ready.steps)
    console.log(`${ok ? "yes" : "no "}  ${name}: ${reason}`);
}
process.exit(fault === undefined ? 0 : 70);

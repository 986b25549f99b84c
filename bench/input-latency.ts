/**
 * Measures how long a key takes from the terminal to the machine. A pty gets the press at a random moment of
 * a frame. Two times are measured: until the press is in shared memory, and until the machine latches it. The
 * difference is the wait for the next frame, 8.3 ms on average. Exits with 1 if the median time to shared
 * memory exceeds `MAX_MICROSECONDS`. Linux only.
 * Usage: bun bench/input-latency.ts [--json] [--keys N]
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedMicroseconds } from "../test/support/latency/clock.ts";
import { Pty } from "../test/support/pty.ts";

const MAX_MICROSECONDS = 1000;
const FRAME_MS = 1000 / 60;
const KEY_MS = 50;
/** The answer of a terminal that reports key releases. */
const ANSWERS = "\x1b[?15u\x1b[?62;22c";
const PRESS = "\x1b[120u";
const RELEASE = "\x1b[120;1:3u";
const BUTTON_A = 1;

const keysAt = process.argv.indexOf("--keys");
const keys = keysAt < 0 ? 200 : Number(process.argv[keysAt + 1]);
const folder = mkdtempSync(join(tmpdir(), "emu-latency-"));
const log = join(folder, "log");

const written: number[] = [];
{
  await using pty = new Pty(
    [process.execPath, join(import.meta.dir, "../test/support/latency/player.ts"), log],
    {
      answers: ANSWERS,
    },
  );
  await pty.waitFor("48;2;");
  await Bun.sleep(1000);
  for (let key = 0; key < keys; key++) {
    written.push(sharedMicroseconds());
    pty.type(PRESS);
    await Bun.sleep(KEY_MS + Math.random() * FRAME_MS);
    pty.type(RELEASE);
    await Bun.sleep(KEY_MS + Math.random() * FRAME_MS);
  }
}

const entries = readFileSync(log, "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(" "))
  .filter(([, , word]) => Number(word) === BUTTON_A);
rmSync(folder, { recursive: true });

function summary(what: string) {
  const times = entries.filter(([, kind]) => kind === what).map(([time]) => Number(time));
  if (times.length !== keys) throw new Error(`${times.length} of ${keys} keys were ${what}`);
  const delays = times.map((time, index) => Math.round(time - written[index]!)).sort((a, b) => a - b);
  const at = (part: number) => delays[Math.floor(part * delays.length)]!;
  return { min: delays[0]!, median: at(0.5), p90: at(0.9), p99: at(0.99) };
}

const result = { keys, storedMicroseconds: summary("stored"), latchedMicroseconds: summary("latched") };
if (process.argv.includes("--json")) console.log(JSON.stringify(result, null, 2));
else
  for (const [name, { min, median, p90, p99 }] of [
    ["to shared memory", result.storedMicroseconds],
    ["to the machine's latch", result.latchedMicroseconds],
  ] as const)
    console.log(`${name.padEnd(24)} min ${min}, median ${median}, p90 ${p90}, p99 ${p99} µs`);
process.exitCode = result.storedMicroseconds.median <= MAX_MICROSECONDS ? 0 : 1;

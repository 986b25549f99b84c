import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { HAS_PTY } from "../../support/pty.ts";

const READER = join(import.meta.dir, "../../support/slow-reader.py");
const FIXTURE = join(import.meta.dir, "../../support/play-fixture.ts");
const PYTHON = Bun.which("python3");
const FRAMES = 180;

/** Plays this many frames, in which all cells change, over a link with this speed and buffer. */
async function playOver(
  bytesPerSecond: number,
  bufferBytes: number,
  columns: number,
  rows: number,
  isSilent = false,
) {
  const link = [String(bytesPerSecond), String(bufferBytes), String(columns), String(rows)];
  const options = JSON.stringify({ frames: FRAMES });
  const child = Bun.spawn([PYTHON!, READER, ...link, "bun", FIXTURE, options], {
    stdout: "pipe",
    env: { ...process.env, SILENT: isSilent ? "1" : "" },
  });
  const [output] = await Promise.all([child.stdout.text(), child.exited]);
  return JSON.parse(output) as Record<
    "frames" | "presented" | "dropped" | "latencyMicroseconds" | "medianLatencyMicroseconds" | "seconds",
    number
  >;
}

describe.skipIf(!HAS_PTY || PYTHON === null)("a terminal that reads slowly", () => {
  test("drops pictures, but no frames of the machine, and does not change its pace", async () => {
    const { frames, presented, dropped, seconds } = await playOver(100_000, 0, 160, 50);
    expect(frames).toBe(FRAMES);
    expect(presented).toBeGreaterThan(1);
    expect(presented).toBeLessThan(120);
    expect(presented + dropped).toBeLessThanOrEqual(FRAMES);
    // 3 s of frames at the console's pace, start-up, and the time of the last picture through the slow
    // reader.
    expect(seconds).toBeLessThan(30);
  }, 60_000);

  test("shows recent pictures in spite of a large buffer on the way", async () => {
    const { presented, medianLatencyMicroseconds } = await playOver(2_000_000, 1_000_000, 300, 120);
    expect(presented).toBeGreaterThan(20);
    // Without the terminal's reports, the buffer alone would add 500 ms.
    expect(medianLatencyMicroseconds).toBeLessThan(250_000);
    expect(medianLatencyMicroseconds).toBeGreaterThan(0);
  }, 60_000);

  test("gets every frame it accepts, although it reports nothing", async () => {
    const { frames, presented, medianLatencyMicroseconds } = await playOver(50_000_000, 0, 100, 40, true);
    expect(frames).toBe(FRAMES);
    // If emu waited for a report, there would be none. A very busy machine skips more than half of them.
    expect(presented).toBeGreaterThan(FRAMES / 10);
    expect(medianLatencyMicroseconds).toBe(0);
  }, 60_000);
});

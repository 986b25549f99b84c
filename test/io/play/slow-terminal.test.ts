import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { HAS_PTY } from "../../support/pty.ts";

const READER = join(import.meta.dir, "../../support/slow-reader.py");
const FIXTURE = join(import.meta.dir, "../../support/play-fixture.ts");
const PYTHON = Bun.which("python3");

describe.skipIf(!HAS_PTY || PYTHON === null)("a terminal that reads slowly", () => {
  test("costs pictures, and neither frames of the machine nor their pace", async () => {
    // Every cell changes in every frame: some 2 MB/s would be needed, 100 KB/s are read.
    const options = JSON.stringify({ frames: 180 });
    const child = Bun.spawn([PYTHON!, READER, "100000", "bun", FIXTURE, options], { stdout: "pipe" });
    const [output] = await Promise.all([child.stdout.text(), child.exited]);
    const { frames, presented, dropped, seconds } = JSON.parse(output);
    expect(frames).toBe(180);
    expect(presented).toBeGreaterThan(1);
    expect(presented).toBeLessThan(120);
    expect(presented + dropped).toBeLessThanOrEqual(180);
    // 3 s of frames at the console's pace, start-up and the last picture's way through the slow reader.
    expect(seconds).toBeLessThan(20);
  }, 60_000);
});

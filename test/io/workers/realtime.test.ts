import { describe, expect, test } from "bun:test";
import { DEFAULT_REALTIME, probeRealtime, ThreadPriority } from "../../../src/io/workers/realtime.ts";

describe("thread priority", () => {
  test("every step reports its result or why it failed, and nothing throws without privileges", () => {
    const { platform, steps, sleepOvershootMicroseconds } = probeRealtime();
    expect(platform).toStartWith(process.platform);
    for (const step of steps) expect(step.reason).not.toBe("");
    if (process.platform === "linux")
      expect(steps.map((step) => step.name)).toEqual(["fifo", "nice", "timer-slack"]);
    expect(sleepOvershootMicroseconds.p50).toBeLessThanOrEqual(sleepOvershootMicroseconds.max);
  });

  test("an unprivileged process gets only precise timers, and no error", async () => {
    if (process.platform !== "linux" || process.getuid?.() !== 0) return;
    const script = `
      process.setgid(65534); process.setuid(65534);
      const { probeRealtime } = await import(${JSON.stringify(new URL("../../../src/io/workers/realtime.ts", import.meta.url).pathname)});
      console.log(JSON.stringify(probeRealtime().steps));`;
    const { stdout } = Bun.spawnSync([process.execPath, "-e", script], { cwd: "/" });
    expect(JSON.parse(stdout.toString())).toEqual([
      { name: "fifo", ok: false, reason: "EPERM" },
      { name: "nice", ok: false, reason: "EACCES" },
      { name: "timer-slack", ok: true, reason: "1 ns" },
    ]);
  });

  test("lower leaves the real-time class and restore goes back into it, if there was one", () => {
    const priority = new ThreadPriority(DEFAULT_REALTIME);
    priority.raise();
    const wasRaised = priority.isRaised;
    priority.lower();
    expect(priority.isRaised).toBe(false);
    priority.restore();
    expect(priority.isRaised).toBe(wasRaised);
    priority.undo();
  });

  test("a thread without realtimeClass never gets a real-time class", () => {
    const priority = new ThreadPriority({ ...DEFAULT_REALTIME, realtimeClass: false });
    priority.raise();
    priority.restore();
    expect(priority.isRaised).toBe(false);
    priority.undo();
  });
});

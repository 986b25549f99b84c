import { describe, expect, test } from "bun:test";
import {
  BLOCKED_AFTER_MS,
  HUNG_AFTER_MS,
  WATCHDOG_POLL_MS,
  Watchdog,
} from "../../../src/io/thread/watchdog.ts";

/** Polls for `spanMs` from `startMs`. Returns when the thread was first called hung, or undefined. */
function poll(
  watchdog: Watchdog,
  startMs: number,
  spanMs: number,
  beat: (nowMs: number) => number,
  onTime?: (nowMs: number) => void,
) {
  for (let now = startMs; now <= startMs + spanMs; now += WATCHDOG_POLL_MS) {
    onTime?.(now);
    if (watchdog.isHung(beat(now), now)) return now;
  }
  return undefined;
}

describe("watchdog", () => {
  test("does not flag a thread with the slowest allowed beat", () => {
    const slow = (now: number) => Math.floor(now / (HUNG_AFTER_MS - 2 * WATCHDOG_POLL_MS));
    expect(poll(new Watchdog(0, 0), 0, 60_000, slow)).toBeUndefined();
  });

  test("calls a silent thread hung after half a second and not before", () => {
    expect(poll(new Watchdog(7, 0), 0, 5_000, () => 7)).toBe(HUNG_AFTER_MS);
    // The owner can allow more time.
    expect(poll(new Watchdog(7, 0, 4000), 0, 5_000, () => 7)).toBe(4000);
  });

  test("waits for a thread that waits for a processor, unless it never gets one", () => {
    for (const share of [0.01, 0.2, 0.5, 1]) {
      let now = 0;
      const watchdog = new Watchdog(1, 0, HUNG_AFTER_MS, () => now * share);
      const hungMs = poll(
        watchdog,
        0,
        10_000,
        () => 1,
        (ms) => (now = ms),
      );
      expect(hungMs).toBe(Math.min(BLOCKED_AFTER_MS, HUNG_AFTER_MS / share));
    }
    // The owner can allow more time for that too.
    const watchdog = new Watchdog(1, 0, HUNG_AFTER_MS, () => 0, 2 * BLOCKED_AFTER_MS);
    expect(poll(watchdog, 0, 20_000, () => 1)).toBe(2 * BLOCKED_AFTER_MS);
  });

  test("counts the CPU time since the last beat", () => {
    let now = 0;
    const watchdog = new Watchdog(0, 0, HUNG_AFTER_MS, () => now);
    const lastBeatMs = 3000;
    const beat = (ms: number) => Math.min(ms, lastBeatMs);
    const hungMs = poll(watchdog, 0, 10_000, beat, (ms) => (now = ms));
    expect(hungMs).toBe(lastBeatMs + HUNG_AFTER_MS);
  });

  test("does not blame the thread for time in which the watcher itself was stopped", () => {
    const watchdog = new Watchdog(1, 0);
    expect(poll(watchdog, 0, 300, () => 1)).toBeUndefined();
    const resumedMs = 3_600_000;
    expect(watchdog.isHung(1, resumedMs)).toBe(false);
    expect(poll(watchdog, resumedMs + WATCHDOG_POLL_MS, 300, () => 2)).toBeUndefined();
    expect(poll(watchdog, resumedMs + 400, 5_000, () => 2)).toBeDefined();
  });
});

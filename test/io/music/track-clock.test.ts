import { describe, expect, test } from "bun:test";
import { Checkpoints, momentOf, trackSeconds } from "../../../src/io/music/track-clock.ts";
import { minutesText } from "../../../src/io/shared/minutes.ts";

const track = { song: 0, name: "", author: "", timeMs: 10_000, fadeMs: 2000 };

describe("the end of a track", () => {
  test.each([
    [0, 0, "all", { kind: "playing", gain: 1 }],
    [10, 0, "all", { kind: "playing", gain: 1 }],
    [11.5, 0, "all", { kind: "playing", gain: 0.25 }],
    [12, 0, "off", { kind: "over" }],
    [500, 0, "track", { kind: "playing", gain: 1 }],
    [3, 3.9, "all", { kind: "playing", gain: 1 }],
    [5, 4, "track", { kind: "over" }],
  ] as const)("%p s, silent for %p s, repeat %s", (seconds, silent, repeat, moment) => {
    expect(momentOf(track, seconds, silent, repeat)).toEqual(moment);
  });

  test("is where its length says", () => {
    expect(momentOf(track, trackSeconds(track) - 0.01, 0, "off")).toMatchObject({ kind: "playing" });
    expect(momentOf(track, trackSeconds(track), 0, "off")).toEqual({ kind: "over" });
  });

  test("without a time it is three minutes and a fade of five seconds", () => {
    const untimed = { song: 0, name: "", author: "" };
    expect(momentOf(untimed, 184, 0, "all")).toMatchObject({ kind: "playing" });
    expect(momentOf(untimed, 185, 0, "all")).toEqual({ kind: "over" });
  });
});

test("minutes", () => {
  expect([0, 59.9, 60, 605].map(minutesText)).toEqual(["0:00", "0:59", "1:00", "10:05"]);
});

describe("checkpoints", () => {
  test("the nearest one at or before a frame", () => {
    const checkpoints = new Checkpoints(100);
    for (const frame of [0, 100, 200]) checkpoints.keep(frame, Uint8Array.of(frame));
    expect(checkpoints.before(199)?.frame).toBe(100);
    expect(checkpoints.before(200)?.frame).toBe(200);
    expect(checkpoints.wants(299)).toBe(false);
    expect(checkpoints.wants(300)).toBe(true);
    checkpoints.clear();
    expect(checkpoints.before(1000)).toBeUndefined();
  });

  test("their number is bounded, and the first one stays", () => {
    const checkpoints = new Checkpoints(10, 8);
    let kept = 0;
    for (let frame = 0; frame < 10_000; frame++) {
      if (!checkpoints.wants(frame)) continue;
      kept++;
      checkpoints.keep(frame, new Uint8Array(1));
    }
    expect(kept).toBeLessThan(60);
    expect(checkpoints.before(5)?.frame).toBe(0);
    expect(9999 - checkpoints.before(9999)!.frame).toBeLessThan(3000);
  });
});

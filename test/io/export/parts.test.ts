/** The parts of the page's player that need no browser. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { keysWith } from "../../../src/io/export/key-names.ts";
import { withoutOpposites } from "../../../src/io/export/page/buttons.ts";
import { DEFAULT_KEYS } from "../../../src/io/export/page/config.ts";
import { FrameClock } from "../../../src/io/export/page/frame-clock.ts";
import { SoundBuffer } from "../../../src/io/export/page/sound-buffer.ts";
import { TapLatch } from "../../../src/io/export/page/tap-latch.ts";
import { soakSize } from "../../support/soak.ts";

const NTSC_HZ = 60.0988;
const SECONDS = soakSize(60, 600);

/** Frames that the clock runs on a display of `displayHz`, one number per refresh. */
function framesOn(displayHz: number, seconds: number): number[] {
  const clock = new FrameClock(NTSC_HZ);
  const frames: number[] = [];
  for (let tick = 0; tick < seconds * displayHz; tick++)
    frames.push(clock.display((1000 * tick) / displayHz));
  return frames;
}

describe("the frame clock", () => {
  test.each([59.94, 60, 60.2])("gives each refresh of a %d Hz display one frame", (displayHz) => {
    expect(new Set(framesOn(displayHz, 60).slice(200))).toEqual(new Set([1]));
  });

  test.each([30, 50, 75, 120, 144, 240])("keeps the console's rate on a %d Hz display", (displayHz) => {
    const frames = framesOn(displayHz, 60);
    const count = frames.reduce((sum, due) => sum + due, 0);
    expect(Math.abs(count - 60 * NTSC_HZ)).toBeLessThan(3);
    expect(Math.max(...frames)).toBeLessThanOrEqual(Math.ceil(NTSC_HZ / displayHz) + 1);
  });

  test("drops the frames of a long stop", () => {
    const clock = new FrameClock(NTSC_HZ);
    clock.display(0);
    expect(clock.display(60_000)).toBeLessThanOrEqual(8);
    clock.restart();
    expect(clock.display(120_000)).toBe(0);
  });

  test("runs frames between refreshes only when the display is late", () => {
    const clock = new FrameClock(NTSC_HZ);
    clock.display(0);
    expect(clock.between(20)).toBe(0);
    expect(clock.between(40)).toBe(2);
    expect(clock.between(45)).toBe(0);
  });

  test("runs as many frames as time has passed, whichever method is called", () => {
    const calls = fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0, max: 60, noNaN: true })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(calls, (steps) => {
        const clock = new FrameClock(NTSC_HZ);
        clock.display(0);
        let nowMs = 0;
        let count = 0;
        for (const [isDisplay, passedMs] of steps) {
          nowMs += passedMs;
          count += isDisplay ? clock.display(nowMs) : clock.between(nowMs);
        }
        expect(Math.abs(count - (nowMs * NTSC_HZ) / 1000)).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe("the sound's buffer", () => {
  /**
   * Plays the sound of `displayHz` frames per second on a device of `deviceHz` whose clock is off by `drift`.
   */
  function play(deviceHz: number, displayHz: number, drift: number) {
    const buffer = new SoundBuffer(48_000, deviceHz);
    const clock = new FrameClock(NTSC_HZ);
    const out = new Float32Array(128);
    const frame = Int16Array.from({ length: 799 }, (_, i) => 8000 * Math.sin(i / 20));
    const blockMs = (1000 * out.length) / (deviceHz * (1 + drift));
    let nextTickMs = 0;
    const lows: number[] = [];
    for (let block = 0; block * blockMs < SECONDS * 1000; block++) {
      for (; nextTickMs <= block * blockMs; nextTickMs += 1000 / displayHz)
        for (let due = clock.display(nextTickMs); due > 0; due--) buffer.push(frame);
      buffer.pull([out]);
      if (block % 1000 === 999) lows.push(buffer.takeLowest() / deviceHz);
    }
    return { buffer, lows, out };
  }

  test.each([
    [48_000, 60, 0],
    [44_100, 60, 0.002],
    [44_100, 60, -0.002],
    [96_000, 144, 0.003],
    [192_000, 50, -0.003],
    [8000, 30, 0],
  ])("is never empty at %d Hz on a %d Hz display with a clock off by %d", (deviceHz, displayHz, drift) => {
    const { buffer, lows } = play(deviceHz, displayHz, drift);
    expect(buffer.emptyCount).toBe(0);
    expect(buffer.isPlaying).toBe(true);
    // It settles at its lead, neither late nor nearly empty.
    for (const low of lows.slice(10)) {
      expect(low).toBeGreaterThan(0.02);
      expect(low).toBeLessThan(0.08);
    }
  });

  test("counts when it runs out, fades, and buffers more from then on", () => {
    const { buffer, out } = play(48_000, 60, 0);
    const blocks: Float32Array[] = [];
    while (buffer.isPlaying) buffer.pull([out]);
    expect(buffer.emptyCount).toBe(1);
    for (let i = 0; i < 20; i++) {
      buffer.pull([out]);
      blocks.push(out.slice());
    }
    expect(buffer.emptyCount).toBe(1);
    expect(Math.abs(blocks.at(-1)!.at(-1)!)).toBeLessThan(0.001);
    const frame = new Int16Array(799).fill(1000);
    let frames = 0;
    for (; !buffer.isPlaying; frames++) {
      buffer.push(frame);
      buffer.pull([new Float32Array(1)]);
    }
    expect(frames).toBeGreaterThan((0.05 * 48_000) / 799);
  });

  test("drops sound that is too late", () => {
    const buffer = new SoundBuffer(48_000, 48_000);
    for (let i = 0; i < 600; i++) buffer.push(new Int16Array(799));
    expect(buffer.level).toBeLessThan(0.25 * 48_000);
  });

  test("keeps two channels apart", () => {
    const buffer = new SoundBuffer(32_000, 48_000, 2);
    const frame = Int16Array.from({ length: 2 * 533 }, (_, i) => (i % 2 === 0 ? 8192 : -16_384));
    for (let i = 0; i < 8; i++) buffer.push(frame);
    const [left, right] = [new Float32Array(2000), new Float32Array(2000)];
    buffer.pull([left, right]);
    expect(buffer.isPlaying).toBe(true);
    // The curve needs a few samples to get there.
    expect(new Set(left.slice(10))).toEqual(new Set([0.25]));
    expect(new Set(right.slice(10))).toEqual(new Set([-0.5]));
  });

  test("a pause does not count as running out", () => {
    const { buffer, out } = play(48_000, 60, 0);
    buffer.hold();
    for (let i = 0; i < 1000; i++) buffer.pull([out]);
    expect(buffer.emptyCount).toBe(0);
  });
});

describe("buttons", () => {
  test("a tap shorter than a frame counts for one frame", () => {
    const latch = new TapLatch();
    latch.set(1);
    latch.set(0);
    expect([latch.take(), latch.take()]).toEqual([1, 0]);
    latch.set(2);
    expect([latch.take(), latch.take()]).toEqual([2, 2]);
  });

  test("opposite directions cancel", () => {
    expect(withoutOpposites(0b0011_0001)).toBe(1);
    expect(withoutOpposites(0b1101_0010)).toBe(0b0001_0010);
    expect(withoutOpposites(0b1001_1111)).toBe(0b1001_1111);
  });
});

describe("--key", () => {
  test("replaces a button's keys, and takes them from others", () => {
    const keys = keysWith(["a=space,w", "select=shift", "start=NumpadEnter"]);
    expect(keys).toEqual({
      ...DEFAULT_KEYS,
      a: ["Space", "KeyW"],
      select: ["ShiftLeft", "ShiftRight"],
      start: ["NumpadEnter"],
      up: ["ArrowUp"],
    });
    expect(keysWith([])).toEqual(DEFAULT_KEYS);
  });

  test.each([["a"], ["a="], ["a=x=y"], ["c=x"], ["a=x,"], ["a=F5"], ["a=constructor"], ["__proto__=x"]])(
    "rejects %s",
    (change) => {
      expect(() => keysWith([change])).toThrow(/no such key|does not name a button and its keys/);
    },
  );

  test("rejects a key for two buttons", () => {
    expect(() => keysWith(["a=k", "b=KeyK"])).toThrow("KeyK is given twice");
  });
});

import { describe, expect, test } from "bun:test";
import { AudioOrders } from "../../../src/io/audio/audio-orders.ts";
import { AudioPlayer } from "../../../src/io/audio/player.ts";
import { MAX_DEVIATION, RateControl } from "../../../src/io/audio/rate-control.ts";
import { Resampler } from "../../../src/io/audio/resampler.ts";
import type { AudioSink } from "../../../src/io/audio/sink.ts";
import { AudioWriter } from "../../../src/io/shared/audio-ring.ts";
import {
  createShared,
  DEFAULT_SIZES,
  MACHINE_PAUSED,
  MACHINE_RUNNING,
  type SharedBlocks,
  STAT_SPEED_PERCENT,
  STAT_STATE,
} from "../../../src/io/shared/layout.ts";
import { readStats, setStat } from "../../../src/io/shared/stats.ts";

const RATE = 48_000;
const FRAME = 800;

function sine(frequencyHz: number, count: number, start = 0): Int16Array {
  return Int16Array.from({ length: count }, (_, i) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * frequencyHz * (start + i)) / RATE)),
  );
}

/** Frequency of a tone, from the time between its first and last upward crossing of zero. */
function frequencyOf(samples: ArrayLike<number>): number {
  const crossings: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    const [before, after] = [samples[i - 1], samples[i]];
    if (before < 0 && after >= 0) crossings.push(i - 1 + before / (before - after));
  }
  return ((crossings.length - 1) * RATE) / (crossings.at(-1)! - crossings[0]);
}

describe("Resampler", () => {
  test.each([0.995, 1, 1.005, 0.5, 2])("turns a tone by the ratio %p", (ratio) => {
    const resampler = new Resampler();
    const heard: number[] = [];
    const out = new Int16Array(4 * FRAME);
    for (let frame = 0; frame < 60; frame++) {
      const length = resampler.process(sine(440, FRAME, frame * FRAME), FRAME, ratio, 1, out);
      heard.push(...out.subarray(0, length));
    }
    expect(heard.length).toBeCloseTo((60 * FRAME) / ratio, -1);
    expect(frequencyOf(heard.slice(100))).toBeCloseTo(440 * ratio, 1);
    // No steps between calls: the steepest a sine of this height gets, and a little.
    const steepest = Math.max(...heard.slice(1).map((value, i) => Math.abs(value - heard[i])));
    expect(steepest).toBeLessThan(((10_000 * 2 * Math.PI * 440) / RATE) * ratio * 1.2);
  });

  test("keeps loud samples within 16 bits", () => {
    const out = new Int16Array(FRAME);
    const loud = Int16Array.from({ length: FRAME }, (_, i) => (i & 8 ? 32767 : -32768));
    new Resampler().process(loud, FRAME, 0.99, 1, out);
    expect(Math.max(...out)).toBe(32767);
    expect(Math.min(...out)).toBe(-32768);
  });
});

describe("RateControl", () => {
  test.each([0.998, 1.002, 1.0035])("finds a device whose clock is off by %p, and stays there", (device) => {
    const control = new RateControl(300);
    let level = 300;
    const levels: number[] = [];
    for (let step = 0; step < 6000; step++) {
      level = Math.max(0, level + FRAME * (1 - device * control.ratio));
      control.observe(level, FRAME / RATE);
      levels.push(level);
      expect(Math.abs(control.ratio - 1)).toBeLessThanOrEqual(MAX_DEVIATION);
    }
    const last = levels.slice(-600);
    expect(Math.min(...last)).toBeGreaterThan(250);
    expect(Math.max(...last)).toBeLessThan(350);
    expect(control.ratio).toBeCloseTo(1 / device, 4);
  });
});

/** A device that holds so many samples, and plays when it is told that time has passed. */
class FakeSink implements AudioSink {
  readonly name = "fake";
  readonly paces = true;
  readonly heard: number[] = [];
  #waiting: number[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  write(samples: Int16Array, count: number): number {
    const taken = Math.min(count, this.#capacity - this.#waiting.length);
    // What is full would block until it has played some.
    if (taken === 0) this.play(100);
    this.#waiting.push(...samples.subarray(0, taken));
    return taken;
  }

  queued(): number {
    return this.#waiting.length;
  }

  close(): void {}

  play(count: number): void {
    this.heard.push(...this.#waiting.splice(0, count));
  }
}

function setUp() {
  const sizes = { machineBytes: 64, stateBytes: 64, batteryBytes: 0, widthPixels: 8, heightPixels: 8 };
  const { blocks } = createShared({ ...DEFAULT_SIZES, ...sizes });
  const sink = new FakeSink(1728);
  setStat(blocks.stats, STAT_STATE, MACHINE_RUNNING);
  new AudioOrders(blocks.stats).setVolume(100);
  return { blocks, sink, player: new AudioPlayer(blocks, sink), writer: new AudioWriter(blocks.audio) };
}

function playAll(blocks: SharedBlocks, player: AudioPlayer): void {
  const words = blocks.audio.words;
  while (Atomics.load(words, 16) !== Atomics.load(words, 0)) player.turn();
}

describe("AudioPlayer", () => {
  test("plays what the machine makes, after a short silence", () => {
    const { blocks, sink, player, writer } = setUp();
    for (let frame = 0; frame < 120; frame++) {
      writer.push(sine(440, FRAME, frame * FRAME), FRAME);
      playAll(blocks, player);
      sink.play(FRAME);
    }
    const start = sink.heard.findIndex((value) => value !== 0);
    expect(start).toBeGreaterThan(500);
    expect(start).toBeLessThan(2400);
    const played = sink.heard.slice(start + 1000);
    expect(Math.abs(frequencyOf(played) - 440)).toBeLessThan(440 * MAX_DEVIATION * 1.1);
    expect(readStats(blocks.stats).audioUnderruns).toBe(0);
  });

  test("counts running dry only while the machine should play", () => {
    const { blocks, sink, player, writer } = setUp();
    writer.push(sine(440, FRAME), FRAME);
    playAll(blocks, player);
    sink.play(5000);
    player.turn();
    player.turn();
    expect(readStats(blocks.stats).audioUnderruns).toBe(1);
    writer.push(sine(440, FRAME), FRAME);
    playAll(blocks, player);
    setStat(blocks.stats, STAT_STATE, MACHINE_PAUSED);
    sink.play(5000);
    player.turn();
    expect(readStats(blocks.stats).audioUnderruns).toBe(1);
  });

  test("does not let sound become old", () => {
    const { blocks, sink, player, writer } = setUp();
    writer.push(sine(440, FRAME), FRAME);
    playAll(blocks, player);
    for (let frame = 0; frame < 20; frame++) writer.push(sine(440, FRAME), FRAME);
    player.turn();
    const words = blocks.audio.words;
    expect(Atomics.load(words, 16) - Atomics.load(words, 0)).toBeLessThanOrEqual(FRAME);
    expect(sink.queued()).toBeGreaterThan(0);
  });

  test("turns the pitch with the speed", () => {
    const { blocks, sink, player, writer } = setUp();
    setStat(blocks.stats, STAT_SPEED_PERCENT, 200);
    // The machine makes its frames by the clock, whatever the player does; the device plays by it as well.
    const began = performance.now();
    let frames = 0;
    let heard = 0;
    for (let elapsed = 0; elapsed < 900; elapsed = performance.now() - began) {
      for (; frames < (elapsed * 2 * RATE) / 1000 / FRAME; frames++)
        writer.push(sine(440, FRAME, frames * FRAME), FRAME);
      sink.play(Math.floor((elapsed * RATE) / 1000) - heard);
      heard = Math.floor((elapsed * RATE) / 1000);
      player.turn();
    }
    const late = sink.heard.slice(-8000);
    expect(frequencyOf(late)).toBeGreaterThan(700);
    expect(frequencyOf(late)).toBeLessThan(1100);
  });

  test("is silent at volume 0", () => {
    const { blocks, sink, player, writer } = setUp();
    new AudioOrders(blocks.stats).setVolume(0);
    for (let frame = 0; frame < 10; frame++) {
      writer.push(sine(440, FRAME, frame * FRAME), FRAME);
      playAll(blocks, player);
      sink.play(FRAME);
    }
    expect(new Set(sink.heard)).toEqual(new Set([0]));
  });
});

import { describe, expect, test } from "bun:test";
import { AudioInbox, AudioOrders } from "../../../src/io/audio/audio-orders.ts";
import { Concealment } from "../../../src/io/audio/concealment.ts";
import { AudioPlayer } from "../../../src/io/audio/player.ts";
import { MAX_DEVIATION, RateControl } from "../../../src/io/audio/rate-control.ts";
import { Reserve } from "../../../src/io/audio/reserve.ts";
import type { AudioSink } from "../../../src/io/audio/sink.ts";
import { StreamResampler } from "../../../src/io/audio/stream-resampler.ts";
import { AudioWriter } from "../../../src/io/shared/audio-ring.ts";
import { createShared, DEFAULT_SIZES, type SharedBlocks } from "../../../src/io/shared/layout.ts";
import {
  MACHINE_PAUSED,
  MACHINE_RUNNING,
  STAT_SPEED_PERCENT,
  STAT_STATE,
} from "../../../src/io/shared/layout-words.ts";
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

function interleaved(left: Int16Array, right: Int16Array): Int16Array {
  return Int16Array.from({ length: 2 * left.length }, (_, at) => ((at & 1) === 0 ? left : right)[at >> 1]!);
}

/** The samples of one channel of two. */
function sideOf(samples: ArrayLike<number>, channel: number): number[] {
  return Array.from({ length: samples.length / 2 }, (_, at) => samples[2 * at + channel]!);
}

describe("StreamResampler", () => {
  test("another gain is reached evenly: no sample jumps further than the tone itself", () => {
    const tone = Int16Array.from({ length: 800 }, (_, i) => Math.round(20_000 * Math.sin(i / 20)));
    const furthest = (samples: Int16Array) =>
      Math.max(...Array.from(samples.subarray(1), (sample, i) => Math.abs(sample - samples[i]!)));
    for (const [from, to] of [
      [1, 0],
      [0, 1],
      [1, 0.25],
    ] as const) {
      const resampler = new StreamResampler();
      const out = new Int16Array(1600);
      const first = resampler.process(tone.subarray(0, 400), 400, 1, from, out);
      const rest = new Int16Array(1200);
      const second = resampler.process(tone.subarray(400), 400, 1, to, rest);
      const all = Int16Array.from([...out.subarray(0, first), ...rest.subarray(0, second)]);
      expect(furthest(all)).toBeLessThan(furthest(tone) + 100);
      // From the call after on, the gain is the new one.
      const after = new Int16Array(800);
      resampler.process(tone, 400, 1, to, after);
      expect(Math.max(...after.map(Math.abs))).toBeCloseTo(20_000 * to, -2);
    }
  });

  test.each([0.995, 1, 1.005, 0.5, 2])("changes a tone by the ratio %p", (ratio) => {
    const resampler = new StreamResampler();
    const heard: number[] = [];
    const out = new Int16Array(4 * FRAME);
    for (let frame = 0; frame < 60; frame++) {
      const length = resampler.process(sine(440, FRAME, frame * FRAME), FRAME, ratio, 1, out);
      heard.push(...out.subarray(0, length));
    }
    expect(heard.length).toBeCloseTo((60 * FRAME) / ratio, -1);
    expect(frequencyOf(heard.slice(100))).toBeCloseTo(440 * ratio, 1);
    // There are no steps between calls: no slope is much steeper than the steepest of such a sine.
    const steepest = Math.max(...heard.slice(1).map((value, i) => Math.abs(value - heard[i])));
    expect(steepest).toBeLessThan(((10_000 * 2 * Math.PI * 440) / RATE) * ratio * 1.2);
  });

  test("treats each channel as if it were alone", () => {
    const sides = [sine(440, FRAME), sine(1000, FRAME)];
    const both = interleaved(sides[0]!, sides[1]!);
    // No room for the last samples: both sides lose the same ones.
    const out = new Int16Array(2 * (FRAME - 10));
    for (const [channel, side] of sides.entries()) {
      const alone = new Int16Array(FRAME - 10);
      const length = new StreamResampler(channel, 2).process(both, FRAME, 0.995, 0.5, out);
      expect(length).toBe(new StreamResampler().process(side, FRAME, 0.995, 0.5, alone));
      expect(sideOf(out, channel)).toEqual([...alone]);
    }
  });

  test("keeps loud samples within 16 bits", () => {
    const out = new Int16Array(FRAME);
    const loud = Int16Array.from({ length: FRAME }, (_, i) => (i & 8 ? 32767 : -32768));
    new StreamResampler().process(loud, FRAME, 0.99, 1, out);
    expect(Math.max(...out)).toBe(32767);
    expect(Math.min(...out)).toBe(-32768);
  });
});

describe("RateControl", () => {
  test.each([0.998, 1.002, 1.0035])("locks to a device whose clock differs by the factor %p", (device) => {
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

describe("Reserve", () => {
  test("grows by each shortage, up to 70 ms, and shrinks slowly after half a minute without one", () => {
    const reserve = new Reserve();
    reserve.pass(100);
    expect(reserve.samples).toBe(0);
    reserve.lacked(960);
    expect(reserve.samples).toBe(960);
    for (let second = 0; second < 29; second++) reserve.pass(1);
    expect(reserve.samples).toBe(960);
    reserve.lacked(1);
    expect(reserve.samples).toBe(1200);
    for (let second = 0; second < 30; second++) reserve.pass(1);
    expect(reserve.samples).toBe(1176);
    for (let lack = 0; lack < 20; lack++) reserve.lacked(800);
    expect(reserve.samples).toBe(3360);
    for (let second = 0; second < 300; second++) reserve.pass(1);
    expect(reserve.samples).toBe(0);
  });
});

describe("Concealment", () => {
  const steepestOf = (samples: readonly number[]) =>
    Math.max(...samples.slice(1).map((value, i) => Math.abs(value - samples[i])));

  test.each([110, 440, 1000, 4186])(
    "continues a tone of %p Hz, fades, and blends into what follows",
    (hz) => {
      const concealment = new Concealment();
      const heard: number[] = [];
      const tone = sine(hz, 2400);
      concealment.follow(tone, 2400);
      heard.push(...tone);
      concealment.begin(2400);
      const made = new Int16Array(480);
      concealment.make(made, 480);
      heard.push(...made);
      // It is still the tone, slightly softer.
      expect(Math.max(...made)).toBeGreaterThan(8500);
      const next = sine(hz, 1200, 4321);
      concealment.follow(next, 1200);
      heard.push(...next);
      expect(steepestOf(heard)).toBeLessThan(((10_000 * 2 * Math.PI * hz) / RATE) * 1.5 + 50);
      expect([...next.subarray(240)]).toEqual([...sine(hz, 1200, 4321).subarray(240)]);
    },
  );

  test("conceals each channel by its own samples", () => {
    const sides = [sine(440, 2400), sine(1000, 2400)];
    const both = interleaved(sides[0]!, sides[1]!);
    const made = new Int16Array(960);
    const nextBoth = interleaved(sine(440, 1200, 4321), sine(1000, 1200, 4321));
    for (const channel of [0, 1]) {
      const [one, alone] = [new Concealment(channel, 2), new Concealment()];
      const next = sine(channel === 0 ? 440 : 1000, 1200, 4321);
      const madeAlone = new Int16Array(480);
      one.follow(both, 2400);
      one.begin(2400);
      one.make(made, 480);
      one.follow(nextBoth, 1200);
      alone.follow(sides[channel]!, 2400);
      alone.begin(2400);
      alone.make(madeAlone, 480);
      alone.follow(next, 1200);
      expect(sideOf(made, channel)).toEqual([...madeAlone]);
      expect(sideOf(nextBoth, channel)).toEqual([...next]);
    }
  });

  test("fades to silence and reports it", () => {
    const concealment = new Concealment();
    concealment.follow(sine(440, 1000), 1000);
    concealment.begin(480);
    const made = new Int16Array(960);
    expect(concealment.isSilent).toBe(false);
    concealment.make(made, 960);
    expect(concealment.isSilent).toBe(true);
    expect(new Set(made.subarray(481))).toEqual(new Set([0]));
    concealment.follow(new Int16Array(300), 300);
    expect(concealment.isSilent).toBe(false);
  });
});

/** A device that holds this many samples, and plays when the test lets time pass. */
class FakeSink implements AudioSink {
  readonly name = "fake";
  readonly paces = true;
  /** The samples of all channels. */
  readonly heard: number[] = [];
  underruns = 0;
  capacity: number | undefined;
  #waiting: number[] = [];
  #hasTold = true;
  #capacity: number;
  readonly #channels: number;

  constructor(capacity: number, channels: number) {
    this.#capacity = capacity;
    this.#channels = channels;
  }

  write(samples: Int16Array, count: number): number {
    if (this.#waiting.length === 0 && this.heard.length > 0 && !this.#hasTold) this.underruns++;
    this.#hasTold = this.#waiting.length === 0;
    const taken = Math.min(count, this.#capacity - this.queued());
    // A full device blocks until it has played some samples.
    if (taken === 0) this.play(100);
    this.#waiting.push(...samples.subarray(0, taken * this.#channels));
    return taken;
  }

  queued(): number {
    return this.#waiting.length / this.#channels;
  }

  close(): void {}

  setCapacity(samples: number): void {
    this.capacity = samples;
    this.#capacity = samples;
  }

  play(count: number): void {
    this.heard.push(...this.#waiting.splice(0, count * this.#channels));
  }
}

function setUp(audioChannels: 1 | 2 = 1) {
  const sizes = { machineBytes: 64, stateBytes: 64, batteryBytes: 0, widthPixels: 8, heightPixels: 8 };
  const { blocks } = createShared({ ...DEFAULT_SIZES, ...sizes, audioChannels });
  const sink = new FakeSink(1728, audioChannels);
  setStat(blocks.stats, STAT_STATE, MACHINE_RUNNING);
  const orders = new AudioOrders(blocks.stats);
  orders.setVolume(100);
  const player = new AudioPlayer(blocks, sink, new AudioInbox(blocks.stats, orders.turn));
  return { blocks, sink, orders, player, writer: new AudioWriter(blocks.audio) };
}

function playAll(blocks: SharedBlocks, player: AudioPlayer): void {
  const words = blocks.audio.words;
  while (Atomics.load(words, 16) !== Atomics.load(words, 0)) player.turn();
}

/**
 * A tone of 440 Hz without a break: `push` queues a frame of it, `play` plays N frames in step with the
 * device.
 */
function toneOf({ blocks, sink, player, writer }: ReturnType<typeof setUp>) {
  let frame = 0;
  const push = () => {
    writer.push(sine(440, FRAME, frame * FRAME), FRAME);
    frame++;
  };
  const play = (frames: number) => {
    for (const end = frame + frames; frame < end; ) {
      push();
      playAll(blocks, player);
      sink.play(FRAME);
    }
  };
  return { push, play };
}

describe("AudioPlayer", () => {
  test("plays the machine's samples after a short silence", () => {
    const setup = setUp();
    const { blocks, sink } = setup;
    toneOf(setup).play(120);
    const start = sink.heard.findIndex((value) => value !== 0);
    expect(start).toBeGreaterThan(500);
    expect(start).toBeLessThan(2400);
    const played = sink.heard.slice(start + 1000);
    expect(Math.abs(frequencyOf(played) - 440)).toBeLessThan(440 * MAX_DEVIATION * 1.1);
    expect(readStats(blocks.stats).audioUnderruns).toBe(0);
  });

  test("keeps left and right apart, also when frames are late or samples are dropped", () => {
    const { blocks, sink, player, writer } = setUp(2);
    // Every right sample is half of the left one.
    let at = 0;
    const push = () => {
      const left = sine(440, FRAME, at);
      at += FRAME;
      writer.push(
        interleaved(
          left,
          left.map((value) => Math.trunc(value / 2)),
        ),
        2 * FRAME,
      );
    };
    for (let frame = 0; frame < 200; frame++) {
      // Frame 60 is late; frames 120 to 125 come together.
      if (frame !== 60) push();
      if (frame === 120) for (let more = 0; more < 5; more++) push();
      playAll(blocks, player);
      sink.play(FRAME);
      if (frame === 60) player.turn();
    }
    const [left, right] = [sideOf(sink.heard, 0), sideOf(sink.heard, 1)];
    expect(Math.max(...left)).toBeGreaterThan(9500);
    const apart = left.map((value, i) => Math.abs(value - 2 * right[i]!));
    expect(Math.max(...apart)).toBeLessThanOrEqual(4);
    const start = left.findIndex((value) => value !== 0);
    expect(Math.abs(frequencyOf(left.slice(start + 1000, start + 30_000)) - 440)).toBeLessThan(
      440 * MAX_DEVIATION * 1.1,
    );
  });

  test("counts underruns only while the machine should play", () => {
    const { blocks, sink, player, writer } = setUp();
    const runDry = () => {
      writer.push(sine(440, FRAME), FRAME);
      playAll(blocks, player);
      for (let i = 0; i < 20; i++) {
        sink.play(5000);
        player.turn();
      }
    };
    runDry();
    expect(readStats(blocks.stats).audioUnderruns).toBe(1);
    setStat(blocks.stats, STAT_STATE, MACHINE_PAUSED);
    runDry();
    expect(readStats(blocks.stats).audioUnderruns).toBe(1);
  });

  test("continues the tone when frames are late, then buffers more, and less after a calm time", () => {
    const setup = setUp();
    const { blocks, sink, player } = setup;
    const { push, play } = toneOf(setup);
    play(60);
    const before = sink.heard.length;
    // The device plays for 40 ms, and nothing comes; then what is late comes together.
    for (let i = 0; i < 8; i++) {
      sink.play(240);
      player.turn();
    }
    push();
    push();
    play(60);
    const { audioConcealed, audioUnderruns } = readStats(blocks.stats);
    expect(audioUnderruns).toBe(0);
    expect(audioConcealed).toBeGreaterThan(0);
    // There are no clicks: no slope is much steeper than the steepest of such a tone.
    const steepest = Math.max(
      ...sink.heard
        .slice(before - 4 * FRAME)
        .map((value, i, heard) => Math.abs(value - (heard[i - 1] ?? value))),
    );
    expect(steepest).toBeLessThan(((10_000 * 2 * Math.PI * 440) / RATE) * 1.4);
  });

  test("counts the device's underruns but not pauses, and enlarges its buffer after underruns", () => {
    const setup = setUp();
    const { blocks, sink, player } = setup;
    const { push, play } = toneOf(setup);
    play(20);
    setStat(blocks.stats, STAT_STATE, MACHINE_PAUSED);
    for (let i = 0; i < 30; i++) {
      sink.play(240);
      player.turn();
    }
    setStat(blocks.stats, STAT_STATE, MACHINE_RUNNING);
    play(20);
    expect([sink.underruns, readStats(blocks.stats).audioUnderruns, sink.capacity]).toEqual([
      1,
      0,
      undefined,
    ]);
    // The thread comes late: there are samples, and the device has none left.
    push();
    sink.play(5000);
    play(10);
    expect(readStats(blocks.stats).audioUnderruns).toBe(1);
    expect(sink.capacity).toBe(1728 + 960);
  });

  test("fades out when the machine pauses", () => {
    const setup = setUp();
    const { blocks, sink, player } = setup;
    toneOf(setup).play(10);
    setStat(blocks.stats, STAT_STATE, MACHINE_PAUSED);
    for (let i = 0; i < 20; i++) {
      sink.play(240);
      player.turn();
    }
    const { heard } = sink;
    const steps = heard.slice(4 * FRAME).map((value, i) => Math.abs(value - heard[4 * FRAME + i - 1]));
    expect(Math.max(...steps)).toBeLessThan(((10_000 * 2 * Math.PI * 440) / RATE) * 1.4);
    expect(heard.at(-1)).toBe(0);
    expect(readStats(blocks.stats)).toMatchObject({ audioUnderruns: 0, audioConcealed: 0 });
  });

  test("drops old samples when too many wait", () => {
    const { blocks, sink, player, writer } = setUp();
    writer.push(sine(440, FRAME), FRAME);
    playAll(blocks, player);
    for (let frame = 0; frame < 20; frame++) writer.push(sine(440, FRAME), FRAME);
    player.turn();
    const words = blocks.audio.words;
    expect(Atomics.load(words, 16) - Atomics.load(words, 0)).toBeLessThanOrEqual(FRAME);
    expect(sink.queued()).toBeGreaterThan(0);
  });

  test("changes the pitch with the speed", () => {
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
    const { blocks, sink, orders, player, writer } = setUp();
    orders.setVolume(0);
    for (let frame = 0; frame < 10; frame++) {
      writer.push(sine(440, FRAME, frame * FRAME), FRAME);
      playAll(blocks, player);
      sink.play(FRAME);
    }
    expect(new Set(sink.heard)).toEqual(new Set([0]));
  });
});

test("a thread without a device waits until main ends it", async () => {
  const { blocks, orders } = setUp();
  const inbox = new AudioInbox(blocks.stats, orders.turn);
  // The time is over.
  await inbox.waitForEnd(1);
  expect(inbox.wantsEnd).toBe(false);
  const waiting = inbox.waitForEnd(60_000).then(() => inbox.wantsEnd);
  // Other orders do not end it.
  orders.setVolume(50);
  orders.end();
  expect(await waiting).toBe(true);
  await inbox.waitForEnd(60_000);
});

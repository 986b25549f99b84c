import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Prng } from "../../../support/prng.ts";
import { createBench, FRAME_CYCLES, writeAll } from "./apu-harness.ts";

const CYCLES = FRAME_CYCLES.ntsc;
/** Samples until the high-pass filters have forgotten where they began: 25 ms. */
const SETTLED = 1200;

/** All channels play. */
const TUNE: readonly (readonly [number, number])[] = [
  [0x4015, 0x0f],
  [0x4000, 0xbf],
  [0x4002, 0xfd],
  [0x4003, 0x00],
  [0x4004, 0x7c],
  [0x4006, 0x52],
  [0x4007, 0x01],
  [0x4008, 0xff],
  [0x400a, 0x80],
  [0x400b, 0x00],
  [0x400c, 0x34],
  [0x400e, 0x06],
  [0x400f, 0x08],
];

/** Runs a frame and returns a copy of its samples. */
function frameOf(bench: ReturnType<typeof createBench>, isHeard: boolean): Int16Array {
  bench.apu.beginFrame(isHeard);
  bench.apu.endFrame(CYCLES);
  return bench.apu.samples.slice(0, bench.apu.sampleCount);
}

function largestStep(samples: readonly number[]): number {
  return samples.slice(1).reduce((most, sample, i) => Math.max(most, Math.abs(sample - samples[i]!)), 0);
}

describe("frames that nobody hears", () => {
  test("have no samples, and leave the channels as heard frames do", () => {
    const property = fc.property(fc.integer({ min: 1, max: 0x7fff_ffff }), (seed) => {
      const random = new Prng(seed);
      const [heard, unheard] = [createBench(), createBench()];
      for (let frame = 0; frame < 6; frame++) {
        heard.apu.beginFrame(true);
        unheard.apu.beginFrame(frame === 3);
        let cycle = 0;
        while (cycle < CYCLES - 64) {
          cycle += 1 + random.below(4000);
          if (cycle >= CYCLES - 64) break;
          const address = 0x4000 + random.below(0x18);
          const value = random.byte();
          const isRead = random.below(4) === 0;
          if (isRead) {
            expect(unheard.apu.readStatus(cycle)).toBe(heard.apu.readStatus(cycle));
          } else if (address !== 0x4014 && address !== 0x4016) {
            for (const { apu } of [heard, unheard]) apu.writeRegister(address, value, cycle);
          }
        }
        for (const { apu } of [heard, unheard]) apu.endFrame(CYCLES);
        if (frame !== 3) expect(unheard.apu.sampleCount).toBe(0);
        for (const { apu } of [heard, unheard]) apu.saveState();
        expect(unheard.machineState()).toEqual(heard.machineState());
      }
    });
    fc.assert(property, { numRuns: 40 });
  });

  test("do not end in a click: sound resumes from silence and is soon what it would have been", () => {
    for (const before of [0, 1, 5]) {
      const [heard, paused] = [createBench(), createBench()];
      for (const { apu } of [heard, paused]) writeAll(apu, 4, TUNE);
      for (let frame = 0; frame < before; frame++) for (const bench of [heard, paused]) frameOf(bench, true);
      for (let frame = 0; frame < 3; frame++) {
        frameOf(heard, true);
        expect(frameOf(paused, false).length).toBe(0);
      }
      const expected: number[] = [];
      const resumed: number[] = [];
      for (let frame = 0; frame < 4; frame++) {
        expected.push(...frameOf(heard, true));
        resumed.push(...frameOf(paused, true));
      }
      expect(resumed.length).toBe(expected.length);
      expect(Math.abs(resumed[0]!)).toBeLessThan(300);
      expect(largestStep([0, ...resumed])).toBeLessThanOrEqual(largestStep(expected) + 1);
      for (let i = SETTLED; i < expected.length; i++)
        expect(Math.abs(resumed[i]! - expected[i]!)).toBeLessThanOrEqual(1);
    }
  });

  test("do not interrupt heard ones if the state before them is loaded, as when frames are run ahead", () => {
    const [straight, ahead] = [createBench(), createBench()];
    for (const { apu } of [straight, ahead]) writeAll(apu, 4, TUNE);
    for (let frame = 0; frame < 8; frame++) {
      const expected = frameOf(straight, true);
      expect(frameOf(ahead, true)).toEqual(expected);
      ahead.apu.saveState();
      const state = ahead.memory.slice();
      for (let hidden = 0; hidden < 3; hidden++) frameOf(ahead, false);
      ahead.memory.set(state);
      ahead.apu.loadState();
    }
  });
});

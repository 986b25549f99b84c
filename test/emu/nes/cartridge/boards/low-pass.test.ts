import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  LOW_PASS_WORDS,
  LowPass,
  lowPassShare,
} from "../../../../../src/emu/nes/cartridge/boards/parts/low-pass.ts";

const CLOCK_HZ = 1_789_773;

/** Inputs levels, each for a number of cycles, and returns the output in each cycle. */
function filter(input: readonly (readonly [level: number, cycles: number])[], cutoffHz = 2000): number[] {
  const filtered = new LowPass(new Int32Array(LOW_PASS_WORDS), lowPassShare(cutoffHz, CLOCK_HZ), {
    muted: 0,
  });
  const outputs: number[] = [];
  let cycle = 0;
  let output = 0;
  const sink = {
    setExpansionLevel(at: number, level: number) {
      while (outputs.length < at) outputs.push(output);
      output = level;
    },
  };
  for (const [level, cycles] of input) {
    filtered.begin(cycle, sink);
    filtered.setLevel(level);
    cycle += cycles;
    filtered.end(cycle);
  }
  while (outputs.length < cycle) outputs.push(output);
  return outputs;
}

test("the output does not depend on how time is divided", () => {
  const input = fc.array(fc.tuple(fc.nat(100_000), fc.nat(100)), { maxLength: 30 });
  fc.assert(
    fc.property(input, (levels) => {
      const single = levels.flatMap(([level, cycles]) => Array(cycles).fill([level, 1] as const));
      expect(filter(single)).toEqual(filter(levels));
    }),
    { numRuns: 50 },
  );
});

test.each([
  [200, -0.04],
  [2000, -3.01],
  [6000, -10],
])("a tone of %d Hz comes out at %d dB", (hz, expectedDb) => {
  const periodCycles = CLOCK_HZ / hz;
  const tone = Array.from({ length: Math.round(20 * periodCycles) }, (_, cycle) => {
    return [Math.round(50_000 + 40_000 * Math.sin((2 * Math.PI * cycle) / periodCycles)), 1] as const;
  });
  const settled = filter(tone).slice(Math.round(10 * periodCycles));
  const swing = (Math.max(...settled) - Math.min(...settled)) / 80_000;
  expect(20 * Math.log10(swing)).toBeCloseTo(expectedDb, 0);
});

test("a constant level passes unchanged", () => {
  expect(filter([[93_600, 20_000]]).at(-1)).toBeCloseTo(93_600, -1);
});

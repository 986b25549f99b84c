import { expect, test } from "bun:test";
import fc from "fast-check";
import { joinSound } from "../../../src/io/thread/join-sound.ts";

const sample = fc.integer({ min: -32_768, max: 32_767 });

test("sound begins where the last ended, and is itself after 128 samples", () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 800 }), sample, (values, last) => {
      const samples = Int16Array.from(values);
      joinSound(samples, samples.length, last);
      expect(samples[0]).toBe(last);
      expect([...samples.subarray(128)]).toEqual(values.slice(128));
    }),
    { numRuns: 50 },
  );
});

test("a constant level is approached evenly", () => {
  const samples = new Int16Array(256).fill(1000);
  joinSound(samples, 256, -9000);
  for (let i = 1; i < 256; i++) {
    const rise = samples[i]! - samples[i - 1]!;
    expect(rise >= 0 && rise <= 10_000 / 128 + 1).toBe(true);
  }
});

test("channels are joined one by one", () => {
  const samples = new Int16Array(512).fill(500);
  joinSound(samples, 256, 0, 1, 2);
  expect([samples[0], samples[1], samples[2], samples[511]]).toEqual([500, 0, 500, 500]);
});

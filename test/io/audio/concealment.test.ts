import { describe, expect, test } from "bun:test";
import { Concealment } from "../../../src/io/audio/concealment.ts";

const RATE_HZ = 48_000;
const FADE = 3840;
const CHUNK = 256;

function tone(hz: (at: number) => number, count: number): Int16Array {
  let phase = 0;
  return Int16Array.from({ length: count }, (_, at) => {
    phase += (2 * Math.PI * hz(at)) / RATE_HZ;
    return Math.round(12_000 * Math.sin(phase));
  });
}

function largestJump(samples: ArrayLike<number>): number {
  let jump = 0;
  for (let at = 1; at < samples.length; at++)
    jump = Math.max(jump, Math.abs(samples[at]! - samples[at - 1]!));
  return jump;
}

describe("a gap has no jump that the sound has not", () => {
  const sounds: [string, (at: number) => number][] = [
    ["a tone that repeats", () => 440],
    ["a tone below the longest repeat", () => 22],
    ["a tone whose pitch falls, as at the beginning of slow motion", (at) => (at < 3000 ? 88 : 31)],
    ["a tone between two periods", () => 333.3],
  ];
  test.each(sounds)("%s", (_, hz) => {
    for (let length = 3900; length < 4600; length += 37) {
      const heard = tone(hz, length + 2 * CHUNK);
      const concealment = new Concealment();
      concealment.follow(heard, length);
      const all = [...heard.subarray(0, length)];
      const made = new Int16Array(CHUNK);
      for (let chunk = 0; chunk < 12; chunk++) {
        concealment.begin(FADE);
        concealment.make(made, CHUNK);
        all.push(...made);
      }
      const after = heard.slice(length);
      concealment.follow(after, after.length);
      all.push(...after);
      // A seam of 240 samples is at most as steep as 24,000 / 240 more than the tone.
      expect(largestJump(all)).toBeLessThan(1.5 * largestJump(heard) + 110);
    }
  });
});

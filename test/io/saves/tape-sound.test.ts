/** The Data Recorder's tape as sound, and sounds of real recorders as tapes. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { MonoSound } from "../../../src/io/capture/read-wav.ts";
import {
  recordedBits,
  soundOfTape,
  TAPE_BITS_PER_SECOND,
  tapeOfSound,
} from "../../../src/io/saves/tape-sound.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { Prng } from "../../support/prng.ts";

const TAPE_BYTES = 4096;

/** A tape with runs of 1s and 0s of these lengths. */
function tapeOf(runs: readonly number[]): Uint8Array {
  const tape = new Uint8Array(TAPE_BYTES);
  let at = 0;
  for (const [index, run] of runs.entries()) {
    for (let bit = 0; bit < run && at < 8 * TAPE_BYTES; bit++, at++)
      if (index % 2 === 0) tape[at >> 3]! |= 1 << (at & 7);
  }
  return tape;
}

/** A sound in blocks of odd lengths. */
function soundFrom(samples: Float32Array, rateHz = 44_100): MonoSound {
  const BLOCK = 1001;
  return {
    rateHz,
    length: samples.length,
    *blocks() {
      for (let at = 0; at < samples.length; at += BLOCK) yield samples.subarray(at, at + BLOCK);
    },
  };
}

function samplesOf(tape: Uint8Array): Float32Array {
  return Float32Array.from(soundOfTape(tape).samples, (sample) => sample / 0x8000);
}

/** Runs as a program writes them: two tones, as Family BASIC's. */
function tones(count: number): number[] {
  const random = new Prng(7);
  return Array.from({ length: count }, () => (random.bytes(1)[0]! < 128 ? 5 : 10));
}

/** Lengths of the runs on a tape, in bits. */
function runsOf(tape: Uint8Array): number[] {
  const runs: number[] = [];
  let level = 1;
  let length = 0;
  const bits = recordedBits(tape);
  for (let bit = 0; bit < bits; bit++) {
    const now = (tape[bit >> 3]! >> (bit & 7)) & 1;
    if (now === level) length++;
    else {
      runs.push(length);
      level = now;
      length = 1;
    }
  }
  return [...runs, length];
}

test("what a program has recorded comes back bit by bit", () => {
  const run = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 300 }), (runs) => {
      const tape = tapeOf(runs);
      expect(tapeOfSound(soundFrom(samplesOf(tape)), TAPE_BYTES)).toEqual(tape);
    }),
    { numRuns: 50 },
  );
});

test("an empty tape has no sound, and a silent sound no tape", () => {
  expect(recordedBits(new Uint8Array(8))).toBe(0);
  expect(recordedBits(new Uint8Array([0, 4, 0]))).toBe(11);
  for (const samples of [new Float32Array(0), new Float32Array(5000), new Float32Array(5000).fill(0.4)]) {
    const error = inputErrorOf(() => tapeOfSound(soundFrom(samples), TAPE_BYTES));
    expect(error.message).toContain("silent");
  }
});

test("a sound that is longer than the tape is rejected, silence after it is not", () => {
  const samples = samplesOf(tapeOf(tones(4000)));
  const error = inputErrorOf(() => tapeOfSound(soundFrom(samples), 1024));
  expect(error.message).toBe("the sound has 2 seconds, the tape holds 0");
  const padded = new Float32Array(samples.length + 44_100);
  padded.set(samplesOf(tapeOf([40, 40, 40])));
  expect(recordedBits(tapeOfSound(soundFrom(padded), 64))).toBeLessThanOrEqual(8 * 64);
});

describe("sounds of recorders", () => {
  const tape = tapeOf(tones(1500));
  const clean = samplesOf(tape);
  /** A recorder's bandwidth, as a low-pass of first order. */
  const lowPass = (samples: Float32Array, cutoffHz: number): Float32Array => {
    const share = 1 - Math.exp((-2 * Math.PI * cutoffHz) / 44_100);
    let value = 0;
    return samples.map((sample) => (value += share * (sample - value)));
  };
  const noise = (amount: number) => {
    const bytes = new Prng(3).bytes(clean.length);
    return (sample: number, i: number) => sample + ((bytes[i]! - 128) / 128) * amount;
  };

  test.each<[string, (samples: Float32Array) => Float32Array]>([
    ["quiet", (samples) => samples.map((sample) => sample * 0.08)],
    ["with an offset", (samples) => samples.map((sample) => sample * 0.5 + 0.3)],
    ["with hum", (samples) => samples.map((s, i) => s + 0.1 * Math.sin((2 * Math.PI * 50 * i) / 44_100))],
    ["with hiss", (samples) => samples.map(noise(0.05))],
    ["of low bandwidth", (samples) => lowPass(samples, 6000)],
    ["of low bandwidth with hiss", (samples) => lowPass(samples, 6000).map(noise(0.03))],
    ["that fades", (samples) => samples.map((sample, i) => sample * (1 - (0.8 * i) / samples.length))],
  ])("%s have the same tones", (_, change) => {
    const heard = runsOf(tapeOfSound(soundFrom(change(clean)), TAPE_BYTES));
    const tonesOf = (runs: readonly number[]) => runs.slice(1, -1).map((run) => (run < 7.5 ? "high" : "low"));
    // The first edges may be lost until the loudness is known.
    expect(tonesOf(heard).slice(-1400)).toEqual(tonesOf(runsOf(tape)).slice(-1400));
  });

  test.each([8000, 22_050, 48_000, 96_000])("at %i Hz have the same tones", (rateHz) => {
    const length = Math.floor((clean.length * rateHz) / 44_100);
    const samples = Float32Array.from({ length }, (_, i) => clean[Math.floor((i * 44_100) / rateHz)]!);
    const heard = runsOf(tapeOfSound(soundFrom(samples, rateHz), TAPE_BYTES));
    expect(heard.length).toBe(runsOf(tape).length);
  });
});

test("the tape has 20 kHz", () => {
  expect(TAPE_BITS_PER_SECOND).toBeCloseTo(20_338.3, 0);
});

test("a sound of days at one sample per second ends soon", () => {
  const samples = Float32Array.from({ length: 1_000_000 }, (_, i) => (i % 2) - 0.5);
  const error = inputErrorOf(() => tapeOfSound(soundFrom(samples, 1), TAPE_BYTES));
  expect(error.kind).toBe("data");
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { readWav } from "../../../src/io/capture/read-wav.ts";
import { wavFile } from "../../../src/io/capture/wav.ts";
import { inputErrorOf } from "../../support/input-errors.ts";

interface Recipe {
  readonly code?: number;
  readonly channels?: number;
  readonly bits?: number;
  readonly extensible?: boolean;
  readonly before?: Uint8Array;
}

function wav(
  data: Uint8Array,
  { code = 1, channels = 1, bits = 16, extensible = false, before }: Recipe = {},
) {
  const format = new DataView(new ArrayBuffer(extensible ? 40 : 16));
  format.setUint16(0, extensible ? 0xfffe : code, true);
  format.setUint16(2, channels, true);
  format.setUint32(4, 44_100, true);
  format.setUint16(14, bits, true);
  if (extensible) format.setUint16(24, code, true);
  const chunk = (name: string, contents: Uint8Array) => {
    const head = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 4; i++) head.setUint8(i, name.charCodeAt(i));
    head.setUint32(4, contents.length, true);
    return [new Uint8Array(head.buffer), contents, new Uint8Array(contents.length & 1)];
  };
  const parts = [
    new TextEncoder().encode("RIFF\0\0\0\0WAVE"),
    ...(before === undefined ? [] : chunk("LIST", before)),
    ...chunk("fmt ", new Uint8Array(format.buffer)),
    ...chunk("data", data),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

const samplesIn = (file: Uint8Array): number[] =>
  Array.from(readWav(file).blocks(), (block) => [...block]).flat();
const float = (value: number) => new Uint8Array(new Float32Array([value]).buffer);

test.each<[string, Uint8Array, number[]]>([
  ["8 bits", wav(new Uint8Array([0x80, 0xc0, 0]), { bits: 8 }), [0, 0.5, -1]],
  ["16 bits", wav(new Uint8Array([0, 0x40, 0, 0xc0])), [0.5, -0.5]],
  ["24 bits", wav(new Uint8Array([0, 0, 0x40, 0, 0, 0x80]), { bits: 24 }), [0.5, -1]],
  ["32 bits", wav(new Uint8Array([0, 0, 0, 0x20]), { bits: 32 }), [0.25]],
  ["floating point", wav(float(-0.75), { code: 3, bits: 32 }), [-0.75]],
  ["numbers that are none", wav(float(Number.NaN), { code: 3, bits: 32 }), [0]],
  ["two channels", wav(new Uint8Array([0, 0x40, 0, 0, 0, 0x40, 0, 0x40]), { channels: 2 }), [0.25, 0.5]],
  ["an extensible format", wav(new Uint8Array([0, 0x40]), { extensible: true }), [0.5]],
  ["other chunks before", wav(new Uint8Array([0, 0x40]), { before: new Uint8Array(5) }), [0.5]],
  ["a part of a sample at the end", wav(new Uint8Array([0, 0x40, 0])), [0.5]],
])("%s", (_, file, samples) => {
  expect(samplesIn(file)).toEqual(samples);
});

test("what emu writes", () => {
  const file = wavFile(new Int16Array([0, 0x4000, -0x8000]), 48_000);
  expect([readWav(file).rateHz, ...samplesIn(file)]).toEqual([48_000, 0, 0.5, -1]);
});

test("blocks of a long sound follow each other without a gap", () => {
  const levels = Int16Array.from({ length: 40_000 }, (_, at) => at % 30_000);
  const sums = Array.from(readWav(wavFile(levels, 48_000)).blocks(), (block) =>
    block.reduce((a, b) => a + b, 0),
  );
  expect(sums.length).toBeGreaterThan(1);
  const total = levels.reduce((sum, level) => sum + level / 0x8000, 0);
  expect(sums.reduce((a, b) => a + b) / total).toBeCloseTo(1, 5);
});

describe("other files", () => {
  test.each<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(0), "not a WAV file"],
    ["without samples", wav(new Uint8Array(2)).subarray(0, 36), "no samples"],
    ["a cut format", wav(new Uint8Array(2)).subarray(0, 30), "cut off"],
    ["compressed", wav(new Uint8Array(2), { code: 0x55 }), "format 85 cannot be read"],
    ["of no channels", wav(new Uint8Array(2), { channels: 0 }), "0 channels"],
  ])("%s", (_, file, what) => {
    const error = inputErrorOf(() => readWav(file));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(what);
  });

  test("any change gives a sound or an InputError", () => {
    const file = wav(new Uint8Array(40), { before: new Uint8Array(4) });
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 5 }), fc.nat(file.length), (changes, length) => {
        const bytes = file.slice(0, length);
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        try {
          const { length } = readWav(bytes);
          expect(length).toBeLessThanOrEqual(40);
          expect(samplesIn(bytes)).toHaveLength(length);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Histogram } from "../../../src/io/shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../../../src/io/shared/layout-words.ts";

function histogram(): Histogram {
  return new Histogram(new Int32Array(new SharedArrayBuffer(HISTOGRAM_WORDS * 4)));
}

describe("histogram", () => {
  test("is empty at first and after clear", () => {
    const empty = histogram();
    expect(empty.summary()).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
    empty.record(5);
    empty.clear();
    expect(empty.summary()).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
  });

  test("percentiles are at most 12.5 % and an eighth of a microsecond high, never low", () => {
    const durations = fc.array(fc.double({ min: 0, max: 2e8, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, fraction) => {
        const recorded = histogram();
        for (const value of values) recorded.record(value);
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(values.length * fraction) - 1]!;
        const estimate = recorded.percentile(fraction);
        expect(recorded.count).toBe(values.length);
        expect(estimate).toBeGreaterThanOrEqual(exact - 0.125);
        expect(estimate).toBeLessThanOrEqual(exact * 1.125 + 0.125);
        expect(Math.abs(recorded.max - sorted.at(-1)!)).toBeLessThanOrEqual(0.125);
      }),
    );
  });

  test("negative durations count as zero, infinite ones as the longest", () => {
    const recorded = histogram();
    recorded.record(-3);
    recorded.record(Number.POSITIVE_INFINITY);
    expect(recorded.percentile(0.5)).toBe(0);
    expect(recorded.max).toBeCloseTo(2 ** 31 / 8, -1);
  });
});

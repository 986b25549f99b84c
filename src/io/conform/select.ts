import { crc32Hex } from "../files/hashes.ts";
import type { TestSpec } from "./types.ts";

/** One of `count` parts; `index` counts from 1. */
export interface Part {
  readonly index: number;
  readonly count: number;
}

/**
 * Returns true if a test matches a filter: a part of its name, ignoring case, or the whole name if the filter
 * has wild cards.
 */
export function fitsFilter(test: TestSpec, filter: string): boolean {
  if (/[*?[{]/.test(filter)) return new Bun.Glob(filter).match(test.name);
  return test.name.toLowerCase().includes(filter.toLowerCase());
}

/** Milliseconds that tests took in an earlier run, by name. */
export type Times = ReadonlyMap<string, number>;

/**
 * The tests of one part, in order. Every test is in exactly one part. Without times, the part of a test
 * depends only on its name, so new tests do not move others. With times, all parts take about the same time:
 * the longest test first, each goes to the part with the least time so far. Tests without a time count as the
 * median of the others.
 */
export function testsOfPart(tests: readonly TestSpec[], { index, count }: Part, times?: Times): TestSpec[] {
  const partOf = times === undefined ? partByName(count) : partByTime(tests, count, times);
  return tests.filter(({ name }) => partOf(name) === index - 1);
}

function partByName(count: number): (name: string) => number {
  const encoder = new TextEncoder();
  return (name) => Number.parseInt(crc32Hex(encoder.encode(name)), 16) % count;
}

function partByTime(
  tests: readonly TestSpec[],
  count: number,
  times: Times,
): (name: string) => number | undefined {
  const known = tests.flatMap(({ name }) => times.get(name) ?? []).sort((a, b) => a - b);
  const median = known[known.length >> 1] ?? 1;
  // A test that took 0 ms still costs its start.
  const timed = tests.map(({ name }) => ({ name, cost: Math.max(1, times.get(name) ?? median) }));
  timed.sort((a, b) => b.cost - a.cost || (a.name < b.name ? -1 : 1));
  const parts = new Map<string, number>();
  const sums: number[] = new Array(count).fill(0);
  for (const { name, cost } of timed) {
    const part = sums.indexOf(Math.min(...sums));
    parts.set(name, part);
    sums[part]! += cost;
  }
  return (name) => parts.get(name);
}

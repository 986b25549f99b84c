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

/**
 * The tests of one part. The part of a test depends only on its name, so new tests do not move others. Every
 * test is in exactly one part.
 */
export function testsOfPart(tests: readonly TestSpec[], { index, count }: Part): TestSpec[] {
  const encoder = new TextEncoder();
  return tests.filter(
    ({ name }) => Number.parseInt(crc32Hex(encoder.encode(name)), 16) % count === index - 1,
  );
}

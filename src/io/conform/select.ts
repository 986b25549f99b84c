import { crc32Hex } from "../files/hashes.ts";
import type { TestSpec } from "./types.ts";

/** One of `count` parts; `index` counts from 1. */
export interface Part {
  readonly index: number;
  readonly count: number;
}

/**
 * Whether a test fits a filter: part of its name, in either case, or the whole of it where the filter has
 * wild cards.
 */
export function fitsFilter(test: TestSpec, filter: string): boolean {
  if (/[*?[{]/.test(filter)) return new Bun.Glob(filter).match(test.name);
  return test.name.toLowerCase().includes(filter.toLowerCase());
}

/**
 * The tests of one part. Where a test goes depends on its name alone, so that new ones move no others;
 * every test is in exactly one part.
 */
export function testsOfPart(tests: readonly TestSpec[], { index, count }: Part): TestSpec[] {
  const encoder = new TextEncoder();
  return tests.filter(
    ({ name }) => Number.parseInt(crc32Hex(encoder.encode(name)), 16) % count === index - 1,
  );
}

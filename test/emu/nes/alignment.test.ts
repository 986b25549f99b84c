/** A console powers up with one of four alignments of CPU and PPU. AccuracyCoin passes with all of them. */
import { describe, expect, test } from "bun:test";
import { coinResults } from "../../support/accuracycoin.ts";
import { SHARED, SOAK } from "../../support/shared.ts";

/** Short tests that depend on which half of a dot a read or write falls into; a soak run uses all tests. */
const SENSITIVE = /flag timing|ALE|hybrid|suppression|NMI timing/i;

describe.skipIf(!SHARED)("AccuracyCoin at each alignment", () => {
  for (const alignment of [0, 1, 2, 3]) {
    test(`dots ${alignment} master clocks behind`, () => {
      const results = coinResults({ alignment }, (name) => SOAK || SENSITIVE.test(name));
      expect([...results].filter(([, verdict]) => !verdict.startsWith("pass"))).toEqual([]);
      expect(results.size).toBeGreaterThanOrEqual(SOAK ? 141 : 4);
    });
  }
});

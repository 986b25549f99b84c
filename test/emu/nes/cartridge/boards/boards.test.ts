import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { supportedMappers } from "../../../../../src/emu/nes/cartridge/boards/index.ts";
import { CASES } from "./data/index.ts";
import { mismatchedPages, runCase, runRandom } from "./run-case.ts";

describe("boards", () => {
  for (const one of CASES) {
    const { mapper, submapper = 0 } = one.cartridge;
    test(`${mapper}.${submapper} ${one.name}`, () => {
      const harness = runCase(one);
      expect(mismatchedPages(harness)).toEqual([]);
    });
  }

  /** The Famicom Disk System has tests of its own: a disk is no image of this table. */
  const TESTED_ELSEWHERE = [20];

  test("every supported mapper has a case", () => {
    const tested = new Set([...TESTED_ELSEWHERE, ...CASES.map((one) => one.cartridge.mapper)]);
    expect(supportedMappers().filter((mapper) => !tested.has(mapper))).toEqual([]);
  });
});

const RUNS = process.env.EMU_SOAK === "1" ? 200 : 4;

describe("banks follow from the registers alone", () => {
  const seen = new Set<string>();
  for (const one of CASES) {
    const key = JSON.stringify(one.cartridge);
    if (seen.has(key)) continue;
    seen.add(key);
    test(`mapper ${key}`, () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => runRandom(one, seed)),
        { numRuns: RUNS },
      );
    });
  }
});

import { describe, expect, test } from "bun:test";
import type { Graded } from "../../../src/io/conform/grade.ts";
import { requireSharedOffsets } from "../../../src/io/conform/offsets.ts";
import { testResult } from "../../support/test-results.ts";

describe("offsets of golden files", () => {
  const graded = (rom: string, source: string, offsets: number[]): Graded => ({
    result: testResult(offsets.length > 0 ? "pass" : "fail", { rom }),
    source,
    offsets,
  });
  const verdicts = (all: Graded[]) => requireSharedOffsets(all).map(({ verdict }) => verdict);

  test("must be the same in all files of one source", () => {
    expect(verdicts([graded("a", "x", [0]), graded("b", "x", [0, 1]), graded("c", "x", [1])])).toEqual([
      "pass",
      "pass",
      "fail",
    ]);
    expect(verdicts([graded("a", "x", [0]), graded("b", "x", [1, 2]), graded("c", "x", [1])])).toEqual([
      "fail",
      "pass",
      "pass",
    ]);
  });

  test("may differ between sources", () => {
    expect(verdicts([graded("a", "x", [0]), graded("b", "y", [1])])).toEqual(["pass", "pass"]);
  });

  test("of files that agree nowhere are ignored", () => {
    expect(verdicts([graded("a", "x", []), graded("b", "x", [2])])).toEqual(["fail", "pass"]);
  });
});

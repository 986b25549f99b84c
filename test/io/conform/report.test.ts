import { describe, expect, test } from "bun:test";
import type { Graded } from "../../../src/io/conform/grade.ts";
import { requireSharedOffsets } from "../../../src/io/conform/offsets.ts";
import { junitReport, makeReport, summaryLine, textReport } from "../../../src/io/conform/report.ts";
import type { TestResult, Verdict } from "../../../src/io/conform/types.ts";

function result(verdict: Verdict, more: Partial<TestResult> = {}): TestResult {
  return {
    rom: `${verdict}.nes`,
    protocol: "blargg-6000",
    verdict,
    detail: "",
    frames: 9,
    milliseconds: 1500,
    ...more,
  };
}

describe("reports", () => {
  const report = makeReport([
    result("pass"),
    result("fail", { detail: 'code 3: <"odd"> & \u0007' }),
    result("error"),
    result("skip"),
    result("fail", {
      rom: "coin.nes",
      cases: [
        { page: "CPU", name: "One", verdict: "pass", detail: "" },
        { page: "CPU", name: "Two", verdict: "fail", detail: "code 2" },
      ],
    }),
  ]);

  test("count the verdicts", () => {
    expect(report).toMatchObject({ passed: 1, failed: 2, errors: 1, skipped: 1 });
    expect(summaryLine(report)).toBe("1 passed, 2 failed, 1 errors, 1 skipped");
  });

  test("as text are a line a test", () => {
    const lines = textReport(report).trimEnd().split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe("pass   pass.nes");
    expect(lines[1]).toStartWith("fail   fail.nes  code 3");
  });

  test("as JUnit have a case for each case of a ROM, and are well-formed", () => {
    const xml = junitReport(report);
    expect(xml).toContain('<testsuites name="emu conform" tests="6" failures="2" errors="1" skipped="1">');
    expect(xml).toContain('<testcase name="CPU: Two" classname="coin.nes" time="0.750">');
    expect(xml).toContain('message="code 3: &lt;&quot;odd&quot;&gt; &amp;  "');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them
    expect(xml).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe("offsets of golden files", () => {
  const graded = (rom: string, source: string, offsets: number[]): Graded => ({
    result: result(offsets.length > 0 ? "pass" : "fail", { rom }),
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

  test("of files that agree nowhere count for nothing", () => {
    expect(verdicts([graded("a", "x", []), graded("b", "x", [2])])).toEqual(["fail", "pass"]);
  });
});

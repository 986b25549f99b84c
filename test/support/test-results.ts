import type { TestResult, Verdict } from "../../src/io/conform/types.ts";

/** A test result whose ROM is named after the verdict. */
export function testResult(verdict: Verdict, more: Partial<TestResult> = {}): TestResult {
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

import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyKnownFailure, loadKnownFailures } from "../../../src/io/conform/known-failures.ts";
import type { TestResult, TestSpec, Verdict } from "../../../src/io/conform/types.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

const result = (...verdicts: Verdict[]): TestResult => ({
  rom: "coin.nes",
  protocol: "accuracycoin",
  verdict: verdicts.includes("fail") ? "fail" : "pass",
  detail: "",
  frames: 1,
  milliseconds: 1,
  cases: verdicts.map((verdict, i) => ({ page: "p", name: `case ${i}`, verdict, detail: "code 2" })),
});

describe("known failures of single cases", () => {
  test("do not fail the test if nothing else fails", () => {
    const { verdict, detail, cases } = applyKnownFailure(result("pass", "fail"), { "case 1": "no DMC" });
    expect({ verdict, detail }).toEqual({ verdict: "pass", detail: "1 of 2, 1 known to fail" });
    expect(cases?.[1]).toMatchObject({ verdict: "skip", detail: "known failure, no DMC: code 2" });
  });

  test("do not hide others", () => {
    const { verdict, detail } = applyKnownFailure(result("fail", "fail"), { "case 1": "no DMC" });
    expect({ verdict, detail }).toEqual({
      verdict: "fail",
      detail: "0 of 2, 1 known to fail; case 0 (code 2)",
    });
  });

  test("fail the test if they pass, and are an error if the case does not exist", () => {
    expect(applyKnownFailure(result("pass", "pass"), { "case 1": "no DMC" }).verdict).toBe("fail");
    const stale = applyKnownFailure(result("pass"), { "case 9": "no DMC" });
    expect(stale).toMatchObject({
      verdict: "error",
      detail: 'no case is called "case 9", as knownFailure has it',
    });
  });
});

describe("a list of known failures", () => {
  const spec = (name: string): TestSpec => ({
    rom: name,
    name,
    romFile: name,
    protocol: "detect",
    maxFrames: 1,
  });
  const folder = mkdtempSync(join(tmpdir(), "emu-known-"));
  const path = join(folder, "known.json");
  const read = async (text: string) => {
    writeFileSync(path, text);
    return loadKnownFailures(path, [spec("a"), spec("b")]);
  };

  test("gives tests their reasons", async () => {
    const tests = await read('{"b": "new", "a": {"case": "old"}}');
    expect(tests.map(({ knownFailure }) => knownFailure)).toEqual([{ case: "old" }, "new"]);
  });

  test("must be correct", async () => {
    const error = await inputErrorFrom(read('{"b": "new",\n "c": "gone"}'));
    expect(error.where).toBe(`${path}:2:7`);
    expect(error.message).toBe('no test is called "c"');
    expect((await inputErrorFrom(read('{"b": 3}'))).message).toContain("must be a reason");
    rmSync(folder, { recursive: true });
  });
});

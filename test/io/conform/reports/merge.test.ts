import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Graded } from "../../../../src/io/conform/grade.ts";
import { requireSharedOffsets } from "../../../../src/io/conform/offsets.ts";
import { mergeShards, type ShardFile } from "../../../../src/io/conform/reports/merge.ts";
import { parseReport } from "../../../../src/io/conform/reports/read-report.ts";
import { makeReport } from "../../../../src/io/conform/reports/report.ts";
import { chooseShard } from "../../../../src/io/conform/shard.ts";
import type { ConformReport, TestSpec } from "../../../../src/io/conform/types.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { testResult } from "../../../support/test-results.ts";

const spec = (name: string): TestSpec => ({
  rom: name,
  name,
  romFile: name,
  protocol: "frame-hashes",
  maxFrames: 9,
  source: { file: "tests.toml", line: 1, column: 1 },
});

const verdict = fc.constantFrom("pass" as const, "fail" as const, "error" as const, "skip" as const);
/** What a test gave by itself. Passed tests may have offsets, which are compared between tests. */
const outcome = fc.record({
  verdict,
  detail: fc.string(),
  milliseconds: fc.nat(9999),
  offsets: fc.option(fc.uniqueArray(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 3 })),
  source: fc.constantFrom("one", "other"),
});
type RunOutcome = typeof outcome extends fc.Arbitrary<infer T> ? T : never;

function gradedOf(name: string, { verdict, detail, milliseconds, offsets, source }: RunOutcome): Graded {
  const result = testResult(verdict, { rom: name, detail, milliseconds });
  return offsets === null ? { result } : { result, offsets, source };
}

/** Runs all shards, and returns their reports as they are read from files. */
async function shardsOf(
  graded: readonly Graded[],
  count: number,
  times?: ReadonlyMap<string, number>,
  more = {},
) {
  const all = graded.map(({ result }) => spec(result.rom));
  const files: ShardFile[] = [];
  for (let index = 1; index <= count; index++) {
    const shard = await chooseShard(all, { index, count }, times, { isWhole: true, ...more });
    const own = shard.positions.map((position) => graded[position]!);
    const report = { ...makeReport(requireSharedOffsets(own)), shard: shard.describe(own) };
    const path = `${index}.json`;
    files.push({ path, report: parseReport(JSON.stringify(report), path) });
  }
  return files;
}

const five = ["a", "b", "c", "d", "e"].map((name) => ({ result: testResult("pass", { rom: name }) }));

describe("merged shards", () => {
  test("are the report of the whole run, for any verdicts, offsets, times and order of files", async () => {
    const run = fc.array(outcome, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        run,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (outcomes, count, isTimed) => {
          const graded = outcomes.map((one, i) => gradedOf(`rom ${i}`, one));
          const times = new Map(graded.map(({ result }) => [result.rom, result.milliseconds]));
          const files = await shardsOf(graded, count, isTimed ? times : undefined);
          const { report, sources } = mergeShards(files.toReversed());
          expect(report).toEqual(makeReport(requireSharedOffsets(graded)));
          expect(JSON.stringify(report)).toBe(JSON.stringify(makeReport(requireSharedOffsets(graded))));
          expect(sources.map((source) => source?.file)).toEqual(graded.map(() => "tests.toml"));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    [1, "shard 2 of 3 is missing"],
    [2, "shards 2, 3 of 3 are missing"],
  ])("with %i missing are an error", async (missing, message) => {
    const files = await shardsOf(five, 3);
    const error = inputErrorOf(() => mergeShards(missing === 1 ? [files[0]!, files[2]!] : [files[0]!]));
    expect([error.kind, error.message]).toEqual(["data", message]);
  });

  test("given twice are an error", async () => {
    const files = await shardsOf(five, 2);
    const error = inputErrorOf(() => mergeShards([...files, { ...files[0]!, path: "again.json" }]));
    expect([error.where, error.message]).toEqual(["again.json", "is shard 1/2, as is 1.json"]);
  });

  const others: readonly (readonly [string, () => Promise<ShardFile[]>])[] = [
    ["tests", () => shardsOf(five.slice(1), 2)],
    ["numbers of shards", () => shardsOf(five, 3)],
    ["options", () => shardsOf(five, 2, undefined, { repeat: 2 })],
    ["times", () => shardsOf(five, 2, new Map([["a", 5]]))],
  ];
  test.each(others)("of other %s are an error", async (_what, make) => {
    const [first] = await shardsOf(five, 2);
    const [, second] = await make();
    const error = inputErrorOf(() => mergeShards([first!, second!]));
    expect(error.message).toBe("is of another run than 1.json");
  });

  const changed = async (change: (second: ConformReport) => ConformReport) => {
    const [first, second] = await shardsOf(five, 2);
    return inputErrorOf(() => mergeShards([first!, { path: "2.json", report: change(second!.report) }]));
  };

  test("of another version of emu are an error", async () => {
    const error = await changed((report) => ({ ...report, shard: { ...report.shard!, emu: "9.9.9-0" } }));
    expect(error.message).toStartWith("is from emu 9.9.9-0, but 1.json from ");
  });

  test("with a test in both are an error", async () => {
    const [first] = await shardsOf(five, 2);
    const { position } = first!.report.shard!.tests[0]!;
    const error = await changed((report) => ({
      ...report,
      shard: { ...report.shard!, tests: report.shard!.tests.map((one) => ({ ...one, position })) },
    }));
    expect(error.message).toContain("which 1.json also has");
  });

  test("that lost a test are an error", async () => {
    const error = await changed((report) => ({
      ...report,
      tests: report.tests.slice(1),
      shard: { ...report.shard!, tests: report.shard!.tests.slice(1) },
    }));
    expect(error.message).toBe("only 4 of 5 tests are in the reports");
  });

  test("without their shard are an error", async () => {
    const error = await changed(({ shard: _shard, ...report }) => report);
    expect([error.where, error.message]).toEqual(["2.json", "is not the report of a shard"]);
  });
});

describe("a report file", () => {
  test.each([
    ["{", "is not JSON"],
    ["[]", "is no report: Invalid input"],
    ['{"tests":[{"rom":1}]}', "is no report: tests.0.rom"],
  ])("%s is rejected", (text, message) => {
    const error = inputErrorOf(() => parseReport(text, "x.json"));
    expect([error.kind, error.where]).toEqual(["data", "x.json"]);
    expect(error.message).toStartWith(message);
  });
});

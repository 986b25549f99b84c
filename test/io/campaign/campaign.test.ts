import { expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Campaign, type CampaignOptions } from "../../../src/io/campaign/campaign.ts";
import { FailureFolder } from "../../../src/io/campaign/failure-folder.ts";
import type { CampaignResult } from "../../../src/io/campaign/types.ts";
import { grade } from "../../../src/io/conform/grade.ts";
import { NO_SYMBOLS } from "../../../src/io/symbols/symbols.ts";
import { fuzzPlan, plantedRom } from "../../support/fuzz-game.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder("campaign");
const rom = join(folder, "jams.nes");
writeFileSync(rom, plantedRom("jam"));
const { task: _, ...plan } = fuzzPlan({ kind: "idle" }, { conditions: [], lagFrames: 0 });

type Run = CampaignOptions["runTests"];

/** Runs the tests in this order of their indexes. */
const inOrder =
  (order: (indexes: number[]) => number[]): Run =>
  async (tests, onGraded) => {
    const results = new Array(tests.length);
    for (const index of order([...tests.keys()])) {
      results[index] = await grade(tests[index]!);
      onGraded(results[index]);
    }
    return results;
  };

async function campaign(name: string, more: Partial<CampaignOptions>): Promise<CampaignResult> {
  const out = join(folder, name);
  return new Campaign(
    { rom, base: { rom, romFile: rom, protocol: "fuzz", maxFrames: plan.frames }, plan, symbols: NO_SYMBOLS },
    {
      seeds: { from: 1, to: 6 },
      batch: 64,
      folder: await FailureFolder.open(out),
      runTests: inOrder((indexes) => indexes),
      onProgress: () => {},
      signal: new AbortController().signal,
      ...more,
    },
  ).run();
}

const found = ({ failures }: CampaignResult) =>
  failures.map(({ finding, seeds, seedCount }) => [finding, [...seeds], seedCount]);

test("finds the same in any order of results and any size of batches", async () => {
  const first = await campaign("forward", {});
  expect(first.failures).toHaveLength(1);
  expect(first.seedsDone).toBe(6);
  expect(readdirSync(join(folder, "forward")).length).toBe(4);
  const backward = await campaign("backward", { runTests: inOrder((indexes) => indexes.reverse()) });
  expect(found(backward)).toEqual(found(first));
  const small = await campaign("small", { batch: 2 });
  expect(found(small)).toEqual(found(first));
});

test("an interrupt keeps what was found, and gives its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const runTests: Run = (tests, onGraded) =>
    inOrder((indexes) => indexes)(tests, (graded) => {
      onGraded(graded);
      if (graded.fuzz?.findings.length === 0) return;
      controller.abort(reason);
      throw reason;
    });
  const result = await campaign("interrupted", { runTests, signal: controller.signal });
  expect([result.interrupted, result.incomplete]).toEqual([reason, "interrupted"]);
  expect(result.failures.map(({ isUnshrunk, files }) => [isUnshrunk, files === undefined])).toEqual([
    [true, false],
  ]);
});

test("other errors are thrown", async () => {
  const runTests: Run = async () => {
    throw new Error("no farm");
  };
  await expect(campaign("error", { runTests })).rejects.toThrow("no farm");
});

test("a farm without workers makes it incomplete, and ends it", async () => {
  let runs = 0;
  const runTests: Run = async (tests) => {
    runs++;
    return tests.map(({ name, rom }) => ({
      result: {
        ...{ name, rom, protocol: "fuzz", detail: "no worker", frames: 0, milliseconds: 0 },
        verdict: "error",
        incomplete: true,
      },
    }));
  };
  const { incomplete, seedsDone, errors } = await campaign("silent", { runTests });
  expect([incomplete, seedsDone, errors, runs]).toEqual(["no worker ran 1 test of this campaign", 0, [], 1]);
});

test("a time limit ends it between two batches", async () => {
  const { seedsDone, incomplete } = await campaign("timed", { seconds: 0, batch: 2 });
  expect([seedsDone, incomplete]).toEqual([0, undefined]);
});

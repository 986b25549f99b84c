import { buildId } from "./build-id.ts";
import type { Graded } from "./grade.ts";
import { FileHashes, hashOf, hashOfTest, portableTest } from "./portable-test.ts";
import { type Part, type Times, testsOfPart } from "./select.ts";
import type { ShardOfRun, TestSpec } from "./types.ts";

/** The tests of a shard, and what its report says about the whole run. */
export interface Shard {
  readonly tests: readonly TestSpec[];
  /** Index of each test in the run. */
  readonly positions: readonly number[];
  /** Describes the shard after its tests have run. */
  describe(graded: readonly Graded[]): ShardOfRun;
}

/**
 * Chooses the tests of one part of a run. `options` are all settings that can change results, and whether the
 * tests are a whole manifest. Shards with different options, tests, files, times or builds of emu are of
 * different runs.
 */
export async function chooseShard(
  all: readonly TestSpec[],
  part: Part,
  times: Times | undefined,
  options: { readonly isWhole: boolean } & Readonly<Record<string, unknown>>,
): Promise<Shard> {
  const tests = testsOfPart(all, part, times);
  const numbers = new Map(all.map((test, index) => [test, index]));
  const positions = tests.map((test) => numbers.get(test)!);
  const emu = await buildId();
  const hashes = new FileHashes();
  const hashed = await Promise.all(all.map(async (test) => hashOfTest(await portableTest(test, hashes))));
  const run = hashOf([emu, options, part.count, [...(times ?? [])], hashed]);
  return {
    tests,
    positions,
    describe: (graded) => ({
      ...part,
      run,
      emu,
      total: all.length,
      isWhole: options.isWhole,
      tests: tests.map((test, index) => ({
        position: positions[index]!,
        ...(test.source === undefined ? {} : { source: test.source }),
        ...goldenOf(graded[index]!),
      })),
    }),
  };
}

function goldenOf({ result, source, offsets }: Graded): Pick<ShardOfRun["tests"][number], "golden"> {
  if (source === undefined || offsets === undefined) return {};
  return { golden: { source, offsets, verdict: result.verdict, detail: result.detail } };
}

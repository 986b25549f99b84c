import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { printable } from "../../files/text.ts";
import type { Graded } from "../grade.ts";
import { requireSharedOffsets } from "../offsets.ts";
import type { ConformReport, ShardOfRun, ShardTest, TestResult, TestSpec } from "../types.ts";
import { testName } from "../types.ts";
import { makeReport } from "./report.ts";

const MAX_PICTURE_BYTES = 16 * MIB;

/** The report of a shard and the file that it was read from. */
export interface ShardFile {
  readonly path: string;
  readonly report: ConformReport;
}

/** A whole run, put together from its shards. */
export interface Merged {
  readonly report: ConformReport;
  /** The places of the tests in the manifest, in the report's order. */
  readonly sources: readonly TestSpec["source"][];
  /** False if `--filter` left out some tests of the manifest. */
  readonly isWhole: boolean;
}

interface Row {
  readonly result: TestResult;
  readonly facts: ShardTest;
  readonly path: string;
}

/**
 * Puts the shards of a run together, in the order of the manifest. The result is the report of the same run
 * without shards, except for times. Throws `InputError` ("data") if a report is of no shard, if reports are
 * of different runs, if a shard is missing or given twice, and if a test is missing or in two shards.
 */
export function mergeShards(files: readonly ShardFile[]): Merged {
  const shards = files.map(({ path, report }) => {
    if (report.shard !== undefined) return { path, report, shard: report.shard };
    throw new InputError("data", "is not the report of a shard", printable(path), REMEDY_SHARD);
  });
  requireOneRun(shards);
  const rows = collectRows(shards);
  const graded = rows.map(({ result, facts }) => withOwnVerdict(result, facts));
  return {
    report: makeReport(requireSharedOffsets(graded).map(withoutUnusedPictures)),
    sources: rows.map(({ facts }) => facts.source),
    isWhole: shards.every(({ shard }) => shard.isWhole),
  };
}

const REMEDY_SHARD = "emu conform --shard 1/2 --json writes one";

interface Labelled extends ShardFile {
  readonly shard: ShardOfRun;
}

function requireOneRun(shards: readonly Labelled[]): void {
  const [first] = shards;
  if (first === undefined) throw new InputError("usage", "there are no reports to merge");
  const given = new Map<number, string>();
  for (const { path, shard } of shards) {
    if (shard.emu !== first.shard.emu) {
      const what = `is from emu ${printable(shard.emu)}, but ${printable(first.path)} from ${printable(first.shard.emu)}`;
      throw new InputError("data", what, printable(path), "run all shards with the same version of emu");
    }
    if (shard.run !== first.shard.run || shard.count !== first.shard.count) {
      const what = `is of another run than ${printable(first.path)}`;
      const remedy = "all shards need the same manifests, files, options, number of shards and --times";
      throw new InputError("data", what, printable(path), remedy);
    }
    if (shard.index < 1 || shard.index > shard.count) {
      throw new InputError("data", `says it is shard ${shard.index} of ${shard.count}`, printable(path));
    }
    const other = given.get(shard.index);
    if (other !== undefined) {
      const what = `is shard ${shard.index}/${shard.count}, as is ${printable(other)}`;
      throw new InputError("data", what, printable(path), "give the report of each shard once");
    }
    given.set(shard.index, path);
  }
  const missing = missingNumbers(first.shard.count, given);
  if (missing.length > 0) {
    const which = `${missing.slice(0, 20).join(", ")}${missing.length > 20 ? ", …" : ""}`;
    throw new InputError(
      "data",
      `${missing.length === 1 ? "shard" : "shards"} ${which} of ${first.shard.count} ${missing.length === 1 ? "is" : "are"} missing`,
      "",
      "a run is complete only with the reports of all shards",
    );
  }
}

function missingNumbers(count: number, given: ReadonlyMap<number, string>): number[] {
  const missing: number[] = [];
  // More shards than reports: stop early, since the number comes from a file.
  for (let index = 1; index <= count && missing.length <= 20; index++) {
    if (!given.has(index)) missing.push(index);
  }
  return missing;
}

/** The results in the run's order. */
function collectRows(shards: readonly Labelled[]): Row[] {
  const rows: Row[] = [];
  const { total } = shards[0]!.shard;
  const seen = new Map<number, Row>();
  for (const { path, report, shard } of shards) {
    if (shard.tests.length !== report.tests.length || shard.total !== total) {
      throw new InputError("data", "is damaged: its numbers of tests differ", printable(path), REMEDY_SHARD);
    }
    for (const [index, result] of report.tests.entries()) {
      const row: Row = { result, facts: shard.tests[index]!, path };
      const { position } = row.facts;
      const other = seen.get(position);
      if (other !== undefined || position >= total) {
        const name = printable(testName(result));
        const what =
          other === undefined
            ? `has the test ${name} at ${position + 1} of ${total}`
            : `has the test ${name}, which ${printable(other.path)} also has`;
        throw new InputError("data", what, printable(path));
      }
      seen.set(position, row);
      rows.push(row);
    }
  }
  if (rows.length !== total) {
    throw new InputError("data", `only ${rows.length} of ${total} tests are in the reports`);
  }
  return rows.sort((a, b) => a.facts.position - b.facts.position);
}

/** The verdict of a test by itself, before it was compared with the other tests of its shard. */
function withOwnVerdict(
  result: TestResult,
  { golden }: ShardTest,
): Pick<Graded, "result" | "offsets" | "source"> {
  if (golden === undefined) return { result };
  const { source, offsets, verdict, detail } = golden;
  return { result: { ...result, verdict, detail }, source, offsets };
}

/** A test that failed only within its shard has pictures and a trace that the whole run would not have. */
function withoutUnusedPictures(result: TestResult): TestResult {
  if (result.verdict === "fail" || result.verdict === "error") return result;
  const { pictures: _pictures, trace: _trace, ...rest } = result;
  return rest;
}

/** Reads the pictures that a report names, for the HTML page. Pictures that are gone are left out. */
export async function picturesOf(report: ConformReport): Promise<Graded[]> {
  return Promise.all(
    report.tests.map(async (result): Promise<Graded> => {
      const { screen, golden, difference } = result.pictures ?? {};
      const actual = await readPicture(screen);
      const compared = { golden: await readPicture(golden), difference: await readPicture(difference) };
      const pictures = Object.fromEntries(Object.entries(compared).filter(([, png]) => png !== undefined));
      return { result, ...(actual === undefined ? {} : { screen: actual }), pictures };
    }),
  );
}

async function readPicture(path: string | undefined): Promise<Uint8Array | undefined> {
  if (path === undefined) return undefined;
  return readFileCapped(path, MAX_PICTURE_BYTES).catch((error) => {
    if (error instanceof InputError) return undefined;
    throw error;
  });
}

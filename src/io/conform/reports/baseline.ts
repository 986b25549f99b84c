import { MIB } from "../../../emu/units.ts";
import { parseJsonSource } from "../../files/documents/parse-json.ts";
import { type SourceNode, sourceError } from "../../files/documents/source-node.ts";
import { TableReader } from "../../files/documents/table-reader.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { printablePath } from "../../files/text.ts";
import { type ConformReport, testName, type Verdict } from "../types.ts";

const MAX_REPORT_BYTES = 256 * MIB;
const VERDICTS: readonly Verdict[] = ["pass", "fail", "error", "skip"];
const SEPARATOR = " › ";

/** Changes since an earlier run: names of tests, and of cases as "test › page: case". */
export interface Changes {
  /** Passed then; fail now. */
  readonly broke: readonly string[];
  /** Failed then; pass now. */
  readonly fixed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Verdicts of an earlier run, by name of test or case. */
export type Baseline = ReadonlyMap<string, Verdict>;

/** The verdicts of an earlier `--json` report. Throws `InputError` ("data") with the place of the error. */
export async function loadBaseline(path: string): Promise<Baseline> {
  const text = new TextDecoder().decode(await readFileCapped(path, MAX_REPORT_BYTES));
  return parseBaseline(text, path);
}

/** Like `loadBaseline`, for text in memory. */
export function parseBaseline(text: string, path: string): Baseline {
  const report = new TableReader(parseJsonSource(text, path), path, "a report of emu conform --json");
  report.need("tests");
  const verdicts = new Map<string, Verdict>();
  for (const item of listOf(report, "tests")) {
    const test = new TableReader(item, path, "a test of the report");
    test.need("rom");
    const name = test.text("name") ?? test.text("rom")!;
    verdicts.set(name, verdictOf(test));
    for (const each of listOf(test, "cases")) {
      const one = new TableReader(each, path, "a case of the report");
      for (const key of ["page", "name"]) one.need(key);
      verdicts.set(caseName(name, one.text("page")!, one.text("name")!), verdictOf(one));
    }
  }
  return verdicts;
}

function listOf(reader: TableReader, key: string): readonly SourceNode[] {
  const node = reader.node(key);
  if (node === undefined) return [];
  if (node.kind !== "list") throw sourceError(reader.path, node.at, `"${key}" must be a list`);
  return node.items;
}

function verdictOf(reader: TableReader): Verdict {
  reader.need("verdict");
  return reader.choice("verdict", VERDICTS)!;
}

function caseName(test: string, page: string, name: string): string {
  return `${test}${SEPARATOR}${page}: ${name}`;
}

/**
 * Compares a report with an earlier one. If cases of a test are listed, the test itself is not. A test that
 * is skipped now is neither broken nor fixed. If `isWhole` is false, only some tests were run and none count
 * as removed.
 */
export function changesSince(baseline: Baseline, report: ConformReport, isWhole: boolean): Changes {
  const now = new Map<string, Verdict>();
  const withCases = new Set<string>();
  for (const test of report.tests) {
    const name = testName(test);
    now.set(name, test.verdict);
    if (test.cases !== undefined) withCases.add(name);
    for (const { page, name: one, verdict } of test.cases ?? []) now.set(caseName(name, page, one), verdict);
  }
  const broke: string[] = [];
  const fixed: string[] = [];
  const added: string[] = [];
  for (const [name, verdict] of now) {
    const before = baseline.get(name);
    const isBad = verdict === "fail" || verdict === "error";
    if (before === undefined) added.push(name);
    else if (before === "pass" && isBad) broke.push(name);
    else if (before !== "pass" && before !== "skip" && verdict === "pass") fixed.push(name);
  }
  const told = (names: readonly string[]): string[] =>
    names.filter((name) => {
      return !withCases.has(name) || !names.some((other) => other.startsWith(`${name}${SEPARATOR}`));
    });
  const removed = isWhole ? [...baseline.keys()].filter((name) => !now.has(name)) : [];
  return { broke: told(broke), fixed: told(fixed), added: told(added), removed };
}

/** The changes as text for people, one line per test. */
export function changesText({ broke, fixed, added, removed }: Changes): string {
  const lines = (title: string, names: readonly string[]): string[] =>
    names.map((name) => `${title.padEnd(5)}  ${printablePath(name)}`);
  const all = [
    ...lines("broke", broke),
    ...lines("fixed", fixed),
    ...lines("new", added),
    ...lines("gone", removed),
  ];
  const counts = `${broke.length} broke, ${fixed.length} fixed, ${added.length} new, ${removed.length} gone`;
  return `${["", "since the baseline:", ...all, counts].join("\n")}\n`;
}

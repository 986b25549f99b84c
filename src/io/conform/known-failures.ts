import { MIB } from "../../emu/units.ts";
import { parseJsonSource } from "../files/documents/parse-json.ts";
import { sourceError } from "../files/documents/source-node.ts";
import { TableReader } from "../files/documents/table-reader.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";
import { readKnownFailure } from "./manifest-values.ts";
import type { CaseResult, TestResult, TestSpec } from "./types.ts";

/**
 * Converts the result of a test that is known to fail: a failure counts as skipped, with its reason; a pass
 * fails, so that the list stays correct. If single cases are listed, only they are converted.
 */
export function applyKnownFailure(result: TestResult, known: TestSpec["knownFailure"]): TestResult {
  if (known === undefined) return result;
  if (typeof known === "string") return { ...result, ...judge(result, known), known };
  const listed = Object.keys(known);
  const names = new Set(result.cases?.map(({ name }) => name));
  const stale = listed.filter((name) => !names.has(name));
  if (stale.length > 0 && result.verdict !== "error") {
    const detail = `no case is called ${stale.map((name) => JSON.stringify(name)).join(", ")}, as knownFailure has it`;
    return { ...result, verdict: "error", detail };
  }
  const cases = (result.cases ?? []).map((one): CaseResult => {
    const reason = known[one.name];
    return reason === undefined ? one : { ...one, ...judge(one, reason) };
  });
  if (result.verdict === "error") return result;
  const failing = cases.filter(({ verdict }) => verdict === "fail" || verdict === "error");
  const passed = cases.filter(({ verdict }) => verdict === "pass").length;
  const complaints = failing.map(({ name, detail }) => `${name} (${detail})`);
  const detail = [`${passed} of ${cases.length}, ${listed.length} known to fail`, ...complaints].join("; ");
  return { ...result, cases, verdict: failing.length === 0 ? "pass" : "fail", detail };
}

function judge(
  { verdict, detail }: Pick<TestResult, "verdict" | "detail">,
  reason: string,
): Pick<TestResult, "verdict" | "detail"> {
  if (verdict === "fail") return { verdict: "skip", detail: `known failure, ${reason}: ${detail}` };
  if (verdict !== "pass") return { verdict, detail };
  return {
    verdict: "fail",
    detail: `passes, but is listed as a known failure (${reason}): take it off the list`,
  };
}

const MAX_LIST_BYTES = MIB;

/**
 * Adds the reasons of a separate list, a JSON table of names and reasons, to `tests`, for manifests that
 * cannot be changed. Throws `InputError` ("data") with the place of an unknown name.
 */
export async function loadKnownFailures(path: string, tests: readonly TestSpec[]): Promise<TestSpec[]> {
  const text = new TextDecoder().decode(await readFileCapped(path, MAX_LIST_BYTES));
  const list = new TableReader(parseJsonSource(text, path), path, "a list of known failures");
  const names = new Set(tests.map(({ name }) => name));
  const reasons = new Map<string, TestSpec["knownFailure"]>();
  for (const name of list.names()) {
    if (!names.has(name)) {
      throw sourceError(path, list.node(name)!.at, `no test is called ${JSON.stringify(printable(name))}`);
    }
    reasons.set(name, readKnownFailure(list, name));
  }
  return tests.map((test) => {
    const knownFailure = reasons.get(test.name);
    return knownFailure === undefined ? test : { ...test, knownFailure };
  });
}

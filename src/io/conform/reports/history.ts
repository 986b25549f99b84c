import { type ConformReport, testName, type Verdict } from "../types.ts";

const MAX_RUNS = 30;

/** Verdicts of earlier runs and this one, newest last. */
export interface History {
  /** When each run ended, as ISO 8601 in UTC. */
  readonly runs: readonly string[];
  /** By test: one letter per run, "-" if the test was not run. */
  readonly tests: Readonly<Record<string, string>>;
}

const LETTERS: Readonly<Record<Verdict, string>> = { pass: "p", fail: "f", error: "e", skip: "s" };

const ELEMENT = /<script type="application\/json" id="history">(.*?)<\/script>/s;

/** The history as an invisible element of a page. */
export function historyElement(history: History): string {
  const json = JSON.stringify(history).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="history">${json}</script>`;
}

/** Reads the history from a page; empty if there is none or it is damaged. */
export function readHistory(page: string): History {
  const empty: History = { runs: [], tests: {} };
  try {
    const found = JSON.parse(ELEMENT.exec(page)?.[1] ?? "null") as Partial<History> | null;
    const { runs, tests } = found ?? {};
    if (!Array.isArray(runs) || runs.length > MAX_RUNS || typeof tests !== "object" || tests === null)
      return empty;
    const isRight = (letters: unknown): boolean =>
      typeof letters === "string" && letters.length === runs.length && /^[pfes-]*$/.test(letters);
    if (!runs.every((run) => typeof run === "string") || !Object.values(tests).every(isRight)) return empty;
    return { runs, tests };
  } catch {
    return empty;
  }
}

/** Adds a run to the history. Drops the oldest of more than 30 runs, and tests that no longer exist. */
export function addRun(history: History, report: ConformReport, at: string): History {
  const runs = [...history.runs, at].slice(-MAX_RUNS);
  const tests: Record<string, string> = {};
  for (const test of report.tests) {
    const name = testName(test);
    const before = history.tests[name] ?? "-".repeat(history.runs.length);
    tests[name] = `${before}${LETTERS[test.verdict]}`.slice(-MAX_RUNS);
  }
  return { runs, tests };
}

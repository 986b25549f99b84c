import { type ConformReport, testName, type Verdict } from "../types.ts";

const MAX_RUNS = 30;

/** Verdicts of earlier runs and of this one, the newest last. */
export interface History {
  /** When each run ended, as ISO 8601 in UTC. */
  readonly runs: readonly string[];
  /** By test: a letter a run, "-" where the test was not run. */
  readonly tests: Readonly<Record<string, string>>;
}

const LETTERS: Readonly<Record<Verdict, string>> = { pass: "p", fail: "f", error: "e", skip: "s" };

const ELEMENT = /<script type="application\/json" id="history">(.*?)<\/script>/s;

/** The history as an element of a page, which holds it where readers do not see it. */
export function historyElement(history: History): string {
  const json = JSON.stringify(history).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="history">${json}</script>`;
}

/** The history that a page holds; an empty one where it holds none, or one that is broken. */
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

/** The history with one more run; the oldest goes when there are more than 30. Tests that are gone go as well. */
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

import { join } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { writeFileWhole } from "../../files/atomic-write.ts";
import { readFileCapped } from "../../files/read-file.ts";
import type { Graded } from "../grade.ts";
import { type ConformReport, type TestResult, testName, type Verdict } from "../types.ts";
import type { Changes } from "./baseline.ts";
import { addRun, type History, historyElement, readHistory } from "./history.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page-style.ts";
import { summaryLine } from "./report.ts";
import { escapeXml } from "./xml.ts";

const MAX_PAGE_BYTES = 256 * MIB;
const VERDICTS: readonly Verdict[] = ["fail", "error", "skip", "pass"];
const VERDICT_NAMES: Readonly<Record<Verdict, string>> = {
  fail: "failed",
  error: "errors",
  skip: "skipped",
  pass: "passed",
};
const HISTORY_NAMES: Readonly<Record<string, string>> = {
  p: "passed",
  f: "failed",
  e: "error",
  s: "skipped",
  "-": "not run",
};

/**
 * Writes `index.html`, one self-contained page, into `folder`, which is created if missing. Verdicts of
 * earlier runs are read from the existing page. `graded` and the report's tests are in the same order.
 */
export async function writeHtmlReport(
  folder: string,
  report: ConformReport,
  graded: readonly Graded[],
  changes: Changes | undefined,
): Promise<void> {
  const path = join(folder, "index.html");
  const history = addRun(await historyOf(path), report, new Date().toISOString());
  await writeFileWhole(path, htmlPage(report, graded, history, changes));
}

async function historyOf(path: string): Promise<History> {
  try {
    return readHistory(new TextDecoder().decode(await readFileCapped(path, MAX_PAGE_BYTES)));
  } catch (error) {
    if (error instanceof InputError && error.kind === "missing") return readHistory("");
    throw error;
  }
}

/** The whole page. */
function htmlPage(
  report: ConformReport,
  graded: readonly Graded[],
  history: History,
  changes: Changes | undefined,
): string {
  const order = report.tests
    .map((test, index) => ({ test, graded: graded[index] }))
    .sort((a, b) => VERDICTS.indexOf(a.test.verdict) - VERDICTS.indexOf(b.test.verdict));
  const articles = order.map(({ test, graded: one }) => article(test, one, history));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>emu conform: ${escapeXml(summaryLine(report))}</title><style>${PAGE_STYLE}</style></head>
<body><h1>${escapeXml(summaryLine(report))}</h1>
<p class="when">emu conform, ${escapeXml(history.runs[history.runs.length - 1] ?? "")}</p>
${bar(report)}${changes === undefined ? "" : changesBox(changes)}
<nav><input id="text" type="search" placeholder="Filter by name, detail, protocol" aria-label="Filter">
${VERDICTS.map((verdict) => checkbox(verdict, report)).join("\n")}<span id="shown"></span></nav>
<p id="nothing" hidden>No test fits the filter.</p>
<main>
${articles.join("\n")}
</main>
${historyElement(history)}
<script>${PAGE_SCRIPT}</script>
</body></html>
`;
}

function countOf(report: ConformReport, verdict: Verdict): number {
  return report.tests.filter((test) => test.verdict === verdict).length;
}

function bar(report: ConformReport): string {
  const parts = VERDICTS.map((verdict) => {
    const count = countOf(report, verdict);
    return `<i style="flex:${count};background:var(--${verdict})" title="${count} ${VERDICT_NAMES[verdict]}"></i>`;
  });
  return `<div class="bar">${parts.join("")}</div>`;
}

function checkbox(verdict: Verdict, report: ConformReport): string {
  const name = VERDICT_NAMES[verdict];
  return `<label class="${verdict}"><input type="checkbox" value="${verdict}" checked> ${countOf(report, verdict)} ${name}</label>`;
}

function changesBox({ broke, fixed, added, removed }: Changes): string {
  const line = (title: string, names: readonly string[], verdict: string): string =>
    names.length === 0
      ? ""
      : `<p><span class="badge ${verdict}">${title}</span> ${escapeXml(names.join(", "))}</p>`;
  const lines = [
    line("broke", broke, "fail"),
    line("fixed", fixed, "pass"),
    line("new", added, "skip"),
    line("gone", removed, "skip"),
  ].join("");
  return `<div class="changes">${lines === "" ? "<p>Nothing has changed since the baseline.</p>" : lines}</div>`;
}

function article(test: TestResult, graded: Graded | undefined, history: History): string {
  const { verdict, protocol, frames, milliseconds, detail, cases } = test;
  const searched = [testName(test), test.rom, protocol, detail, ...(cases ?? []).map(({ name }) => name)];
  const rom = test.name === undefined ? "" : `${escapeXml(test.rom)} · `;
  return (
    `<article data-verdict="${verdict}" data-text="${escapeXml(searched.join(" ").toLowerCase())}">` +
    `<div class="pictures">${pictures(graded)}</div><div><h2>${escapeXml(testName(test))}</h2>` +
    `<div class="facts"><span class="badge ${verdict}">${verdict}</span> · ${rom}${protocol} · ` +
    `${frames} frames · ${milliseconds} ms</div>` +
    `<p class="detail">${escapeXml(detail)}</p>${caseTable(test)}` +
    `${historyStrip(history, testName(test))}</div></article>`
  );
}

function pictures(graded: Graded | undefined): string {
  const { screen, pictures: compared = {} } = graded ?? {};
  const { actual, golden, difference } = compared;
  const shown = actual ?? screen;
  if (shown === undefined) return '<div class="none" title="no machine ran"></div>';
  const figures = [figure(shown, golden === undefined ? "last screen" : "shown")];
  if (golden !== undefined) figures.push(figure(golden, "golden"));
  if (difference !== undefined) figures.push(figure(difference, "difference"));
  return figures.join("");
}

function figure(png: Uint8Array, caption: string): string {
  const data = Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString("base64");
  return `<figure><img src="data:image/png;base64,${data}" alt="${caption}"><figcaption>${caption}</figcaption></figure>`;
}

function caseTable({ cases, verdict }: TestResult): string {
  if (cases === undefined) return "";
  const rows = [...cases]
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
    .map(
      (one) =>
        `<tr><td class="badge ${one.verdict}">${one.verdict}</td><td>${escapeXml(one.page)}</td>` +
        `<td>${escapeXml(one.name)}</td><td>${escapeXml(one.detail)}</td></tr>`,
    );
  const open = verdict === "fail" && cases.length <= 20 ? " open" : "";
  return `<details${open}><summary>${cases.length} cases</summary><table>${rows.join("")}</table></details>`;
}

function historyStrip(history: History, name: string): string {
  const letters = history.tests[name] ?? "";
  if (letters.length < 2) return "";
  const marks = [...letters].map(
    (letter, i) =>
      `<i class="${letter === "-" ? "" : letter}" title="${escapeXml(history.runs[i] ?? "")}: ${HISTORY_NAMES[letter]}"></i>`,
  );
  return `<div class="history" aria-label="earlier runs">${marks.join("")}</div>`;
}

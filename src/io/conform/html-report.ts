import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "../files/atomic-write.ts";
import type { Graded } from "./grade.ts";
import { escapeXml, summaryLine } from "./report.ts";
import type { CaseResult, ConformReport, TestResult } from "./types.ts";

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-top: 1px solid #8884; padding: .4rem .6rem; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.pass { color: #2a8a3e; } .fail, .error { color: #d3382f; } .skip { color: #8a7a1e; }
img { width: 146px; height: 120px; image-rendering: pixelated; background: #000; }
summary { cursor: pointer; }
`;

/**
 * Writes `index.html` and the last picture of every ROM into `folder`, which is made where it does not
 * exist. `graded` and the report's tests are in the same order.
 */
export async function writeHtmlReport(
  folder: string,
  report: ConformReport,
  graded: readonly Graded[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rows: string[] = [];
  for (const [index, test] of report.tests.entries()) {
    const screen = graded[index]?.screen;
    let picture = "";
    if (screen !== undefined) {
      picture = `screen-${String(index).padStart(4, "0")}.png`;
      await writeFileWhole(join(folder, picture), screen);
    }
    rows.push(row(test, picture));
  }
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>emu conform</title><style>${STYLE}</style></head>
<body><h1>emu conform</h1><p>${escapeXml(summaryLine(report))}</p>
<table><thead><tr><th>Screen</th><th>Test</th><th>Verdict</th><th>Frames</th><th>ms</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></body></html>
`;
  await writeFileWhole(join(folder, "index.html"), page);
}

function row(test: TestResult, picture: string): string {
  const image = picture === "" ? "" : `<img src="${picture}" alt="last picture" loading="lazy">`;
  const about = `<strong>${escapeXml(test.rom)}</strong><br>${test.protocol}`;
  const detail = test.cases === undefined ? escapeXml(test.detail) : caseTable(test.cases, test.detail);
  const verdict = `<strong class="${test.verdict}">${test.verdict}</strong>`;
  return (
    `<tr><td>${image}</td><td>${about}<br>${detail}</td><td>${verdict}</td>` +
    `<td class="number">${test.frames}</td><td class="number">${test.milliseconds}</td></tr>`
  );
}

function caseTable(cases: readonly CaseResult[], summary: string): string {
  const rows = cases.map(
    ({ page, name, verdict, detail }) =>
      `<tr><td>${escapeXml(page)}</td><td>${escapeXml(name)}</td>` +
      `<td class="${verdict}">${verdict}</td><td>${escapeXml(detail)}</td></tr>`,
  );
  return `<details><summary>${escapeXml(summary)}</summary><table>${rows.join("")}</table></details>`;
}

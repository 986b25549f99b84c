import { type CoverageReport, type CoverageTotal, type CoveredFile, totals } from "./report.ts";

const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1d2129; --dim: #737b8a; --line: #e3e6eb; --hit: #dff3e1; --miss: #fbdcd9; --half: #fdf1cd; --bar: #3d9a50; }
@media (prefers-color-scheme: dark) { :root { --bg: #15181d; --fg: #dde1e8; --dim: #8a93a3; --line: #2b3038; --hit: #173a20; --miss: #4a1f1d; --half: #463a12; --bar: #58b96b; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 4rem; background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.4rem; margin: 0 0 1rem }
table { border-collapse: collapse; width: 100% }
.files td, .files th { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; font-variant-numeric: tabular-nums }
.files th { color: var(--dim); font-weight: 500 }
.files td:first-child, .files th:first-child { text-align: left }
.files tfoot td { font-weight: 600; border-bottom: 0 }
a { color: inherit }
.files em { display: inline-block; width: 3.6rem; font-style: normal }
.bar { display: inline-block; width: 7rem; height: .55rem; border-radius: .3rem; background: var(--miss); overflow: hidden; margin-right: .5rem }
.bar i { display: block; height: 100%; background: var(--bar) }
details { margin-top: 1rem; border: 1px solid var(--line); border-radius: .5rem; overflow: hidden }
summary { padding: .5rem .8rem; cursor: pointer; font-weight: 600 }
summary span { float: right; color: var(--dim); font-weight: 400 }
pre { margin: 0; overflow-x: auto; font: 12.5px/1.45 ui-monospace, monospace; tab-size: 4 }
pre div { padding: 0 .8rem; white-space: pre; min-width: max-content }
pre b { display: inline-block; width: 11rem; color: var(--dim); font-weight: 400; user-select: none }
pre b u { display: inline-block; width: 3.2rem; text-align: right; text-decoration: none }
pre b s { display: inline-block; width: 6.5rem; text-align: right; text-decoration: none; padding-right: 1rem }
.hit { background: var(--hit) } .miss { background: var(--miss) } .half { background: var(--half) }
.legend { color: var(--dim); margin: 0 0 1rem } .legend i { font-style: normal; padding: 0 .4rem; border-radius: .2rem; color: var(--fg) }
`;

/** Opens the source of a file when its link is followed. */
const SCRIPT = `
const open = () => { const at = document.getElementById(location.hash.slice(1)); if (at) { at.open = true; at.scrollIntoView(); } };
addEventListener("hashchange", open); open();
`;

/** A report as one self-contained page: a table of files, and each source with its hits. */
export function coveragePage(report: CoverageReport): string {
  const rows = report.files.map((file, index) => fileRow(file, index)).join("\n");
  const sources = report.files.map((file, index) => sourceBlock(file, index)).join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Coverage</title>
<style>${STYLE}</style>
<h1>Coverage of the program's source</h1>
<p class="legend"><i class="hit">ran</i> <i class="half">a branch that only went one way</i> <i class="miss">never ran</i></p>
<table class="files">
<thead><tr><th>file</th><th>lines</th><th></th><th>branches</th><th>routines</th></tr></thead>
<tbody>
${rows}
</tbody>
<tfoot><tr><td>all</td>${cells(report)}</tr></tfoot>
</table>
${sources}
<script>${SCRIPT}</script>
</html>
`;
}

function fileRow(file: CoveredFile, index: number): string {
  return `<tr><td><a href="#f${index}">${escapeHtml(file.path)}</a></td>${cells(totals([file]))}</tr>`;
}

function cells({ lines, branches, routines }: Omit<CoverageReport, "files">): string {
  const bar = `<span class="bar"><i style="width:${percent(lines).toFixed(1)}%"></i></span>`;
  return `<td>${bar}<em>${percent(lines).toFixed(1)}%</em></td><td>${ratio(lines)}</td><td>${ratio(branches)}</td><td>${ratio(routines)}</td>`;
}

function sourceBlock(file: CoveredFile, index: number): string {
  const branches = new Map(file.branches.map((branch) => [branch.line, branch]));
  const { lines } = totals([file]);
  const text = file.source.replace(/\r?\n$/, "").split(/\r?\n/);
  const shown = text.map((source, at) => {
    const line = at + 1;
    const hits = file.lines.get(line);
    const branch = branches.get(line);
    const isHalf = branch !== undefined && (branch.taken === 0) !== (branch.passed === 0);
    const kind = hits === undefined ? "" : hits === 0 ? "miss" : isHalf ? "half" : "hit";
    const note = isHalf ? ` title="${branch.taken === 0 ? "never taken" : "always taken"}"` : "";
    const count = hits === undefined ? "" : hits.toLocaleString("en");
    return `<div${kind === "" ? "" : ` class="${kind}"`}${note}><b><u>${line}</u><s>${count}</s></b>${escapeHtml(source)}</div>`;
  });
  return `<details id="f${index}"${index === 0 ? " open" : ""}><summary>${escapeHtml(file.path)}<span>${ratio(lines)} lines</span></summary><pre>${shown.join("")}</pre></details>`;
}

function percent({ found, hit }: CoverageTotal): number {
  return found === 0 ? 100 : (100 * hit) / found;
}

function ratio({ found, hit }: CoverageTotal): string {
  return `${hit} of ${found}`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

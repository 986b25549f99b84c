import { relative, resolve } from "node:path";
import type { InputError } from "../../../emu/input-error.ts";
import { type ConformReport, type TestResult, type TestSpec, testName } from "../types.ts";
import { summaryLine } from "./report.ts";

/** GitHub shows ten annotations per step; more are only in its log. */
const MAX_ANNOTATIONS = 50;
const MAX_ROWS = 200;

/**
 * Workflow commands that GitHub Actions turns into annotations, one per line, at the places of the manifest
 * that the tests are from, `sources`. `workspace` is the checkout, which its paths are relative to.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubAnnotations(
  report: ConformReport,
  sources: readonly TestSpec["source"][],
  workspace: string,
): string {
  const lines: string[] = [];
  for (const [index, result] of report.tests.entries()) {
    if (result.verdict !== "fail" && result.verdict !== "error") continue;
    if (lines.length === MAX_ANNOTATIONS) break;
    const { file = "", line = 0, column = 0 } = sources[index] ?? {};
    const properties = [
      ...placeProperties(file, line, column, workspace),
      `title=${escapeProperty(testName(result))}`,
    ];
    lines.push(`::error ${properties.join(",")}::${escapeData(messageOf(result))}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** The workflow command for a manifest that cannot be read. */
export function githubError({ where, message, remedy }: InputError, workspace: string): string {
  const place = /^(.*):(\d+):(\d+)$/.exec(where);
  const [, file = "", line = "", column = ""] = place ?? [];
  const properties = [...placeProperties(file, Number(line), Number(column), workspace), "title=emu conform"];
  const said = [place === null ? `${where}: ${message}` : message, remedy].filter((part) => part !== "");
  return `::error ${properties.join(",")}::${escapeData(said.join("\n"))}\n`;
}

/** The place in the checkout; empty for files outside it. */
function placeProperties(file: string, line: number, column: number, workspace: string): string[] {
  const path = file === "" ? ".." : relative(workspace, resolve(file)).replaceAll("\\", "/");
  return path.startsWith("..") ? [] : [`file=${escapeProperty(path)}`, `line=${line}`, `col=${column}`];
}

function messageOf({ verdict, detail, cases = [] }: TestResult): string {
  const failing = cases.filter((one) => one.verdict === "fail" || one.verdict === "error");
  if (failing.length === 0) return `${verdict}: ${detail}`;
  return [`${verdict}: ${detail}`, ...failing.map((one) => `${one.page}: ${one.name}: ${one.detail}`)].join(
    "\n",
  );
}

/** The summary of a step in GitHub Actions, in Markdown: failures and counts. */
export function githubSummary(report: ConformReport): string {
  const bad = report.tests.filter(({ verdict }) => verdict === "fail" || verdict === "error");
  const lines = [`### emu conform: ${summaryLine(report)}`, ""];
  if (bad.length > 0) {
    lines.push("| test | verdict | detail |", "| --- | --- | --- |");
    for (const test of bad.slice(0, MAX_ROWS)) {
      lines.push(`| ${cell(testName(test))} | ${test.verdict} | ${cell(test.detail)} |`);
    }
    if (bad.length > MAX_ROWS) lines.push("", `and ${bad.length - MAX_ROWS} more`);
    lines.push("");
  }
  return `${lines.join("\n")}\n`;
}

function cell(text: string): string {
  return text.replace(/[|\\`*_<>[\]]/g, "\\$&").replace(/\s+/g, " ");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

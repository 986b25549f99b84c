import { type CaseResult, type ConformReport, testName } from "../types.ts";

type Line = Pick<CaseResult, "name" | "verdict" | "detail"> & { readonly known?: string };

/**
 * The report as TAP 14: one point per test, with subtests for ROMs that grade many cases. Known failures are
 * marked with TAP's todo directive. https://testanything.org/tap-version-14-specification.html
 */
export function tapReport(report: ConformReport): string {
  const lines = ["TAP version 14", `1..${report.tests.length}`];
  for (const [index, test] of report.tests.entries()) {
    const { cases = [], verdict, detail, known } = test;
    if (cases.length > 0) {
      lines.push(`# Subtest: ${escapeTap(testName(test))}`, `    1..${cases.length}`);
      for (const [i, one] of cases.entries()) {
        lines.push(
          ...point(i + 1, { ...one, name: `${one.page}: ${one.name}` }).map((line) => `    ${line}`),
        );
      }
    }
    lines.push(
      ...point(index + 1, {
        name: testName(test),
        verdict,
        detail,
        ...(known === undefined ? {} : { known }),
      }),
    );
  }
  return `${lines.join("\n")}\n`;
}

function point(number: number, { name, verdict, detail, known }: Line): string[] {
  const title = `${number} - ${escapeTap(name)}`;
  if (verdict === "pass") return [`ok ${title}`];
  if (verdict === "skip" && known !== undefined) return [`not ok ${title} # todo ${oneLine(detail)}`];
  if (verdict === "skip") return [`ok ${title} # SKIP ${oneLine(detail)}`];
  return [
    `not ok ${title}`,
    "  ---",
    `  message: ${JSON.stringify(detail)}`,
    `  severity: ${verdict}`,
    "  ...",
  ];
}

function escapeTap(text: string): string {
  return oneLine(text).replace(/[\\#]/g, "\\$&");
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are not allowed
  return text.replace(/[\u0000-\u001f\u007f]+/g, " ");
}

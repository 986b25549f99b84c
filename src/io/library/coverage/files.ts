import { writeFileWhole } from "../../files/atomic-write.ts";
import { formatLcov } from "./lcov.ts";
import { coveragePage } from "./page.ts";
import type { CoverageReport } from "./report.ts";

/** Paths of the report files. */
export interface CoverageFiles {
  /** An lcov tracefile, for coverage services. */
  readonly lcov?: string;
  /** One self-contained page. */
  readonly html?: string;
}

/** Writes a report in the chosen formats. */
export async function writeCoverage(report: CoverageReport, { lcov, html }: CoverageFiles): Promise<void> {
  if (lcov !== undefined) await writeFileWhole(lcov, formatLcov(report));
  if (html !== undefined) await writeFileWhole(html, coveragePage(report));
}

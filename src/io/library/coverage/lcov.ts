import type { CoverageReport, CoveredFile } from "./report.ts";

/** A report as an lcov tracefile. https://manpages.debian.org/stable/lcov/geninfo.1 (FILES) */
export function formatLcov(report: CoverageReport): string {
  return report.files.map((file) => `${fileRecord(file).join("\n")}\n`).join("");
}

function fileRecord({ path, lines, branches, routines }: CoveredFile): string[] {
  const hit = [...lines.values()].filter((hits) => hits > 0).length;
  const ways = branches.flatMap(({ line, taken, passed }) => {
    const ran = taken + passed > 0;
    return [taken, passed].map((count, way) => `BRDA:${line},0,${way},${ran ? count : "-"}`);
  });
  const waysHit = branches.reduce(
    (sum, { taken, passed }) => sum + Number(taken > 0) + Number(passed > 0),
    0,
  );
  return [
    "TN:",
    `SF:${path}`,
    ...routines.map(({ line, name }) => `FN:${line},${name}`),
    ...routines.map(({ hits, name }) => `FNDA:${hits},${name}`),
    `FNF:${routines.length}`,
    `FNH:${routines.filter(({ hits }) => hits > 0).length}`,
    ...ways,
    `BRF:${ways.length}`,
    `BRH:${waysHit}`,
    ...[...lines].map(([line, hits]) => `DA:${line},${hits}`),
    `LF:${lines.size}`,
    `LH:${hit}`,
    "end_of_record",
  ];
}

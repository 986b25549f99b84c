import type { Graded } from "./grade.ts";
import type { TestResult } from "./types.ts";

type GradedOffsets = Pick<Graded, "result" | "offsets" | "source">;

/**
 * Golden files from the same emulator must all have the same frame offset. Tests that only agree at another
 * offset than most others fail here.
 */
export function requireSharedOffsets(graded: readonly GradedOffsets[]): TestResult[] {
  const shared = new Map<string, number>();
  for (const source of new Set(graded.map(({ source }) => source))) {
    if (source !== undefined)
      shared.set(source, commonestOffset(graded.filter((one) => one.source === source)));
  }
  return graded.map(({ result, offsets, source }) => {
    if (source === undefined || offsets === undefined || result.verdict !== "pass") return result;
    const offset = shared.get(source)!;
    if (offsets.includes(offset)) return result;
    const detail = `agrees at offset ${offsets.join(" or ")}, others of the same source at ${offset}`;
    return { ...result, verdict: "fail", detail };
  });
}

/** The offset at which most files agree; of several, the one nearest to 0. */
function commonestOffset(graded: readonly GradedOffsets[]): number {
  const counts = new Map<number, number>();
  for (const { offsets = [] } of graded) {
    for (const offset of offsets) counts.set(offset, (counts.get(offset) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([a, countA], [b, countB]) => countB - countA || Math.abs(a) - Math.abs(b));
  return ranked[0]?.[0] ?? 0;
}

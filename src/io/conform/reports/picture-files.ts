import { join } from "node:path";
import { writeFileWhole } from "../../files/atomic-write.ts";
import type { Graded } from "../grade.ts";
import { type TestResult, testName } from "../types.ts";

const MAX_NAME_CHARACTERS = 80;

/**
 * Writes the pictures of every failed test into `folder`, which is created if missing, and returns the
 * results with their paths: the last screen, the golden picture and the difference. `graded` and `results`
 * are in the same order; `positions` are their numbers in the whole run, which names begin with.
 */
export async function writePictures(
  folder: string,
  results: readonly TestResult[],
  graded: readonly Graded[],
  positions?: readonly number[],
): Promise<TestResult[]> {
  const written: TestResult[] = [];
  for (const [index, result] of results.entries()) {
    const one = graded[index];
    const isBad = result.verdict === "fail" || result.verdict === "error";
    const screen = one?.pictures?.actual ?? one?.screen;
    if (!isBad || screen === undefined) {
      written.push(result);
      continue;
    }
    const base = join(folder, resultFileName(positions?.[index] ?? index, testName(result)));
    const pictures: Record<string, string> = {};
    const files = { screen, golden: one?.pictures?.golden, difference: one?.pictures?.difference };
    for (const [kind, png] of Object.entries(files)) {
      if (png === undefined) continue;
      pictures[kind] = kind === "screen" ? `${base}.png` : `${base}-${kind}.png`;
      await writeFileWhole(pictures[kind], png);
    }
    written.push({ ...result, pictures });
  }
  return written;
}

/** The name of a test's files without extension; `index` is the test's number in the whole run, from 0. */
export function resultFileName(index: number, name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, "-").slice(-MAX_NAME_CHARACTERS);
  return `${String(index + 1).padStart(4, "0")}-${plain}`;
}

import { z } from "zod";
import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { printable } from "../../files/text.ts";
import type { Times } from "../select.ts";
import { type ConformReport, PROTOCOLS, testName } from "../types.ts";

const MAX_REPORT_BYTES = 256 * MIB;

const verdict = z.enum(["pass", "fail", "error", "skip"]);
const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const sourcePlace = z.object({ file: z.string(), line: count, column: count });
const shardTest = z.object({
  position: count,
  source: sourcePlace.exactOptional(),
  golden: z
    .object({ source: z.string(), offsets: z.array(z.int()), verdict, detail: z.string() })
    .exactOptional(),
});
const test = z.object({
  rom: z.string(),
  name: z.string().exactOptional(),
  protocol: z.enum([...PROTOCOLS, "none"]),
  verdict,
  detail: z.string(),
  frames: count,
  milliseconds: z.number().nonnegative(),
  cases: z
    .array(z.object({ page: z.string(), name: z.string(), verdict, detail: z.string() }))
    .exactOptional(),
  end: z.object({ frame: count, picture: z.string(), ram: z.string() }).exactOptional(),
  warnings: z.array(z.string()).exactOptional(),
  known: z.string().exactOptional(),
  pictures: z
    .object({
      screen: z.string().exactOptional(),
      golden: z.string().exactOptional(),
      difference: z.string().exactOptional(),
    })
    .exactOptional(),
  trace: z.string().exactOptional(),
  incomplete: z.literal(true).exactOptional(),
});
const report = z.object({
  tests: z.array(test),
  passed: count,
  failed: count,
  errors: count,
  skipped: count,
  shard: z
    .object({
      index: count,
      count,
      run: hash,
      emu: z.string(),
      total: count,
      isWhole: z.boolean(),
      tests: z.array(shardTest),
    })
    .exactOptional(),
});

/**
 * Reads a report of `emu conform --json`. Throws `InputError`: "missing" or "io", or "data" with the place of
 * the first wrong value.
 */
export async function readReport(path: string): Promise<ConformReport> {
  const text = new TextDecoder().decode(await readFileCapped(path, MAX_REPORT_BYTES));
  return parseReport(text, path);
}

/** Like `readReport`, for text in memory. */
export function parseReport(text: string, path: string): ConformReport {
  const remedy = "emu conform --json writes such a report";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError("data", "is not JSON", printable(path), remedy);
  }
  const parsed = report.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = printable((issue?.path ?? []).map(String).join("."));
  const what = `is no report${place === "" ? "" : `: ${place}`}: ${printable(issue?.message ?? "")}`;
  throw new InputError("data", what, printable(path), remedy);
}

/** The times of an earlier run, from its report. */
export async function readTimes(path: string): Promise<Times> {
  const { tests } = await readReport(path);
  return new Map(tests.map((one) => [testName(one), one.milliseconds]));
}

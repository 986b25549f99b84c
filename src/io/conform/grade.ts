import { InputError } from "../../emu/input-error.ts";
import type { FuzzResult } from "../fuzz/plan.ts";
import { gradeUnknown } from "./detect.ts";
import { NotOffered } from "./exec/rpc-process.ts";
import { applyKnownFailure } from "./known-failures.ts";
import { Desynced } from "./movie-input.ts";
import { GRADERS } from "./protocols/index.ts";
import { resultOf } from "./results.ts";
import { type GradeOptions, RomBench } from "./rom-bench.ts";
import type { Outcome, Pictures, ProtocolName, TestResult, TestSpec } from "./types.ts";

/** A result, and its data that is not in the report. */
export interface Graded {
  readonly result: TestResult;
  /** The last screen as a PNG file, if pictures are wanted and a machine ran. */
  readonly screen?: Uint8Array;
  readonly pictures?: Pictures;
  readonly offsets?: readonly number[];
  readonly source?: string;
  readonly fuzz?: FuzzResult;
}

/** Runs one test. Bad files give the verdict "error"; bugs of emu are thrown. */
export async function grade(spec: TestSpec, options: GradeOptions = {}): Promise<Graded> {
  const first = await gradeOnce(spec, options);
  for (let run = 2; run <= (options.repeat ?? 1); run++) {
    const again = await gradeOnce(spec, options);
    const difference = differenceOf(first, again);
    if (difference === undefined) continue;
    const detail = `run ${run} differs from the first: ${difference}`;
    return { ...again.graded, result: { ...again.graded.result, verdict: "fail", detail } };
  }
  return { ...first.graded, result: applyKnownFailure(first.graded.result, spec.knownFailure) };
}

interface Run {
  readonly graded: Graded;
  readonly digest: string;
}

/** Compares two runs: a deterministic machine gives the same pixels and samples. */
function differenceOf(first: Run, again: Run): string | undefined {
  const [a, b] = [first.graded.result, again.graded.result];
  if (a.verdict !== b.verdict) return `${b.verdict} (${b.detail}), before ${a.verdict} (${a.detail})`;
  if (a.detail !== b.detail) return `${b.detail}, before ${a.detail}`;
  if (a.frames !== b.frames) return `${b.frames} frames, before ${a.frames}`;
  return first.digest === again.digest ? undefined : "the same verdict, but other pictures or sound";
}

async function gradeOnce(spec: TestSpec, options: GradeOptions): Promise<Run> {
  const start = performance.now();
  let bench: RomBench | undefined;
  const resultIn = (outcome: Outcome, protocol?: TestResult["protocol"]): TestResult =>
    resultOf(spec, outcome, {
      ...(protocol === undefined ? {} : { protocol }),
      frames: bench?.frames ?? 0,
      milliseconds: performance.now() - start,
      ...(bench === undefined ? {} : { warnings: bench.warnings }),
    });
  try {
    bench = await RomBench.open(spec, options);
    const { protocol, outcome } = await run(bench, spec);
    const { offsets, source, pictures, fuzz } = outcome;
    const screen = options.pictures === true ? await bench.picture() : undefined;
    const graded: Graded = {
      result: resultIn(outcome, protocol),
      ...(screen === undefined ? {} : { screen }),
      ...(pictures === undefined ? {} : { pictures }),
      ...(offsets === undefined ? {} : { offsets }),
      ...(source === undefined ? {} : { source }),
      ...(fuzz === undefined ? {} : { fuzz }),
    };
    return { graded, digest: (options.repeat ?? 1) > 1 ? await bench.digest() : "" };
  } catch (error) {
    return { graded: { result: resultIn(outcomeOf(error)) }, digest: "" };
  } finally {
    await bench?.close();
  }
}

/** What a test without a verdict of its own ends with. Throws bugs of emu. */
function outcomeOf(error: unknown): Outcome {
  if (error instanceof NotOffered) return { verdict: "skip", detail: error.message };
  if (!(error instanceof InputError)) throw error;
  return { verdict: "error", detail: errorDetail(error) };
}

/** The detail of a test that ended with bad input. */
export function errorDetail({ where, message, remedy }: InputError): string {
  return `${where === "" ? "" : `${where}: `}${message}${remedy === "" ? "" : ` (${remedy})`}`;
}

async function run(
  bench: RomBench,
  spec: TestSpec,
): Promise<{ protocol: ProtocolName | "none"; outcome: Outcome }> {
  if (spec.protocol === "detect") return gradeUnknown(bench);
  let outcome: Outcome;
  try {
    outcome = await GRADERS[spec.protocol](bench);
  } catch (error) {
    if (!(error instanceof Desynced)) throw error;
    outcome = { verdict: "fail", detail: error.message };
  }
  // A verdict that is only a timeout also quotes the screen.
  if (!/^timeout after \d+ frames$/.test(outcome.detail)) return { protocol: spec.protocol, outcome };
  const text = await bench.text();
  const detail = text === "" ? outcome.detail : `${outcome.detail}: ${text}`;
  return { protocol: spec.protocol, outcome: { ...outcome, detail } };
}

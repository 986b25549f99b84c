import type { Outcome, TestResult, TestSpec } from "./types.ts";

/** How a test was run. */
interface RunFacts {
  /** The protocol that was used; by default that of the test. */
  readonly protocol?: TestResult["protocol"];
  readonly frames: number;
  readonly milliseconds: number;
  readonly warnings?: readonly string[];
}

/** The result of a test in the form of reports. */
export function resultOf(
  spec: TestSpec,
  { verdict, detail, cases, end }: Outcome,
  facts: RunFacts,
): TestResult {
  const { frames, milliseconds, warnings = [] } = facts;
  return {
    rom: spec.rom,
    ...(spec.name === spec.rom ? {} : { name: spec.name }),
    protocol: facts.protocol ?? (spec.protocol === "detect" ? "none" : spec.protocol),
    verdict,
    detail,
    frames,
    milliseconds: Math.round(milliseconds),
    ...(cases === undefined ? {} : { cases }),
    ...(end === undefined ? {} : { end }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

import { expect, test } from "bun:test";
import { join } from "node:path";
import { expectNoBug } from "../../../support/no-bug.ts";
import { SOAK } from "../../../support/shared.ts";
import type { FuzzReport } from "./rom-fuzz-child.ts";

const CASES = SOAK ? 100_000 : 5_000;
const LIMIT_BYTES = 64 * 1024 * 1024;
/** Only a hang takes this long: a case needs less than a millisecond, a bomb tens of them. */
const TIMEOUT_MS = SOAK ? 1_800_000 : 120_000;

test(
  `${CASES} damaged headers and archives are read or rejected`,
  async () => {
    const child = Bun.spawn(
      [process.execPath, join(import.meta.dir, "rom-fuzz-child.ts"), "20260801", `${CASES}`],
      {
        stdout: "pipe",
        stderr: "pipe",
        timeout: TIMEOUT_MS - 5_000,
      },
    );
    const [out, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const exitCode = await child.exited;
    expectNoBug(errors, exitCode);
    expect(exitCode).toBe(0);
    const report: FuzzReport = JSON.parse(out);
    if (SOAK) console.log(JSON.stringify(report, null, 2));
    expect(report.crashes).toEqual([]);
    expect(report.accepted + report.refused).toBe(CASES);
    expect(report.largestAllocationBytes).toBeLessThanOrEqual(LIMIT_BYTES);
    // A fuzzer whose input is always or never rejected tests nothing.
    expect(report.accepted).toBeGreaterThan(CASES / 50);
    expect(Object.keys(report.complaints).length).toBeGreaterThan(12);
  },
  TIMEOUT_MS,
);

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { linuxIo } from "../../../src/io/ffi/libc.ts";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { soakSize } from "../../support/soak.ts";

const SUPPORT = join(import.meta.dir, "../../support");
const BACKENDS = BACKEND_NAMES.filter((name) => probeBackend(name) === undefined);
const CASES: [what: string, program: string][] = [
  ["nothing to do", "idle.ts"],
  ["a half-closed peer that does not read", "half-closed.ts"],
];

describe.each(CASES)("a wait with %s", (_what, program) => {
  test.skipIf(program !== "idle.ts" && linuxIo() === undefined).each(BACKENDS)(
    "%s: takes nearly no CPU time",
    async (backend) => {
      // Bun's own housekeeping takes 0.04 %; in a short run its start counts more.
      const milliseconds = soakSize(1_000, 20_000);
      const mostPercent = soakSize(2, 0.1);
      const idle = Bun.spawn([process.execPath, join(SUPPORT, program), backend, `${milliseconds}`]);
      const microseconds = Number(await new Response(idle.stdout).text());
      expect(await idle.exited).toBe(0);
      expect(microseconds / milliseconds / 10).toBeLessThan(mostPercent);
    },
    { timeout: 60_000 },
  );
});

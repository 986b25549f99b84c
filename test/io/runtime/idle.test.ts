import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { soakSize } from "../../support/soak.ts";

const PROGRAM = join(import.meta.dir, "../../support/idle.ts");

describe("a wait with nothing to do", () => {
  test.each(BACKEND_NAMES.filter((name) => probeBackend(name) === undefined))(
    "%s: takes no CPU time worth mentioning",
    async (backend) => {
      // Bun's own housekeeping alone is 0.04 %; over a short run its start weighs more.
      const milliseconds = soakSize(1_000, 20_000);
      const mostPercent = soakSize(2, 0.1);
      const idle = Bun.spawn([process.execPath, PROGRAM, backend, `${milliseconds}`]);
      const microseconds = Number(await new Response(idle.stdout).text());
      expect(await idle.exited).toBe(0);
      expect(microseconds / milliseconds / 10).toBeLessThan(mostPercent);
    },
    { timeout: 60_000 },
  );
});

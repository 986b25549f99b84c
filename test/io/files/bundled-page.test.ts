import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleScript } from "../../../src/io/files/bundled-page.ts";

test("a page whose packages are not installed is an error with a remedy", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-page-"));
  const entry = join(folder, "main.ts");
  writeFileSync(entry, 'import { render } from "a-package-that-is-not-there";\nrender();\n');
  await expect(bundleScript(entry)).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("a-package-that-is-not-there"),
    remedy: expect.stringContaining("bun install"),
  });
  rmSync(folder, { recursive: true });
});

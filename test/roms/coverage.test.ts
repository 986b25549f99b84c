import { expect, test } from "bun:test";
import { join } from "node:path";
import { toolsInstalled } from "../../roms/build.ts";
import { coverSwingby } from "../../roms/coverage.ts";
import { soakSize } from "../support/soak.ts";

const ROMS = join(import.meta.dir, "../../roms");

test.skipIf(!toolsInstalled())("the recorded game runs most of the built-in game's source", async () => {
  const report = (await coverSwingby(soakSize(150, 2700))).report(ROMS);
  const paths = report.files.map((file) => file.path);
  expect(paths).toContain("src/swingby/main.s");
  expect(paths).toContain("src/lib/sound.s");
  expect(paths.filter((path) => !path.startsWith("src/"))).toEqual([]);
  const { found, hit } = report.lines;
  expect(found).toBeGreaterThan(3000);
  expect(hit / found).toBeGreaterThan(soakSize(0.3, 0.85));
  const main = report.files.find((file) => file.path === "src/swingby/main.s");
  expect(main?.routines.find((routine) => routine.name === "reset")?.hits).toBe(1);
});

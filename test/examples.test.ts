/** The examples, as their users run them: built, tested, graded. */
import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolsInstalled } from "../roms/build.ts";
import { emu } from "./support/cli.ts";

const ROOT = join(import.meta.dir, "..");
const canBuild = toolsInstalled() && Bun.which("cc65") !== null && Bun.which("make") !== null;
const folder = mkdtempSync(join(tmpdir(), "emu-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command in a folder; its output when it fails is part of the failure. */
function run(cwd: string, ...command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
    cwd,
    // As CI does it: a picture that is not there fails.
    env: { ...process.env, CI: "true", NO_COLOR: "1" },
    stdin: "ignore",
  });
  const output = `${stdout}${stderr}`;
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}:\n${output}`);
  return output;
}

describe.each([["ca65-game"], ["cc65-game"]])("examples/%s", (name) => {
  const copy = join(folder, name);

  test.skipIf(!canBuild)("builds without a warning, and its tests pass", () => {
    cpSync(join(ROOT, "examples", name), copy, { recursive: true });
    mkdirSync(join(copy, "node_modules"), { recursive: true });
    symlinkSync(ROOT, join(copy, "node_modules", "emuterm"));
    run(copy, "make", "clean");
    expect(run(copy, "make")).not.toMatch(/warning/i);
    expect(run(copy, process.execPath, "test", "--timeout", "60000")).toContain(" 0 fail");
    expect(readFileSync(join(copy, "coverage/lcov.info"), "utf8")).toContain("SF:src/main.");
    expect(existsSync(join(copy, "coverage/index.html"))).toBe(true);
  });

  test.skipIf(!canBuild)("passes its manifest", () => {
    const { exitCode, stdout } = emu(["conform", join(copy, "tests/tests.toml"), "--json"]);
    const report = JSON.parse(stdout.toString());
    expect([exitCode, report.failed, report.errors]).toEqual([0, 0, 0]);
    expect(report.passed).toBeGreaterThan(0);
  });
});

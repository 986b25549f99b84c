/** Builds, tests and grades the examples as their users do. */
import { afterAll, describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolsInstalled } from "../roms/build.ts";
import { emu } from "./support/cli.ts";

const ROOT = join(import.meta.dir, "..");
const canBuild = toolsInstalled() && Bun.which("cc65") !== null && Bun.which("make") !== null;
const folder = mkdtempSync(join(tmpdir(), "emu-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command in a folder and returns its output, which a failure shows. */
function run(cwd: string, ...command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
    cwd,
    // As in CI: a missing picture is a failure.
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

describe("examples/runtime", () => {
  const TLS = ["cert.pem", "key.pem"].map((name) => join(ROOT, "test/fixtures/tls", name));
  const PROGRAMS: readonly (readonly [name: string, argv: readonly string[], output: string])[] = [
    ["tcp-echo.ts", [], "8 clients got 480000 bytes back\n"],
    ["udp-echo.ts", [], "100 of 100 datagrams came back\n"],
    ["tls-echo.ts", TLS, "the same text came back, encrypted on the way\n"],
    ["files.ts", [], "100 of 100 files read as they were written"],
    ["workers.ts", [], "14683 primes below 160000, the last message: 160000 done\n"],
  ];

  test.each(PROGRAMS)("%s", (name, argv, output) => {
    expect(run(ROOT, process.execPath, join(ROOT, "examples/runtime", name), ...argv)).toContain(output);
  });

  test("every program is tested", () => {
    const programs = readdirSync(join(ROOT, "examples/runtime")).filter((name) =>
      /(?<!-worker)\.ts$/.test(name),
    );
    expect(programs.sort()).toEqual(PROGRAMS.map(([name]) => name).sort());
  });
});

describe("examples/learning", () => {
  test("a short training plays better than the agents that play at random, and draws its curve", () => {
    const curve = join(folder, "curve.png");
    const program = join(ROOT, "examples/learning/train.ts");
    const output = run(
      ROOT,
      process.execPath,
      program,
      "--generations",
      "1",
      "--steps",
      "100",
      "--curve",
      curve,
    );
    const points = /a game: (\d+); .*: (\d+)\n(?:.*\n)*trained: (\d+) points/
      .exec(output)!
      .slice(1)
      .map(Number);
    expect(points[2]).toBeGreaterThan(Math.max(points[0]!, points[1]!));
    expect(readFileSync(curve).subarray(1, 4).toString()).toBe("PNG");
  });

  test("the program is short", () => {
    const lines = readFileSync(join(ROOT, "examples/learning/train.ts"), "utf8").split("\n").length;
    expect(lines).toBeLessThanOrEqual(151);
  });
});

import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTraceFile } from "../../../src/io/trace/trace-file.ts";
import { emu } from "../../support/cli.ts";
import { blarggStatus, TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-traces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("emu conform --traces writes a trace of each failed test, which emu trace show opens", async () => {
  const running = () => blarggStatus(new TestProgram().waitFrames(2), 0x80).waitFrames(3);
  writeFileSync(join(folder, "good.nes"), blarggStatus(running(), 0, "Passed").forever().toRom());
  writeFileSync(join(folder, "bad.nes"), blarggStatus(running(), 3, "Wrong").forever().toRom());
  writeFileSync(join(folder, "bad.mlb"), "NesInternalRam:0:counter\n");
  const tests = [{ rom: "good.nes" }, { rom: "bad.nes" }, { rom: "none.nes" }];
  const manifest = join(folder, "tests.json");
  writeFileSync(manifest, JSON.stringify(tests.map((each) => ({ ...each, protocol: "blargg-6000" }))));
  const traces = join(folder, "traces");
  const junit = join(folder, "report.xml");
  const { exitCode, stdout, stderr } = emu([
    "conform",
    manifest,
    "--traces",
    traces,
    "--json",
    "--junit",
    junit,
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
  const report = JSON.parse(stdout.toString());
  const path = join(traces, "0002-bad.nes.emutrace");
  expect(report.tests.map((one: { trace?: string }) => one.trace)).toEqual([undefined, path, undefined]);
  expect(readFileSync(junit, "utf8")).toContain(path);

  const trace = await readTraceFile(path);
  expect(trace.frames.length).toBe(report.tests[1].frames);
  expect(trace).toMatchObject({ rom: "bad.nes", failure: "code 3: Wrong", names: [["counter", 0, 1]] });
  expect(trace.test?.text).toBe(readFileSync(manifest, "utf8"));

  const shown = emu(["trace", "show", path]);
  expect(shown.exitCode).toBe(0);
  const page = shown.stdout.toString().trim();
  expect(existsSync(page)).toBe(true);
  expect(readFileSync(page, "utf8")).toContain("code 3: Wrong");

  expect(emu(["conform", manifest, "--traces", traces, "--exec", "x"]).exitCode).toBe(2);
});

test("a file beside the verdicts that cannot be written does not cost the verdicts", () => {
  const rom = join(folder, "failing.nes");
  writeFileSync(rom, blarggStatus(new TestProgram().waitFrames(2), 3, "Wrong").forever().toRom());
  // Errors shorten long paths, and the folder of temporary files may have one.
  const impossible = join("failing.nes", "below-a-file");
  for (const option of ["--traces", "--pictures", "--junit", "--tap", "--html"]) {
    const { exitCode, stdout, stderr } = emu(["conform", "failing.nes", option, impossible], {
      cwd: folder,
    });
    expect(`${stdout}`).toMatch(/^fail .*code 3: Wrong\n0 passed, 1 failed/s);
    expect(`${stderr}`).toContain("failing.nes/below-a-file");
    expect([option, exitCode]).toEqual([option, 74]);
  }
});

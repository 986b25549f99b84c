import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "../../src/io/library/index.ts";
import { emu } from "../support/cli.ts";
import { buildRom } from "../support/rom-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-doubts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rom = join(folder, "game.nes");
writeFileSync(rom, buildRom({ nes2: true, mapper: 12, submapper: 1 }));
writeFileSync(join(folder, "game.mlb"), "P:0:reset\nNesMapperRam:0:exbuf\ngibberish\n");

const GAP = "submapper 1 of mapper 12 is not known: it runs as submapper 0";
const SKIPPED = "skipped 1 row of kinds that are not needed (NesMapperRam)";

describe("every command that runs a game prints its cautions", () => {
  test.each([
    ["dump", [rom, "--frames", "1", "--format", "hash"]],
    ["bench", [rom, "--frames", "1"]],
    ["bisect", [rom, "--frames", "1"]],
    ["conform", [rom]],
  ])("%s", (command, argv) => {
    const { stderr, stdout } = emu([command, ...argv]);
    const lines = stderr.split("\n").filter((line) => line.startsWith("emu: warning: "));
    expect(lines.map((line) => line.slice(line.indexOf(GAP)))).toEqual([GAP]);
    expect(stdout.toString()).not.toContain("warning");
  });

  test("the library", async () => {
    const { warnings } = await load(rom);
    expect(warnings[0]).toBe(GAP);
    expect(warnings[1]).toEndWith(`game.mlb: ${SKIPPED}`);
    expect(warnings.length).toBe(3);
  });

  test("info", () => {
    const info = JSON.parse(emu(["info", rom, "--json"]).stdout.toString());
    expect(info).toMatchObject({ supported: false, warnings: [GAP], symbolFiles: ["game.mlb"], labels: 1 });
    expect(info.symbolWarnings.length).toBe(2);
  });

  test("conform, for symbols that a test uses", () => {
    const manifest = join(folder, "tests.json");
    const expectation = { frame: 1, ram: { reset: 0 } };
    writeFileSync(manifest, JSON.stringify({ test: [{ rom: "game.nes", expect: [expectation] }] }));
    writeFileSync(join(folder, "game.mlb"), "R:0:reset\nNesMapperRam:0:exbuf\n");
    const { stdout, stderr } = emu(["conform", manifest, "--json"]);
    const [result] = JSON.parse(stdout.toString()).tests;
    expect(result.warnings).toEqual([GAP, expect.stringContaining(SKIPPED)]);
    expect(stderr).toContain(SKIPPED);
  });
});

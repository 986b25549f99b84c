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
writeFileSync(rom, buildRom({ nes2: true, mapper: 12, submapper: 15 }));
writeFileSync(join(folder, "game.mlb"), "P:0:reset\nNesMapperRam:0:exbuf\ngibberish\n");

const GAP = "submapper 15 of mapper 12 is not known: it runs as submapper 0";
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
    expect(stdout.toString()).not.toContain("warning: ");
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

describe("every command warns of options that have no effect on the game", () => {
  const SIDE = "the game is on a cartridge: the disk side has no effect";
  const MMC3 = "the game's board has no MMC3: the MMC3 revision has no effect";
  const BIOS = "the game is on a cartridge: the disk system's BIOS has no effect";
  const nrom = join(folder, "nrom.nes");
  const mmc3 = join(folder, "mmc3.nes");
  const manifest = join(folder, "side.json");
  writeFileSync(nrom, buildRom({ mapper: 0 }));
  writeFileSync(mmc3, buildRom({ mapper: 4 }));
  writeFileSync(manifest, JSON.stringify({ test: [{ rom: "nrom.nes", protocol: "detect", diskSide: 2 }] }));
  const unused = (path: string) => [
    path,
    "--disk-side",
    "2",
    "--mmc3-revision",
    "A",
    "--fds-bios",
    "none.rom",
  ];

  test.each([
    ["dump", [...unused(nrom), "--frames", "1", "--format", "hash"], [SIDE, MMC3, BIOS]],
    ["dump", [...unused(mmc3), "--frames", "1", "--format", "hash"], [SIDE, BIOS]],
    ["bench", [...unused(nrom), "--frames", "1"], [SIDE, MMC3, BIOS]],
    ["export", [...unused(nrom), "--out", join(folder, "game.html")], [SIDE, MMC3, BIOS]],
    ["bisect", [nrom, "--frames", "1", "--b", "diskSide=2"], [SIDE]],
    ["conform", [manifest], [SIDE]],
  ])("%s %p", (command, argv, expected) => {
    const { stderr } = emu([command, ...argv]);
    const lines = stderr.split("\n").filter((line) => line.startsWith("emu: warning: "));
    expect(lines.map((line) => line.replace(/^.*?\.nes: /, ""))).toEqual(expected);
  });
});

describe("a game whose board is not supported is one error, which names the file", () => {
  const unsupported = join(folder, "vt.nes");
  writeFileSync(unsupported, buildRom({ nes2: true, mapper: 425 }));
  const reason = "made for a console with a VT chip, which is not a NES or Famicom";
  const line =
    `${unsupported}, header: mapper 425 is not supported: ${reason} ` +
    "(emu info --boards lists the supported ones)";

  test.each([
    ["dump", ["--frames", "1", "--format", "hash"]],
    ["bench", ["--frames", "1"]],
    ["bisect", ["--frames", "1"]],
    ["export", ["--out", "-"]],
    ["fuzz", ["--runs", "1"]],
    ["tape", ["--export", "-"]],
    ["serve", ["--listen", "127.0.0.1:0"]],
    ["host", ["--bind", "127.0.0.1:0"]],
    ["mcp", []],
  ])("%s", (command, argv) => {
    const { exitCode, stderr, stdout } = emu([command, unsupported, ...argv]);
    expect({ exitCode, stderr, stdout: stdout.toString() }).toEqual({
      exitCode: 65,
      stderr: `emu: ${line}\n`,
      stdout: "",
    });
  });

  test("conform", () => {
    const { exitCode, stderr, stdout } = emu(["conform", unsupported]);
    expect([exitCode, stderr]).toEqual([1, ""]);
    expect(stdout.toString()).toContain(`  ${line}\n`);
  });

  test("the library, with a file or bytes", async () => {
    await expect(load(unsupported)).rejects.toMatchObject({ where: `${unsupported}, header` });
    await expect(load(buildRom({ nes2: true, mapper: 425 }))).rejects.toMatchObject({
      where: "memory, header",
    });
  });
});

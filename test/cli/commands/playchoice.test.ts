/** Games for the PlayChoice-10 in the commands. */
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseBlocks } from "../../../src/io/files/device-blocks.ts";
import { emu } from "../../support/cli.ts";
import { playChoiceFile } from "../../support/playchoice-rom.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder("playchoice-cli");
const game = join(folder, "game.nes");
writeFileSync(game, playChoiceFile());

function hashes(...argv: string[]): string[] {
  const { stdout } = emu(["dump", game, "--format", "hash", "--frames", "30", ...argv]);
  return stdout
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.split("\t")[1]!);
}

test("dump plays it alone, or with emu's control program", () => {
  const alone = hashes("--control-roms", "none");
  const both = hashes("--control-roms", "built-in");
  expect(new Set(both).size).toBeGreaterThan(1);
  expect(both.at(-1)).not.toBe(alone.at(-1)!);
  expect(hashes("--control-roms", "built-in", "--exact")).toEqual(both);
});

test("dump saves the battery RAM of the control side as emu run does", () => {
  const save = join(folder, "game.sav");
  const argv = [
    "dump",
    game,
    "--format",
    "hash",
    "--frames",
    "1",
    "--control-roms",
    "built-in",
    "--save",
    save,
  ];
  for (let run = 0; run < 2; run++) {
    expect(emu(argv).exitCode).toBe(0);
    const blocks = parseBlocks(readFileSync(save))!;
    expect(blocks.map(({ device, bytes }) => [device, bytes.length])).toEqual([["playchoice-10", 2048]]);
  }
});

test("its switches have names", () => {
  const argv = ["dump", game, "--format", "hash", "--frames", "1", "--control-roms", "built-in", "--dip"];
  expect(emu([...argv, "timer=2 per second"]).exitCode).toBe(0);
  const { exitCode, stderr } = emu([...argv, "lives=3"]);
  expect([exitCode, stderr.includes("units-per-coin, demo-sounds, service-mode, timer, slot-2")]).toEqual([
    2,
    true,
  ]);
});

test("a wrong price is answered with the pattern of all prices", () => {
  const { stderr } = emu(["dump", game, "--control-roms", "built-in", "--dip", "units-per-coin=1"]);
  expect(stderr.toString()).toContain("300/0, 300/100, 300/200 … 300/3900, 150/0, 150/200");
});

test("info says what the file has", () => {
  expect(emu(["info", game]).stdout.toString()).toContain(
    "PlayChoice-10, INST-ROM and PROM, runs without its menu",
  );
  const { playChoice } = JSON.parse(emu(["info", game, "--json"]).stdout.toString());
  expect(playChoice).toEqual({ hasInstRom: true, hasProm: true, hasControlRoms: false, dips: [] });
});

test("export plays it alone", () => {
  writeFileSync(join(folder, "other.nes"), playChoiceFile({ prom: false }));
  expect(emu(["export", game, "--out", join(folder, "game.html")]).exitCode).toBe(0);
  expect(emu(["info", join(folder, "other.nes")]).stdout.toString()).toContain("INST-ROM without its PROM");
});

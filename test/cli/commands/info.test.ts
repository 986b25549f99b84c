import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha1Hex } from "../../../src/io/files/hashes.ts";
import { emu } from "../../support/cli.ts";
import { buildDisk, buildDiskSide } from "../../support/disk-builder.ts";
import { buildRom } from "../../support/rom-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-info-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `emu info …` and returns its standard output. */
async function info(...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = emu(["info", ...argv]);
  if (exitCode !== 0) throw new Error(`${exitCode}: ${stderr}`);
  return stdout.toString();
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("emu info", () => {
  const rom = buildRom({ mapper: 4, flags6: 2, prgUnits: 2, trailingBytes: 3 });
  const path = file("game.nes", rom);

  test("text", async () => {
    const lines = (await info(path)).trimEnd().split("\n");
    expect(lines).toContain("Board        MMC3 (TxROM), mapper 4");
    expect(lines).toContain("PRG          32 KiB ROM, 8 KiB non-volatile RAM");
    expect(lines).toContain(`File SHA-1   ${sha1Hex([rom])}`);
    expect(lines.at(-1)).toBe("Warning      3 bytes after the ROMs are ignored");
  });

  test("the games that come with emu, unless a file has their name", () => {
    const describeIn = (cwd: string, name: string) => {
      const { stdout, stderr } = emu(["info", name, "--json"], { cwd });
      return { stderr, info: stdout.length === 0 ? undefined : JSON.parse(stdout.toString()) };
    };
    // Nothing lies beside a game that comes with emu, neither patches nor symbols.
    file("swingby.ips", new TextEncoder().encode("no patch"));
    for (const name of ["swingby", "test-card"])
      expect(describeIn(folder, name)).toMatchObject({ stderr: "", info: { file: `${name}.nes` } });
    file("swingby", rom);
    expect(describeIn(folder, "./swingby").stderr).toContain("swingby.ips");
    rmSync(join(folder, "swingby.ips"));
    expect(describeIn(folder, "swingby").info).toMatchObject({ file: "swingby", mapper: 4 });
    expect(describeIn(folder, "Swingby")).toMatchObject({ stderr: expect.stringContaining("no such file") });
  });

  test("the devices that the header names, and those that emu does not have", async () => {
    const describe = (device: number) =>
      info(file("device.nes", buildRom({ nes2: true, bytes: { 15: device } })));
    expect(await describe(54)).toContain("Devices      subor-mouse (port 2), subor-keyboard (expansion)\n");
    expect(await describe(2)).toContain("Devices      Four Score\n");
    expect(await describe(1)).not.toContain("Devices");
    const missing = "Supported    in part: made for the Miracle Piano, which emu does not have\n";
    expect(await describe(25)).toContain(missing);
  });

  test("JSON", async () => {
    expect(JSON.parse(await info(path, "--json"))).toMatchObject({
      file: "game.nes",
      format: "ines",
      mapper: 4,
      supported: true,
      prgRomBytes: 32768,
      chrRomBytes: 8192,
      battery: true,
      region: "ntsc",
      trailingBytes: 3,
      sha1: sha1Hex([rom.subarray(16, -3)]),
    });
  });

  test("an unsupported board is described, not rejected", async () => {
    const told = JSON.parse(await info(file("odd.nes", buildRom({ nes2: true, mapper: 0xabc })), "--json"));
    expect(told).toMatchObject({ mapper: 0xabc, board: "unknown board", supported: false });
  });

  test.each<[number, number, string]>([
    [0, 0, "yes"],
    [425, 0, "no: made for a console with a VT chip, which is not a NES or Famicom"],
    [0xabc, 0, "no: emu has no board of this mapper number"],
    [30, 5, "in part: submapper 5 of mapper 30 is not known: it runs as submapper 0"],
  ])("mapper %i submapper %i is supported: %s, which is said once", async (mapper, submapper, text) => {
    const told = await info(file("board.nes", buildRom({ nes2: true, mapper, submapper, chrUnits: 1 })));
    expect(told).toContain(`\nSupported    ${text}\n`);
    expect(told).not.toContain("Warning");
  });

  test("describes a disk without a BIOS, and an override with its reason", async () => {
    const disk = file("game.fds", buildDisk([buildDiskSide(), buildDiskSide()]));
    expect(JSON.parse(await info(disk, "--json"))).toMatchObject({
      format: "fds",
      mapper: 20,
      diskSides: 2,
      prgRomBytes: 8192,
      prgRamBytes: 32768,
      supported: true,
    });
    expect(await info(disk)).toContain("Disk         2 sides\n");
    const lying = await info(file("Game (E).nes", buildRom()));
    expect(lying).toContain("Override     region pal for ntsc: a guess from the file's name");
  });

  test.each<[number, number, string]>([
    [4, 1, "MMC6 (HKROM), mapper 4 submapper 1"],
    [4, 4, "MMC3 (TxROM), mapper 4 submapper 4 (NEC's MMC3)"],
    [12, 1, "Front Fareast Magic Card 4M, mapper 12 submapper 1"],
    [23, 2, "Konami VRC2b, VRC4e/f, mapper 23 submapper 2 (VRC4e)"],
    [34, 1, "NINA-001, mapper 34 submapper 1"],
    [178, 1, "Waixing FS305 with an infrared sensor, mapper 178 submapper 1"],
    [268, 5, "AA6023 (COOLBOY, MINDKIDS), mapper 268 submapper 5"],
  ])("the board of mapper %i submapper %i is %s", async (mapper, submapper, board) => {
    const told = await info(file("named.nes", buildRom({ nes2: true, mapper, submapper, chrUnits: 1 })));
    expect(told).toContain(`\nBoard        ${board}\n`);
  });

  test("what the board has, whatever the header says", async () => {
    for (const mapper of [99, 77, 111, 595]) {
      const told = await info(file("four.nes", buildRom({ nes2: true, mapper, flags6: 0 })));
      expect(told).toContain("\nMirroring    four-screen\n");
    }
    const arcade = await info(file("vs.nes", buildRom({ mapper: 1, bytes: { 7: 1 } })));
    expect(arcade).toContain("\nMirroring    four-screen\n");
    for (const mapper of [157, 159, 111])
      expect(await info(file("kept.nes", buildRom({ mapper })))).toContain("\nBattery      yes\n");
  });

  test("the header's number, if the board has another one", async () => {
    const told = await info(file("second.nes", buildRom({ mapper: 54 })));
    expect(told).toContain("Board        21-in-1 multicart, mapper 201\n");
    expect(told).toContain("Override     mapper 201 for 54: both are numbers of one board\n");
  });

  test("the board of another console, and what it lacks", async () => {
    const told = await info(
      file("card.nes", buildRom({ nes2: true, mapper: 1, flags7: 3, bytes: { 13: 12 } })),
    );
    expect(told).toContain("Board        Famicom Network System, mapper 1\n");
    expect(told).toMatch(/Supported {4}in part: .*no dial tone.*lh5323m1\.bin/);
  });

  test("the list of boards", async () => {
    const text = await info("--boards");
    expect(text).toContain("   4  MMC3 (TxROM)\n");
    expect(text).toContain("UNIF  KG256\n");
    const { boards } = JSON.parse(await info("--boards", "--json"));
    expect(boards[0]).toEqual({ mapper: 0, board: "NROM" });
    expect(boards).toContainEqual({ mapper: null, board: "KG256" });
  });

  test("--boards with a ROM is an error", () => {
    const { exitCode, stderr, stdout } = emu(["info", "--boards", "foo"]);
    expect([exitCode, stdout.toString()]).toEqual([2, ""]);
    expect(stderr).toContain("--boards takes no ROM");
  });

  test("missing and unreadable ROMs are errors", async () => {
    expect(emu(["info"]).exitCode).toBe(2);
    expect(emu(["info", join(folder, "absent.nes")]).exitCode).toBe(66);
  });
});

import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { emu } from "../../support/cli.ts";
import { forgeCrc32 } from "../../support/forge-crc.ts";
import { HAS_PTY, Pty } from "../../support/pty.ts";
import { waitForScreen } from "../../support/screen-text.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = temporaryFolder("arcade");

/** Shows $4016 D5, the coin, as the backdrop: white while it is closed. */
function coinRom(): Uint8Array {
  const program = new TestProgram().waitFrames(2);
  const loop = program.here;
  program.bytes(0x2c, 0x02, 0x20, 0x10, 0xfb); // BIT $2002, BPL
  program.store(0x2006, 0x3f).store(0x2006, 0x00);
  program.bytes(0xad, 0x16, 0x40, 0x29, 0x20, 0x8d, 0x07, 0x20); // LDA, AND #$20, STA $2007
  program.store(0x2006, 0).store(0x2006, 0);
  program.bytes(0x4c, loop & 0xff, loop >> 8);
  const code = program.toRom().subarray(16);
  const rom = new Uint8Array(16 + code.length);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 1, 0, 0x30, 0x69, 0, 0, 0, 7]);
  rom.set(code, 16);
  return rom;
}

/** The same as iNES 1.0, with the CRC-32 of a known game. */
function knownRom(): Uint8Array {
  const rom = coinRom();
  rom[7]! &= 0xf3;
  rom[11] = 0;
  forgeCrc32(rom.subarray(16), 0x07138c06);
  return rom;
}

const coinPath = join(folder, "coin.nes");
const knownPath = join(folder, "known.nes");
writeFileSync(coinPath, coinRom());
writeFileSync(knownPath, knownRom());

describe("emu info", () => {
  test("names the arcade board, its PPU and its switches", () => {
    const { stdout, exitCode } = emu(["info", knownPath]);
    const text = stdout.toString();
    expect(exitCode).toBe(0);
    expect(text).toContain("Supported    yes");
    expect(text).toContain("Arcade       VS. UniSystem, PPU 2C04-0004, VS. Clu Clu Land");
    expect(text).toContain("DIP switch   lives: [3], 4, 5, 2");
    expect(JSON.parse(emu(["info", knownPath, "--json"]).stdout.toString()).arcade).toMatchObject({
      ppu: "2C04-0004",
      usesLeftStick: true,
    });
  });

  test("lists the switches of an arcade board", () => {
    const path = join(folder, "mega.nes");
    const rom = coinRom();
    rom.set([0xc0, 0x70, 0, 0, 0, 0], 6); // mapper 124
    writeFileSync(path, rom);
    const { dips } = JSON.parse(emu(["info", path, "--json"]).stdout.toString());
    expect(dips).toContain("players: [1], 2");
    expect(emu(["info", path]).stdout.toString()).toContain("DIP switch   players: [1], 2");
  });
});

describe("--dip", () => {
  const dump = (path: string, ...dips: string[]) =>
    emu(["dump", path, "--frames", "2", "--format", "hash", ...dips.flatMap((dip) => ["--dip", dip])]);

  test.each([
    [knownPath, ["lives=5"]],
    [knownPath, ["LIVES=5", "coins=free"]],
    [knownPath, ["10000001"]],
    [coinPath, ["10000001"]],
  ])("is taken: %s %p", (path, dips) => {
    expect(dump(path, ...dips)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test.each([
    [knownPath, "lives=9", 'lives cannot be "9"', "choose 3, 4, 5, 2"],
    [knownPath, "live=3", 'no DIP switch "live"', "its switches are coins, credits-for-2-players, lives"],
    [knownPath, "", 'no DIP switch ""', "its switches are coins, credits-for-2-players, lives"],
    [coinPath, "lives=3", 'no DIP switch "lives"', "give 8 digits"],
  ])("%s %p says what there is", (path, dip, what, remedy) => {
    const { exitCode, stderr } = dump(path, dip);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(what);
    expect(stderr).toContain(remedy);
  });

  test("a home console has none", () => {
    const path = join(folder, "home.nes");
    writeFileSync(path, new TestProgram().forever().toRom());
    const { exitCode, stderr } = dump(path, "lives=3");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("not for an arcade machine");
  });
});

describe("a coin in a movie", () => {
  const FRAMES = 20;
  const movie = join(folder, "coin.fm2");
  const lines = Array.from({ length: FRAMES }, (_, at) => `|${at === 10 ? 16 : 0}|........|........||`);
  writeFileSync(movie, `version 3\nport0 1\nport1 1\nport2 0\n${lines.join("\n")}\n`);
  const hashes = (...input: string[]) =>
    emu(["dump", coinPath, "--frames", String(FRAMES), "--format", "hash", ...input])
      .stdout.toString()
      .trim()
      .split("\n");

  test("is seen by the game at its frame", () => {
    const [without, withCoin] = [hashes(), hashes("--input", movie)];
    const differs = withCoin.flatMap((hash, frame) => (hash === without[frame] ? [] : [frame]));
    // The contact is closed for three frames.
    expect(differs.length).toBe(3);
    expect(differs.at(-1)! - differs[0]!).toBe(2);
    expect(differs[0]).toBeGreaterThanOrEqual(10);
    expect(differs[0]).toBeLessThanOrEqual(12);
  });

  test("is inserted by emu conform too", () => {
    const [frame, hash] = hashes("--input", movie)[12]!.split("\t");
    expect(hashes()[12]).not.toBe(`${frame}\t${hash}`);
    const manifest = join(folder, "coin.toml");
    const expectation = `[[test.expect]]\nframe = 12\nframeHash = "${hash}"\n`;
    writeFileSync(manifest, `[[test]]\nrom = "coin.nes"\ninput = "coin.fm2"\n${expectation}`);
    expect(emu(["conform", manifest]).stdout.toString()).toContain("1 passed, 0 failed");
  });

  test("has a slot that is there", () => {
    const none = join(folder, "no-slot.json");
    writeFileSync(none, '{"emuMovie":1,"frames":2,"input":[],"events":[[0,"coin",0]]}');
    const { exitCode, stderr } = emu([
      "dump",
      coinPath,
      "--frames",
      "2",
      "--input",
      none,
      "--format",
      "hash",
    ]);
    expect(exitCode).toBe(65);
    expect(stderr).toContain("a whole number from 1 to 4 was expected");
  });
});

describe.skipIf(!HAS_PTY)("emu run", () => {
  test("starts without stored switches that cannot be read, and says so", async () => {
    const home = temporaryFolder("arcade-home");
    const dips = join(home, "emuterm", "dips");
    mkdirSync(dips, { recursive: true });
    const stored = join(dips, `${(await loadRom(coinPath)).image.sha1}.txt`);
    const long = "10000000\n".repeat(200);
    writeFileSync(stored, long);
    const env = { XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home };
    const main = join(import.meta.dir, "../../../src/cli/main.ts");
    await using pty = new Pty(["bun", main, "run", coinPath, "--sound", "none"], { env });
    await waitForScreen(pty, "the game starts with its usual switches");
    pty.type("\x11");
    expect(await pty.end()).toBe(0);
    expect(pty.output).toContain(`emu: warning: ${stored}: is larger than 1 KiB: `);
    expect(readFileSync(stored, "utf8")).toBe(long);
  }, 60_000);
});

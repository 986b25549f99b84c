import { afterAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, unzipSync } from "fflate";
import { sha1Hex } from "../../../src/io/files/hashes.ts";
import { emu } from "../../support/cli.ts";

const ROOT = join(import.meta.dir, "../../..");
const SWINGBY = join(ROOT, "roms/swingby.nes");
const folder = mkdtempSync(join(tmpdir(), "emu-export-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const swingby = readFileSync(SWINGBY);

/** The game data in a page. */
function gameOf(page: string) {
  const text = /<script type="application\/json" id="game">([^<]*)<\/script>/.exec(page)?.[1] ?? "";
  return JSON.parse(text) as Record<string, unknown>;
}

describe("emu export", () => {
  test("writes a page and a zip for itch.io, the same each time", () => {
    const argv = ["export", SWINGBY, "--out", at("a.html"), "--itch", at("a.zip"), "--json"];
    const first = emu(argv);
    expect([first.exitCode, first.stderr]).toEqual([0, ""]);
    const page = readFileSync(at("a.html"));
    const zip = readFileSync(at("a.zip"));
    expect(JSON.parse(first.stdout.toString())).toEqual({
      rom: SWINGBY,
      sha1: sha1Hex([swingby]),
      written: [
        { path: at("a.html"), kind: "html", bytes: page.length },
        { path: at("a.zip"), kind: "itch", bytes: zip.length },
      ],
    });
    const unpacked = unzipSync(zip);
    expect(Object.keys(unpacked)).toEqual(["index.html"]);
    expect(Buffer.from(unpacked["index.html"]!)).toEqual(page);
    // An existing file is replaced, and no other file is left.
    expect(emu(argv).exitCode).toBe(0);
    expect(readFileSync(at("a.html"))).toEqual(page);
    expect(readFileSync(at("a.zip"))).toEqual(zip);
    expect(readdirSync(folder).sort()).toEqual(["a.html", "a.zip"]);
  });

  test("warns of the header's device only if the page's controllers do not play it", () => {
    const rom = new Uint8Array(swingby);
    rom.set([(rom[7]! & 0xf0) | 8, 0, 0, 0, 0, 0, 0, 0, 0], 7);
    const warnings = [3, 8].map((device) => {
      rom[15] = device; // an adapter for four controllers, a Zapper
      writeFileSync(at("device.nes"), rom);
      const { exitCode, stderr } = emu(["export", at("device.nes"), "--out", "-"]);
      return [exitCode, /two controllers/.test(stderr.toString())];
    });
    rmSync(at("device.nes"));
    expect(warnings).toEqual([
      [0, false],
      [0, true],
    ]);
  });

  test("a page refers to nothing outside it", () => {
    const page = emu(["export", SWINGBY, "--out", "-"]).stdout.toString();
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(page).not.toMatch(/\beval\(|new Function\b|@(title|cover|game|policy|script|style|coverKind)@/);
  });

  test("contains the ROM, even from an archive, and the options", () => {
    writeFileSync(at("Swing By (PD) [!].nes.gz"), gzipSync(swingby));
    const argv = [at("Swing By (PD) [!].nes.gz"), "--out", "-", "--region", "pal", "--scale", "integer"];
    const page = emu(["export", ...argv, "--filter", "crt", "--key", "a=space"]).stdout.toString();
    expect(page).toContain("<title>Swing By</title>");
    expect(gameOf(page)).toMatchObject({
      title: "Swing By",
      sha1: sha1Hex([swingby]),
      rom: swingby.toString("base64"),
      console: { region: "pal" },
      scale: "integer",
      filter: "crt",
      keys: { a: ["Space"], b: ["KeyZ"] },
    });
  });

  test("a title is escaped", () => {
    const title = `</script><!-- @game@ --><b>"&'$&$1@cover@`;
    const page = emu(["export", SWINGBY, "--out", "-", "--title", title]).stdout.toString();
    expect(gameOf(page).title).toBe(title);
    expect(page).toContain(
      "<h1>&lt;/script&gt;&lt;!-- @game@ --&gt;&lt;b&gt;&quot;&amp;&#39;$&amp;$1@cover@</h1>",
    );
    expect(page.match(/<script/g)).toHaveLength(2);
  });

  test("the cover is a picture of the game, or a file", () => {
    const own = emu(["export", SWINGBY, "--out", "-"]).stdout.toString();
    expect(own).toContain('<img class="screen" src="data:image/png;base64,');
    const gif = readFileSync(join(ROOT, "docs/swingby.gif"));
    const other = emu(["export", SWINGBY, "--out", "-", "--cover", join(ROOT, "docs/swingby.gif")]);
    expect(other.stdout.toString()).toContain(
      `<img class="art" src="data:image/gif;base64,${gif.toString("base64")}"`,
    );
  });

  const missing = at("none.nes");
  test.each([
    ["no output", [SWINGBY], 2, /no output is named/],
    ["a ROM that is not there", [missing, "--out", at("x.html")], 66, /no such file/],
    [
      "a file that is no ROM",
      [join(ROOT, "README.md"), "--out", at("x.html")],
      65,
      /not a ROM|cannot be run/,
    ],
    ["a cover that is no picture", [SWINGBY, "--out", at("x.html"), "--cover", SWINGBY], 65, /not a picture/],
    ["a cover that is not there", [SWINGBY, "--out", at("x.html"), "--cover", missing], 66, /no such file/],
    ["an unknown key", [SWINGBY, "--out", at("x.html"), "--key", "a=F5"], 2, /no such key/],
    ["an unknown scale", [SWINGBY, "--out", at("x.html"), "--scale", "big"], 2, /Allowed choices/],
    ["a folder that is not there", [SWINGBY, "--out", at("no/x.html")], 66, /folder of the output/],
    ["a folder as output", [SWINGBY, "--out", folder], 74, /is a folder/],
    ["page and report on standard output", [SWINGBY, "--out", "-", "--json"], 2, /cannot both/],
    ["one output twice", [SWINGBY, "--out", at("x"), "--itch", at("x")], 2, /named twice/],
  ])("%s is rejected and writes nothing", (_, argv, code, message) => {
    const { exitCode, stderr, stdout } = emu(["export", ...argv]);
    expect([exitCode, stdout.length]).toEqual([code, 0]);
    expect(stderr).toMatch(message);
    expect(existsSync(at("x.html")) || existsSync(at("x"))).toBe(false);
  });

  test("never overwrites its inputs, under any name", () => {
    writeFileSync(at("game.nes"), swingby);
    symlinkSync(at("game.nes"), at("link.html"));
    for (const out of [at("game.nes"), at("link.html")]) {
      const { exitCode, stderr } = emu(["export", at("game.nes"), "--out", out]);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("would replace a file")]);
    }
    expect(emu(["export", SWINGBY, "--cover", at("game.nes"), "--itch", at("game.nes")]).exitCode).toBe(2);
    expect(readFileSync(at("game.nes"))).toEqual(swingby);
  });
});

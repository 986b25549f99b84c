import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { emu } from "../../support/cli.ts";
import { LIBRARY_ROM } from "../../support/library-game.ts";

const top = mkdtempSync(join(tmpdir(), "emu-init-"));
afterAll(() => rmSync(top, { recursive: true }));

/** Creates a game's folder with these files. */
function gameFolder(name: string, files: Record<string, string | Uint8Array>): string {
  const folder = join(top, name);
  mkdirSync(folder);
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  return folder;
}

const LIBRARY_FILE = join(top, "file.nes");
writeFileSync(LIBRARY_FILE, LIBRARY_ROM);
const read = (folder: string, path: string): string => readFileSync(join(folder, path), "utf8");

describe("emu init", () => {
  test.each([
    ["a folder that does not exist", [join(top, "nowhere")], "no such folder"],
    ["one that does not exist, with a ROM", [join(top, "nowhere"), "--rom", "x.nes"], "no such folder"],
    ["a file", [LIBRARY_FILE], "is not a folder"],
  ])("rejects %s", (_, argv, what) => {
    const { exitCode, stderr } = emu(["init", ...argv]);
    expect(exitCode).toBe(66);
    expect(stderr).toBe(`emu: ${argv[0]}: ${what} (name the folder of the game)\n`);
  });

  test("writes missing files and does not change existing ones", () => {
    const folder = gameFolder("keeps", {
      "build/Game [!].nes": LIBRARY_ROM,
      "tests/game.test.ts": "// mine\n",
      ".gitignore": "build/",
      "package.json": '{\n    "name": "mine",\n    "scripts": { "build": "make" }\n}\n',
      Makefile: "game.nes:\n\tca65 game.s\n",
    });
    const { exitCode, stdout } = emu(["init", folder, "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.toString())).toEqual({
      rom: "build/Game [!].nes",
      written: [
        "tests/__pictures__/title.png",
        "tests/tests.toml",
        ".github/workflows/rom.yml",
        "package.json",
        ".gitignore",
      ],
      kept: ["tests/game.test.ts"],
    });
    expect(read(folder, "tests/game.test.ts")).toBe("// mine\n");
    expect(read(folder, ".gitignore")).toBe(
      "build/\nnode_modules/\ncoverage/\nreport/\nreport.xml\ntests/__pictures__/failed/\ntests/__traces__/\nfailed/\n",
    );
    const manifest = JSON.parse(read(folder, "package.json"));
    expect(manifest).toMatchObject({ name: "mine", scripts: { build: "make", test: "bun test" } });
    expect(manifest.devDependencies.emuterm).toMatch(/^\^\d/);
    const workflow = read(folder, ".github/workflows/rom.yml");
    expect(workflow).toContain("          sudo apt-get install --yes cc65\n          make\n");
    expect(Bun.YAML.parse(workflow)).toMatchObject({ name: "ROM" });

    expect(emu(["init", folder, "--force"]).stdout.toString()).toContain("wrote  tests/game.test.ts");
    expect(emu(["conform", join(folder, "tests/tests.toml")]).exitCode).toBe(0);
  });

  test.each([
    ["no ROM", {}, [], 66, "found no .nes file (build it first, or name it: emu init --rom build/game.nes)"],
    [
      "two ROMs",
      { "a.nes": LIBRARY_ROM, "b/b.nes": LIBRARY_ROM },
      [],
      2,
      "found several ROMs: a.nes, b/b.nes (choose one with --rom FILE)",
    ],
    ["a ROM elsewhere", {}, ["--rom", "roms/swingby.nes"], 2, "the ROM is outside the folder"],
    ["no ROM at all", { "a.nes": "hello" }, [], 65, "it is a text file"],
    [
      "broken package.json",
      { "a.nes": LIBRARY_ROM, "package.json": "{\n1" },
      [],
      65,
      "package.json, line 2, column 1: not JSON",
    ],
  ] as const)("%s", (name, files, options, code, message) => {
    const { exitCode, stdout, stderr } = emu(["init", gameFolder(name, files), ...options]);
    expect([exitCode, stdout.toString()]).toEqual([code, ""]);
    expect(stderr).toContain(message);
  });

  test.each([
    ["what the Makefile builds", { Makefile: "all:\n" }, "", true],
    ["no ROM that nothing builds", {}, "", false],
    ["a line once, however it is written", { Makefile: "all:\n" }, "/build\n", false],
  ])("ignores in build/ %s", (name, files, before, isIgnored) => {
    const game = { "build/game.nes": LIBRARY_ROM, ".gitignore": before };
    const folder = gameFolder(name.replaceAll("/", " "), { ...files, ...game });
    expect(emu(["init", folder]).exitCode).toBe(0);
    const lines = read(folder, ".gitignore").split("\n");
    expect([lines.includes("build/"), lines.includes("report/")]).toEqual([isIgnored, true]);
  });

  const BAD_PACKAGES: readonly [contents: string, message: string][] = [
    ["[]", "line 1, column 1: an object was expected"],
    ["null", "line 1, column 1: an object was expected"],
    ["5", "an object was expected"],
    ['"text"', "an object was expected"],
    ['{\n"scripts": null}', "line 2, column 12: scripts: an object was expected"],
    ['{"scripts": "make"}', "scripts: an object was expected"],
    ['{"dependencies": []}', "dependencies: an object was expected"],
    ['{"devDependencies": 3}', "devDependencies: an object was expected"],
    ["[".repeat(200_000), "package.json, line 1, column 1: "],
    [`{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}, "scripts": 1}`, "scripts: an object was expected"],
    ["", "not JSON"],
    ["\0\u{ffff}", "not JSON"],
  ];
  test.each(
    BAD_PACKAGES.map(([contents, message]) => [JSON.stringify(contents.slice(0, 40)), contents, message]),
  )("rejects a package.json of %s", (_, contents, message) => {
    const name = `odd-${Bun.hash(contents)}`;
    const folder = gameFolder(name, { "a.nes": LIBRARY_ROM, "package.json": contents });
    const { exitCode, stderr } = emu(["init", folder]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 65 });
    expect(stderr).toContain(message);
    expect(read(folder, "package.json")).toBe(contents);
    expect(readdirSync(folder).toSorted()).toEqual(["a.nes", "package.json"]);
  });

  test("reports a crash that random buttons cause", () => {
    const jam = LIBRARY_ROM.slice();
    jam.fill(0x02, 16, 16 + 0x3000);
    const folder = gameFolder("breaks", { "jam.nes": jam });
    expect(JSON.parse(emu(["init", folder, "--json"]).stdout.toString()).crash).toStartWith(
      "the CPU has jammed",
    );
  });
});

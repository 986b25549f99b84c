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
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { emu } from "../../support/cli.ts";
import { LIBRARY_ROM } from "../../support/library-game.ts";

const ROOT = join(import.meta.dir, "../../..");
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
const swingby = readFileSync(join(ROOT, "roms/swingby.nes"));

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

/** The commands of a workflow, step by step. */
function stepsOf(workflow: string): string[] {
  const parsed = Bun.YAML.parse(workflow) as { jobs: { test: { steps: { run?: string }[] } } };
  return parsed.jobs.test.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
}

describe.skipIf(process.platform === "win32")("the packed package", () => {
  const folder = gameFolder("packed", { "swingby.nes": swingby });
  const installed = join(folder, "node_modules", "emuterm");
  // Under the name bunx the same program runs commands of packages. npm's own link of that name may be a
  // stand-in.
  const tools = mkdtempSync(join(tmpdir(), "emu-init-tools-"));
  for (const name of ["bun", "bunx"]) symlinkSync(process.execPath, join(tools, name));
  afterAll(() => rmSync(tools, { recursive: true }));

  function run(command: string): string {
    const { exitCode, stdout, stderr } = Bun.spawnSync(["bash", "-ec", command], {
      cwd: folder,
      env: {
        ...process.env,
        CI: "true",
        NO_COLOR: "1",
        PATH: `${tools}:${process.env.PATH}`,
      },
      stdin: "ignore",
    });
    const output = `${stdout}${stderr}`;
    if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${output}`);
    return output;
  }

  test("has everything that the workflow of emu init needs, run step by step", () => {
    const packed = Bun.spawnSync(["npm", "pack", "--silent", "--pack-destination", top], {
      cwd: ROOT,
      stdin: "ignore",
    });
    expect(packed.exitCode).toBe(0);
    const tarball = readdirSync(top).find((name) => name.endsWith(".tgz"))!;
    // Does what an install does, without a registry: our package comes from its tarball, the others from
    // here.
    mkdirSync(installed, { recursive: true });
    run(`tar -xzf '${join(top, tarball)}' --strip-components 1 -C '${installed}'`);
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      const isOwn = name.startsWith(".") || name === "emuterm";
      if (!isOwn) symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
    }
    mkdirSync(join(folder, "node_modules/.bin"));
    symlinkSync(join(installed, "src/cli/emu.mjs"), join(folder, "node_modules/.bin/emu"));
    run(`chmod +x '${join(installed, "src/cli/emu.mjs")}'`);

    expect(run("node_modules/.bin/emu init")).toContain("wrote  .github/workflows/rom.yml");
    const steps = stepsOf(read(folder, ".github/workflows/rom.yml"));
    expect(steps[0]).toBe("bun install");
    expect(steps.length).toBe(3);
    const outputs = steps.slice(1).map((step) => run(step));
    expect(outputs[0]).toContain(" 0 fail");
    expect(outputs[1]).toContain("1 passed, 0 failed");
    expect(existsSync(join(folder, "report.xml"))).toBe(true);
  });

  test("shows the line of the test that fails, not its own source", () => {
    writeFileSync(
      join(folder, "tests/fails.test.ts"),
      'import { test } from "bun:test";\nimport { load } from "emuterm";\n' +
        'test("fails", async () => {\n  const nes = await load("swingby.nes");\n  nes.peek("nonsense");\n});\n',
    );
    const output = run("bun test tests/fails.test.ts 2>&1 || true");
    rmSync(join(folder, "tests/fails.test.ts"));
    expect(output).toMatch(/5 \| {3}nes\.peek\("nonsense"\);\n +\^\nInputError: unknown symbol nonsense/);
    expect(output).not.toContain("node_modules/emuterm");
  });

  test("has declarations that compile in a strict program", () => {
    writeFileSync(
      join(folder, "tests/types.ts"),
      `import { expect } from "bun:test";
import { type CallResult, load } from "emuterm";
import "emuterm/matchers";
const nes = await load("swingby.nes", { region: "ntsc" });
const result: CallResult = nes.call("x", { a: 1 });
expect(nes).toMatchPicture("x", { maxPixels: result.cycles });
// @ts-expect-error: no controller has this button
nes.press("z");
`,
    );
    // The complete tests in the documents compile too.
    for (const document of ["README.md", "docs/ci.md"]) {
      const samples = [
        ...readFileSync(join(ROOT, document), "utf8").matchAll(/```ts\n(import [\s\S]*?)```/g),
      ];
      expect(samples.length).toBeGreaterThan(0);
      for (const [index, [, sample = ""]] of samples.entries()) {
        writeFileSync(join(folder, "tests", `${document.replace(/\W/g, "-")}-${index}.ts`), sample);
      }
    }
    cpSync(join(ROOT, "examples/ca65-game/tsconfig.json"), join(folder, "tsconfig.json"));
    run(`bun ${join(ROOT, "node_modules/typescript/bin/tsc")} -p .`);
  });
});

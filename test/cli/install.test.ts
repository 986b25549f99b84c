/**
 * Packs the package and uses it: on machines with no compiler, no network except a registry, and no
 * repository, and as the workflow of `emu init` does. Compiles the executable and uses it. All in one file:
 * both write into the project's folder, so that two files that run at once must not do it.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
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
import { join } from "node:path";
import { emu } from "../support/cli.ts";
import { LocalRegistry, lockedPackages } from "../support/local-registry.ts";

const ROOT = join(import.meta.dir, "../..");
const DUMP = ["dump", "node_modules/emuterm/roms/swingby.nes", "--frames", "90", "--format", "hash"];

/** Returns true for a package of another platform, and for one that only such packages depend on. */
function isForOthers(name: string, details: object): boolean {
  if (["os", "cpu", "libc"].some((key) => key in details)) return true;
  const dependents = lockedPackages.filter(({ details: { dependencies = {} } }) => name in dependencies);
  return dependents.length > 0 && dependents.every(({ folder }) => !existsSync(folder));
}

describe("dependencies", () => {
  test("bun.lock names dependencies", () => {
    expect(lockedPackages.length).toBeGreaterThan(50);
  });

  test.each(lockedPackages.map((one) => [one.name, one] as const))(
    "%s has no install script",
    (name, { details, folder }) => {
      expect(details).not.toHaveProperty("hasInstallScript");
      if (!existsSync(folder)) return expect(isForOthers(name, details)).toBe(true);
      const { scripts = {}, gypfile } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      for (const script of ["preinstall", "install", "postinstall"]) {
        expect(scripts).not.toHaveProperty(script);
      }
      expect(gypfile).not.toBe(true);
      // npm compiles any package with this file.
      expect(existsSync(join(folder, "binding.gyp"))).toBe(false);
    },
  );
});

/** The programs on the machines of the tests. Scripts, including npm's own, are started by `sh` and `env`. */
const MACHINES: readonly (readonly [name: string, tools: readonly string[], commands: string[][]])[] = [
  [
    "Node and npm",
    ["node", "npm", "npx"],
    [
      ["npm", "install"],
      ["npx", "emu"],
    ],
  ],
  [
    "Node, npm and Bun",
    ["node", "npm", "npx", "bun", "bunx"],
    [
      ["bun", "add"],
      ["bunx", "emu"],
    ],
  ],
  [
    "Bun",
    ["bun", "bunx"],
    [
      ["bun", "add"],
      ["bunx", "emu"],
    ],
  ],
];

/** Packing builds all that the package has: about a minute of CPU time. */
const BUILD_MS = 400_000;
/** The first machine has nothing in its caches: half a minute without other work. */
const INSTALL_MS = 400_000;
const CANNOT_PACK = process.platform === "win32" || Bun.which("npm") === null;
const top = mkdtempSync(join(tmpdir(), "emu-install-"));
const tarball = join(top, "emuterm.tgz");

/** Makes the tarball, once. */
function pack(): void {
  if (existsSync(tarball)) return;
  const command = ["npm", "pack", "--silent", "--pack-destination", top];
  const packed = Bun.spawnSync(command, { cwd: ROOT, stdin: "ignore" });
  expect(packed.exitCode).toBe(0);
  const name = packed.stdout.toString().trim().split("\n").at(-1) ?? "";
  symlinkSync(join(top, name), tarball);
}

afterAll(() => rmSync(top, { recursive: true }));

describe.skipIf(CANNOT_PACK)("an empty folder", () => {
  beforeAll(pack, BUILD_MS);
  const registry = new LocalRegistry();
  afterAll(() => registry.stop());

  test.each(MACHINES)(
    "installs emu from the tarball on a machine with only %s",
    async (name, tools, commands) => {
      const bin = join(top, `${name}-bin`);
      const folder = join(top, name);
      for (const path of [bin, folder]) mkdirSync(path);
      for (const tool of [...tools, "sh", "env"]) {
        const path = tool.startsWith("bun") ? process.execPath : Bun.which(tool);
        symlinkSync(path ?? "", join(bin, tool));
      }
      for (const absent of ["cc", "gcc", "clang", "make", "python3", "python", "node-gyp"]) {
        expect(Bun.which(absent, { PATH: bin })).toBeNull();
      }
      writeFileSync(join(folder, "package.json"), "{}");
      const [install = [], start = []] = commands;
      const environment = { PATH: bin, HOME: join(top, "home"), npm_config_registry: registry.url };
      await run([...install, tarball], folder, environment);
      const { stdout } = await run([...start, ...DUMP], folder, environment);
      const here = emu(["dump", join(ROOT, "roms/swingby.nes"), ...DUMP.slice(2)]).stdout.toString();
      expect(here.split("\n")).toHaveLength(91);
      expect(stdout).toBe(here);
      // emuterm/core runs in the machine's own engine.
      const core =
        'import { load } from "emuterm/core"; import { readFileSync } from "node:fs"; ' +
        'const nes = load(new Uint8Array(readFileSync("node_modules/emuterm/roms/swingby.nes"))); ' +
        "for (let i = 0; i < 90; i++) nes.runFrame(); console.log(nes.frame);";
      writeFileSync(join(folder, "core.mjs"), core);
      expect((await run([tools[0]!, "core.mjs"], folder, environment)).stdout).toBe("90\n");
      // The package contains the sources of the player of pages.
      await run(
        [...start, "export", "node_modules/emuterm/roms/swingby.nes", "--out", "game.html"],
        folder,
        environment,
      );
      expect(readFileSync(join(folder, "game.html"), "utf8")).toContain("<title>swingby</title>");
      // Exit codes and errors pass through the program that started Bun.
      const wrong = await run([...start, "dump", "nothing.nes", "--frames", "1"], folder, environment, 66);
      expect(wrong.stderr).toContain("nothing.nes: no such file");
    },
    INSTALL_MS,
  );
});

async function run(argv: string[], cwd: string, env: Record<string, string>, code = 0) {
  const child = Bun.spawn([Bun.which(argv[0] ?? "", { PATH: env.PATH }) ?? "", ...argv.slice(1)], {
    cwd,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect({ code: await child.exited, stderr }).toMatchObject({ code });
  return { stdout, stderr };
}

/** The commands of a workflow, step by step. */
function stepsOf(workflow: string): string[] {
  const parsed = Bun.YAML.parse(workflow) as { jobs: { test: { steps: { run?: string }[] } } };
  return parsed.jobs.test.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
}

describe.skipIf(process.platform === "win32")("the compiled executable", () => {
  const executable = join(top, "emu");
  const environment = { ...(process.env as Record<string, string>), XDG_CACHE_HOME: join(top, "cache") };
  const adapter = join(ROOT, "examples/own-emulator/adapter.js");

  beforeAll(() => {
    const argv = [process.execPath, join(ROOT, ".ci/compile.ts"), "--outfile", executable];
    const { exitCode, stderr } = Bun.spawnSync(argv, { cwd: top, stdin: "ignore" });
    expect({ exitCode, stderr: stderr.toString() }).toMatchObject({ exitCode: 0 });
  }, BUILD_MS);

  test.each([
    ["grades on its threads", []],
    ["gives its games to another emulator", ["--exec", `${process.execPath} ${adapter}`]],
  ])("%s", async (_what, options) => {
    const argv = [executable, "conform", "swingby", "--json", ...options];
    const { tests } = JSON.parse((await run(argv, top, environment)).stdout);
    // The game is not a test. An error would be a verdict of its own.
    expect(tests).toMatchObject([{ rom: "swingby", verdict: "skip", frames: 600 }]);
  });
});

describe.skipIf(CANNOT_PACK)("the packed package", () => {
  beforeAll(pack, BUILD_MS);
  const folder = join(top, "packed");
  mkdirSync(folder);
  cpSync(join(ROOT, "roms/swingby.nes"), join(folder, "swingby.nes"));
  const installed = join(folder, "node_modules", "emuterm");
  // Under the name bunx the same program runs commands of packages. npm's own link of that name may be a
  // stand-in.
  const tools = join(top, "tools");
  mkdirSync(tools);
  for (const name of ["bun", "bunx"]) symlinkSync(process.execPath, join(tools, name));

  function shell(command: string): string {
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
    // Does what an install does, without a registry: our package comes from its tarball, the others from
    // here.
    mkdirSync(installed, { recursive: true });
    shell(`tar -xzf '${tarball}' --strip-components 1 -C '${installed}'`);
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      const isOwn = name.startsWith(".") || name === "emuterm";
      if (!isOwn) symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
    }
    mkdirSync(join(folder, "node_modules/.bin"));
    symlinkSync(join(installed, "src/cli/emu.mjs"), join(folder, "node_modules/.bin/emu"));
    shell(`chmod +x '${join(installed, "src/cli/emu.mjs")}'`);

    expect(shell("node_modules/.bin/emu init")).toContain("wrote  .github/workflows/rom.yml");
    const steps = stepsOf(readFileSync(join(folder, ".github/workflows/rom.yml"), "utf8"));
    expect(steps[0]).toBe("bun install");
    expect(steps.length).toBe(3);
    const outputs = steps.slice(1).map((step) => shell(step));
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
    const output = shell("bun test tests/fails.test.ts 2>&1 || true");
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
    shell(`bun ${join(ROOT, "node_modules/typescript/bin/tsc")} -p .`);
  });
});

/** Installs the package on a machine with no compiler, no network except a registry, and no repository. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
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

describe.skipIf(process.platform === "win32" || Bun.which("npm") === null)("an empty folder", () => {
  const top = mkdtempSync(join(tmpdir(), "emu-install-"));
  const registry = new LocalRegistry();
  const tarball = join(top, "emuterm.tgz");

  beforeAll(() => {
    const packed = Bun.spawnSync(["npm", "pack", "--silent", "--pack-destination", top], { cwd: ROOT });
    expect(packed.exitCode).toBe(0);
    const name = packed.stdout.toString().trim().split("\n").at(-1) ?? "";
    symlinkSync(join(top, name), tarball);
  });

  afterAll(async () => {
    await registry.stop();
    rmSync(top, { recursive: true });
  });

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

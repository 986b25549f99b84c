import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { walkFiles } from "../../../src/io/files/walk.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { CAN_BE_UNPRIVILEGED, unprivileged } from "../../support/unprivileged.ts";

const top = mkdtempSync(join(tmpdir(), "emu-walk-"));
afterAll(() => rmSync(top, { recursive: true }));
let trees = 0;

/** Creates a folder with these files (empty), and links from names to targets. */
function tree(files: readonly string[], links: Readonly<Record<string, string>> = {}): string {
  const root = join(top, String(++trees));
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
  return root;
}

const walk = async (root: string) =>
  (await walkFiles(root, (name) => name.endsWith(".nes"))).map((path) => relative(root, path));

describe.skipIf(process.platform === "win32")("walkFiles", () => {
  const files = ["a/one.nes", "a/two.txt", "b/c/three.nes", "four.nes"];
  const found = ["a/one.nes", "b/c/three.nes", "four.nes"];
  const cases: [string, Record<string, string>, string[]][] = [
    ["folders below folders", {}, found],
    ["a link to itself", { self: "." }, found],
    ["a link upwards", { "b/c/up": "../.." }, found],
    ["two folders that lead to one another", { "a/b": "../b", "b/a": "../a" }, found],
    [
      "many links to all of it",
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`l${i}`, "."])),
      found,
    ],
    ["links in a circle", { x: "y", y: "x" }, found],
    ["a link to nothing", { "no.nes": "nothing" }, found],
    ["a link to a file", { "zzz.nes": "a/two.txt" }, [...found, "zzz.nes"]],
    ["a link that comes before its folder", { "a/0": "../b" }, found],
  ];
  test.each(cases)("finds each file once in %s", async (_, links, expected) => {
    expect(await walk(tree(files, links))).toEqual(expected);
  });

  test("follows links to folders elsewhere", async () => {
    const elsewhere = tree(["in/five.nes"], { "in/again": "." });
    expect(await walk(tree(files, { far: elsewhere }))).toEqual([
      ...found.slice(0, 2),
      "far/in/five.nes",
      "four.nes",
    ]);
  });

  test("a missing path and a file are input errors", async () => {
    await expect(walk(join(top, "nothing"))).rejects.toMatchObject({ kind: "missing" });
    await expect(walk(join(tree(files), "four.nes"))).rejects.toMatchObject({ kind: "missing" });
  });
});

describe.skipIf(!CAN_BE_UNPRIVILEGED)("emu conform in folders", () => {
  const ROOT = join(import.meta.dir, "../../..");

  /** Exit code and errors of `emu conform` for a user who may not read everything. */
  function conform(cwd: string, argument: string) {
    chmodSync(top, 0o755);
    const command = [realpathSync(process.execPath), join(ROOT, "src/cli/main.ts"), "conform", argument];
    const { exitCode, stderr } = Bun.spawnSync(unprivileged(command), {
      cwd,
      stdin: "ignore",
      env: { ...process.env, HOME: top },
    });
    return { exitCode, stderr: stderr.toString() };
  }

  test.each([
    ["a folder", "roms"],
    ["a pattern", "tests.json"],
    ["a pattern of one level", "level.json"],
  ])("an unreadable folder is an input error: %s", (_, argument) => {
    const root = tree(["roms/open/a.nes", "roms/shut/b.nes"]);
    const manifest = (rom: string) => JSON.stringify([{ rom, protocol: "detect" }]);
    writeFileSync(join(root, "tests.json"), manifest("roms/**/*.nes"));
    writeFileSync(join(root, "level.json"), manifest("roms/shut/*.nes"));
    chmodSync(join(root, "roms/shut"), 0);
    const { exitCode, stderr } = conform(root, argument);
    chmodSync(join(root, "roms/shut"), 0o755);
    expect(stderr).toMatch(/^emu: .*shut.*: cannot be read: permission denied\n$/);
    expect(exitCode).toBe(74);
  });

  test("links in a circle end", () => {
    const root = tree(["roms/a/one.nes"], { "roms/a/up": "..", "roms/again": "." });
    expect(conform(root, "roms")).toMatchObject({ exitCode: 1, stderr: "" });
  });
});

test("a folder that is missing, or is a file, is an error that says so", async () => {
  const root = tree(["one.nes"]);
  const errors = [join(root, "none"), join(root, "one.nes")].map((path) => inputErrorFrom(walk(path)));
  const [missing, file] = await Promise.all(errors);
  expect(missing).toMatchObject({ kind: "missing", message: "no such folder" });
  expect(file).toMatchObject({ kind: "missing", message: "is a file, not a folder" });
});

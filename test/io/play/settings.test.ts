import { describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { TomlDocument, type TomlValue } from "../../../src/io/files/documents/toml-document.ts";
import { DEFAULT_BINDINGS } from "../../../src/io/input/bindings.ts";
import { ConfigFile } from "../../../src/io/play/config-file.ts";
import { DEFAULT_SETTINGS, parseSettings, withKeys } from "../../../src/io/play/settings.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";

describe("settings", () => {
  test("are the defaults for missing keys", () => {
    expect(parseSettings("# nothing\n", "config.toml")).toEqual(DEFAULT_SETTINGS);
  });

  test("are read from every table", () => {
    const text = `
picture = { render = "sixel", overscan = 8, television = { gamma = 1.2 } }
[sound]
volume = 40
[keys]
a = "v"
p2.start = ["f12", "1"]
[play]
run-ahead = 2
`;
    const settings = parseSettings(text, "config.toml");
    expect(settings).toMatchObject({
      renderer: "sixel",
      overscanLines: 8,
      gamma: 1.2,
      volumePercent: 40,
      runAheadFrames: 2,
    });
    expect(settings.keys.a).toEqual(["v"]);
    expect(settings.keys["p2.start"]).toEqual(["f12", "1"]);
    // By default the key was a turbo button's.
    expect(settings.keys["turbo-a"]).toEqual(["i"]);
    expect(settings.keys.b).toEqual(DEFAULT_BINDINGS.b!);
  });

  test.each([
    ["[sound]\nvolume = 101", "2:10", "from 0 to 100"],
    ["[sound]\nvolume = 1.5", "2:10", "whole number"],
    ['[sound]\n  volume = "loud"', "2:12", "from 0 to 100"],
    ['[picture]\nrender = "ascii"', "2:10", "one of auto, "],
    ["[picture]\nstatus-line = 1", "2:15", "true or false"],
    ["[picture]\npalette = 3", "2:11", "a string"],
    ["[picture]\nrendr = 'sixel'", "2:9", "rendr is not known"],
    ["[pictures]", "1:1", "no table pictures"],
    ["a = 1\na = 2", "2:1", "not TOML"],
    ["[sound]\nvolume = = 3", "2:10", "not TOML"],
    ["[keys]\njump = ['x']", "2:8", "neither a button"],
    ["[keys]\na = ['x']\nb = ['y', 'x']", "2:5", "bound twice"],
    ["[keys]\na = [1]", "2:5", "list of keys"],
    ["[sound]\nvolume = 1979-05-27", "2:10", "from 0 to 100"],
  ])("reject %j with its place", (text, where, what) => {
    const error = inputErrorOf(() => parseSettings(text, "config.toml"));
    expect(error.kind).toBe("data");
    expect(error.where).toBe(`config.toml:${where}`);
    expect(error.message).toContain(what);
  });

  test.each([
    ["lists", `a = ${"[".repeat(20_000)}${"]".repeat(20_000)}`, "nested too deeply"],
    ["open lists", `a = ${"[".repeat(200_000)}`, "not TOML"],
    ["tables", `a = ${"{b = ".repeat(20_000)}1${"}".repeat(20_000)}`, "nested too deeply"],
    ["lists in a setting", `[sound]\nvolume = ${"[".repeat(99)}${"]".repeat(99)}`, "nested too deeply"],
  ])("reject deeply nested %s", (_, text, what) => {
    const error = inputErrorOf(() => parseSettings(text, "config.toml"));
    expect([error.kind, error.message]).toEqual(["data", expect.stringContaining(what)]);
  });

  test("take a key from its previous target", () => {
    const keys = withKeys(DEFAULT_BINDINGS, "a", ["z"]);
    expect(keys.a).toEqual(["z"]);
    expect(keys.b).toEqual(["j", "y"]);
  });
});

describe("TomlDocument", () => {
  test("changes one value and leaves every other and all comments", () => {
    const path = fc.constantFrom("a.x", "a.y", "a.b.z", "c.long-name", "c.p2.a", "d.new", "a.b.more");
    const value: fc.Arbitrary<TomlValue> = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !text.includes("\x7f")),
      fc.integer(),
      fc.boolean(),
      fc.array(
        fc.string({ maxLength: 5 }).filter((text) => !text.includes("\x7f")),
        { maxLength: 3 },
      ),
    );
    const start = '# mine\n[a] # first\nx = 1 # one\n\n[a.b]\nz = "q"\n[c]\np2.a = ["k"] # two\n';
    fc.assert(
      fc.property(fc.array(fc.tuple(path, value), { maxLength: 12 }), (changes) => {
        let document = new TomlDocument(start, "x");
        const model = new Map<string, unknown>(
          [...document.entries].map(([name, entry]) => [name, entry.value]),
        );
        for (const [name, content] of changes) {
          document = new TomlDocument(document.withValue(name, content), "x");
          model.set(name, content);
          const values = new Map([...document.entries].map(([key, entry]) => [key, entry.value]));
          const found = Object.fromEntries(values);
          expect(found).toEqual(Object.fromEntries(model) as typeof found);
        }
        for (const comment of ["# mine", "# first", "# one", "# two"])
          expect(document.text).toContain(comment);
      }),
    );
  });
});

describe("ConfigFile", () => {
  test("stores changes one after the other, and rejects invalid values", async () => {
    const folder = await mkdtemp(join(tmpdir(), "emu-config-"));
    try {
      const path = join(folder, "deep", "config.toml");
      const file = new ConfigFile(path);
      expect(await file.load()).toEqual(DEFAULT_SETTINGS);
      await Promise.all([
        file.set("volumePercent", 35),
        file.set("renderer", "octant"),
        file.setKeys("p2.a", ["1"]),
        file.set("volumePercent", 30),
      ]);
      const settings = await file.load();
      expect(settings).toMatchObject({ volumePercent: 30, renderer: "octant" });
      expect(settings.keys["p2.a"]).toEqual(["1"]);
      // A moved key is removed from its target in the file.
      await file.setKeys("p3.b", ["2", "1"]);
      expect((await file.load()).keys).toMatchObject({ "p2.a": [], "p3.b": ["2", "1"] });
      await writeFile(path, "[sound\n");
      expect((await inputErrorFrom(file.set("volumePercent", 10))).where).toContain("2:1");
      expect(await readFile(path, "utf8")).toBe("[sound\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";

const parse = async (entries: unknown) =>
  (await parseManifest(JSON.stringify(entries), "tests/suites.json")).tests;
const parseToml = async (text: string, path = "tests/game.toml") => (await parseManifest(text, path)).tests;

describe("a manifest", () => {
  test("resolves its paths and fills in defaults", async () => {
    expect(await parse([{ rom: "a/b.nes", protocol: "blargg-6000" }])).toEqual([
      {
        rom: "a/b.nes",
        name: "a/b.nes",
        romFile: resolve("tests/a/b.nes"),
        protocol: "blargg-6000",
        maxFrames: 6000,
        source: { file: "tests/suites.json", line: 1, column: 2 },
      },
    ]);
    const [log] = await parse([
      {
        rom: "n.nes",
        protocol: "golden-log",
        log: "../n.log",
        startPc: "0xC000",
        maxFrames: 7,
        region: "pal",
      },
    ]);
    expect(log).toMatchObject({ logFile: resolve("n.log"), startPc: 0xc000, maxFrames: 7, region: "pal" });
  });

  test("accepts addresses as numbers and as hexadecimal texts", async () => {
    const addressOf = async (address: unknown) =>
      (await parse([{ rom: "a", protocol: "ram-result", address, pass: 1 }]))[0]?.address;
    const all = ["0x00F8", "$F8", "248", 248].map(addressOf);
    expect(await Promise.all(all)).toEqual(Array(4).fill(0xf8));
  });

  test("has the same meaning in TOML and JSON", async () => {
    const toml = await parseToml(`
      [defaults]
      maxFrames = 90
      tiles = [{ first = 0x41, text = "ABC" }]
      [[test]]
      name = "title"
      rom = "game.nes"
      ramFill = "ones"
      input = [[10, "start"], [20, ""], [30, "right+A"]]
      [[test.expect]]
      frame = 60
      text = "CAB"
      ram = { "0x10" = 3, "$0200" = [1, 2], "0x300" = { min = 1, max = 4 }, "0x302" = { word = 1000 } }
      registers = { a = { not = 0 } }
      ppu = { ctrl = { is = 0x80, mask = 0x80 } }
      [[test]]
      rom = "other.nes"
      protocol = "screen-text"
      pass = "OK"
      maxFrames = 5
      knownFailure = "not written yet"
    `);
    const json = await parseManifest(
      JSON.stringify({
        defaults: { maxFrames: 90, tiles: { first: "0x41", text: "ABC" } },
        test: [
          {
            name: "title",
            rom: "game.nes",
            ramFill: "ones",
            input: [
              [10, 8],
              [20, 0],
              [30, 0x81],
            ],
            expect: {
              frame: 60,
              text: ["CAB"],
              ram: { "0x10": 3, $0200: [1, 2], "0x300": { min: 1, max: 4 }, "0x302": ["0xE8", 3] },
              registers: { a: { not: 0 } },
              ppu: { ctrl: { is: "$80", mask: "$80" } },
            },
          },
          {
            rom: "other.nes",
            protocol: "screen-text",
            pass: "OK",
            maxFrames: 5,
            knownFailure: "not written yet",
          },
        ],
      }),
      "tests/game.json",
    );
    const withoutPlaces = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (key, inner) => (key === "source" || key === "at" ? undefined : inner)),
      );
    expect(withoutPlaces(toml)).toEqual(withoutPlaces(json.tests));
    expect(toml[0]?.source).toEqual({ file: "tests/game.toml", line: 5, column: 9 });
  });

  test.each([
    ["a number", "1", /list of tests or a table/, "1:1"],
    ["an entry that is none", "[1]", /a test must be a table, not 1/, "1:2"],
    ["no ROM", '[{ "protocol": "blargg-6000" }]', /"rom" is missing in a test/, "1:2"],
    ["no protocol", '[\n {"rom": "a"}]', /a test needs "expect", or "protocol": one of blargg-6000/, "2:2"],
    ["a ROM that is no text", '[\n {"rom": 5}]', /"rom" must hold texts, not 5/, "2:10"],
    ["an unknown protocol", '[{"rom": "a",\n"protocol": "x"}]', /"protocol" must be one of.*not "x"/, "2:13"],
    [
      "an unknown key",
      '[{"rom": "a", "protocol": "detect", "adress": 1}]',
      /"adress" is not a key of a test: did you mean "address"/,
      "1:37",
    ],
    [
      "an unknown key that resembles none",
      '[{"rom": "a", "protocol": "detect", "mod": 1}]',
      /"mod" is not a key of a test: it takes rom, /,
      "1:37",
    ],
    ["no address", '[{"rom": "a", "protocol": "ram-result", "pass": 1}]', /"address" is missing/, "1:2"],
    [
      "a large address",
      '[{"rom": "a", "protocol": "ram-result", "pass": 1, "address": 65536}]',
      /"address" must be a whole number from 0 to 65535, not 65536/,
      "1:63",
    ],
    [
      "a text for a byte",
      '[{"rom": "a", "protocol": "ram-result", "pass": "x", "address": 1}]',
      /"pass"/,
      "1:49",
    ],
    ["an empty accept", '[{"rom": "a", "protocol": "screen-crc", "accept": []}]', /"accept"/, "1:51"],
    ["no golden file", '[{"rom": "a", "protocol": "frame-hashes"}]', /"golden" is missing/, "1:2"],
    ["a short SHA-1", '[{"rom": "a", "protocol": "detect", "sha1": "12"}]', /40 hex digits/, "1:45"],
    ["no frames", '[{"rom": "a", "protocol": "detect", "maxFrames": 0}]', /"maxFrames"/, "1:50"],
    ["a key twice", '[{"rom": "a",\n "rom": "b"}]', /"rom" appears twice/, "2:2"],
    ["JSON that ends early", "[{", /not JSON: a closing } was expected/, "1:3"],
    ["JSON with a comma too many", '[{"rom": "a",}]', /not JSON/, "1:14"],
    ["nothing in it", "", /not JSON: a value was expected/, "1:1"],
    ["brackets alone", "[".repeat(200_000), /nested too deeply/, "1:1"],
  ])("with %s is rejected with its place", async (_, text, what, where) => {
    const error = await inputErrorFrom(parseManifest(text, "tests/suites.json"));
    expect(error.kind).toBe("data");
    expect(error.message).toMatch(what);
    expect(error.where).toBe(`tests/suites.json:${where}`);
  });

  const TEST = '[[test]]\nrom = "a.nes"\n';
  test.each([
    ["no value", "a = ", /not TOML: unspecified values/, "1:5"],
    ["a table twice", "[defaults]\n[defaults]", /not TOML/, "2:2"],
    ["no test", "[defaults]\nmaxFrames = 1", /"test" is missing/, "1:1"],
    ["a strange default", `[defaults]\nrom = "x"\n${TEST}`, /"rom" is not a key of the defaults/, "2:1"],
    ["a date", `[[test]]\nprotocol = "detect"\nrom = 2020-01-01`, /"rom".*a date/, "3:7"],
    [
      "frames that descend",
      `${TEST}expect = [{ frame = 9, text = "a" }, { frame = 8, text = "a" }]`,
      /frame 9/,
      "3:48",
    ],
    ["an empty condition", `${TEST}[[test.expect]]\nwhen = {}`, /checks nothing: it takes ram/, "3:8"],
    ["an expectation of nothing", `${TEST}[[test.expect]]\nframe = 1`, /checks nothing: it takes ram/, "3:8"],
    [
      "a picture without a moment",
      `${TEST}expect = { picture = "a.png" }`,
      /needs a "frame" or a "when"/,
      "3:22",
    ],
    [
      "an address that is none",
      `${TEST}expect = { vram = { player = 1 } }`,
      /must be an address from \$0 to \$3FFF/,
      "3:30",
    ],
    ["a byte too large", `${TEST}expect = { ram = { "0x10" = 256 } }`, /0x10 must be a whole number/, "3:29"],
    ["bytes past the end", `${TEST}expect = { oam = { "0xFF" = [1, 2] } }`, /past the end of oam/, "3:29"],
    [
      "an unknown register",
      `${TEST}expect = { registers = { b = 1 } }`,
      /"b" is not a key of "registers"/,
      "3:26",
    ],
    ["an empty rule", `${TEST}expect = { ram = { "1" = {} } }`, /has no condition/, "3:26"],
    [
      "an area outside",
      `${TEST}expect = { frame = 1, picture = "a.png", area = [250, 0, 9, 9] }`,
      /within 256/,
      "3:49",
    ],
    [
      "a tolerance alone",
      `${TEST}expect = { frame = 1, text = "a", tolerance = 1 }`,
      /needs a "picture"/,
      "3:47",
    ],
    ["a button that is none", `${TEST}protocol = "detect"\ninput = [[1, "c"]]`, /buttons are a, b/, "4:14"],
    [
      "tiles beyond 255",
      `${TEST}protocol = "detect"\ntiles = [{ first = 255, text = "AB" }]`,
      /beyond tile 255/,
      "4:32",
    ],
    ["a suite that is none", `${TEST}protocol = "detect"\nsuite = "x"`, /name of a \[\[suite]]/, "4:9"],
    [
      "a glob of nothing",
      `[[test]]\nrom = "none/*.nes"\nprotocol = "detect"`,
      /no file is called "none/,
      "2:7",
    ],
    [
      "expect and another protocol",
      `${TEST}protocol = "detect"\nexpect = { text = "a" }`,
      /cannot stand beside/,
      "3:12",
    ],
  ])("in TOML with %s is rejected with its place", async (_, text, what, where) => {
    const error = await inputErrorFrom(parseToml(text));
    expect(error.message).toMatch(what);
    expect(error.where).toBe(`tests/game.toml:${where}`);
  });

  test.skipIf(!SHARED)("of the oracles can be read", async () => {
    const path = sharedFile("roms/suites.json");
    const { tests } = await parseManifest(await Bun.file(path).text(), path);
    expect(tests.length).toBe(108);
    for (const { romFile } of tests) expect(await Bun.file(romFile).exists()).toBe(true);
  });
});

describe("globs", () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-globs-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "roms/deep"), { recursive: true });
  mkdirSync(join(folder, "tests"));
  for (const name of ["roms/b.nes", "roms/a.nes", "roms/deep/c.nes", "roms/[x].nes"])
    writeFileSync(join(folder, name), "");

  const romsOf = async (rom: string, more = "") =>
    parseToml(`[[test]]\nprotocol = "detect"\nrom = "${rom}"\n${more}`, join(folder, "tests/m.toml"));

  test("give one test per ROM, in the order of their names", async () => {
    expect((await romsOf("../roms/?.nes")).map(({ rom }) => rom)).toEqual(["../roms/a.nes", "../roms/b.nes"]);
    expect((await romsOf("../roms/**/*.nes")).map(({ rom }) => rom)).toEqual([
      "../roms/[x].nes",
      "../roms/a.nes",
      "../roms/b.nes",
      "../roms/deep/c.nes",
    ]);
    const [first] = await romsOf("../roms/{b,c}.nes", 'name = "all"\ninput = "in/{name}.json"');
    expect(first).toMatchObject({
      name: "all",
      romFile: join(folder, "roms/b.nes"),
      inputFile: join(folder, "tests/in/b.json"),
    });
  });

  test("match a file with exactly that name", async () => {
    expect((await romsOf("../roms/[x].nes")).map(({ rom }) => rom)).toEqual(["../roms/[x].nes"]);
  });
});

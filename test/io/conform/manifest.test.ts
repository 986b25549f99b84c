import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";

const parse = (entries: unknown) => parseManifest(JSON.stringify(entries), "tests/suites.json");

describe("a manifest", () => {
  test("resolves its paths and fills in what is usual", () => {
    expect(parse([{ rom: "a/b.nes", protocol: "blargg-6000" }])).toEqual([
      { rom: "a/b.nes", romFile: resolve("tests/a/b.nes"), protocol: "blargg-6000", maxFrames: 6000 },
    ]);
    const [log] = parse([
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

  test("takes addresses as numbers and as hexadecimal texts", () => {
    const addressOf = (address: unknown) =>
      parse([{ rom: "a", protocol: "ram-result", address, pass: 1 }])[0]?.address;
    expect([addressOf(248), addressOf("0x00F8"), addressOf("$F8"), addressOf("248")]).toEqual(
      Array(4).fill(0xf8),
    );
  });

  test.each([
    ["an object", {}, /array of tests/, ""],
    ["an entry that is none", [1], /not an object/, "entry 0"],
    ["no ROM", [{ protocol: "blargg-6000" }], /"rom" is missing/, "entry 0"],
    ["no protocol", [{ rom: "a" }], /"protocol" is missing/, "entry 0"],
    ["an unknown protocol", [{ rom: "a", protocol: "x" }], /"protocol" must be one of/, "entry 0"],
    ["an unknown key", [{ rom: "a", protocol: "blargg-6000", adress: 1 }], /"adress" is no key/, "entry 0"],
    ["no address", [{ rom: "a", protocol: "ram-result", pass: 1 }], /"address" is missing/, "entry 0"],
    [
      "a large address",
      [{ rom: "a", protocol: "ram-result", pass: 1, address: 65536 }],
      /"address"/,
      "entry 0",
    ],
    ["a text for a byte", [{ rom: "a", protocol: "ram-result", pass: "x", address: 1 }], /"pass"/, "entry 0"],
    ["an empty accept", [{ rom: "a", protocol: "screen-crc", accept: [] }], /"accept"/, "entry 0"],
    ["no golden file", [{ rom: "a", protocol: "frame-hashes" }], /"golden" is missing/, "entry 0"],
    ["a short SHA-1", [{ rom: "a", protocol: "accuracycoin", sha1: "12" }], /40 hex digits/, "entry 0"],
    ["no frames", [{ rom: "a", protocol: "accuracycoin", maxFrames: 0 }], /"maxFrames"/, "entry 0"],
    [
      "a wrong second entry",
      [
        { rom: "a", protocol: "accuracycoin" },
        { rom: "b", protocol: "accuracycoin", region: "secam" },
      ],
      /"region" must be one of/,
      "entry 1",
    ],
  ])("with %s is refused, and says where", (_, entries, what, where) => {
    const error = inputErrorOf(() => parse(entries));
    expect(error.kind).toBe("data");
    expect(error.message).toMatch(what);
    expect(error.where).toBe(`tests/suites.json${where === "" ? "" : `, ${where}`}`);
  });

  test("that is no JSON is refused", () => {
    expect(inputErrorOf(() => parseManifest("[{", "m.json")).message).toStartWith("not JSON");
  });

  test.skipIf(!SHARED)("of the oracles reads whole", async () => {
    const path = sharedFile("roms/suites.json");
    const tests = parseManifest(await Bun.file(path).text(), path);
    expect(tests.length).toBe(108);
    for (const { romFile } of tests) expect(await Bun.file(romFile).exists()).toBe(true);
  });
});

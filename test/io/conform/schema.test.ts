/** The published JSON Schema and the reader of manifests must agree. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { EXPANSION_DEVICES, PORT_DEVICES } from "../../../src/emu/nes/input/devices.ts";
import { EXPECTATION_KEYS } from "../../../src/io/conform/expect/read.ts";
import { parseManifest, SHARED_KEYS, TEST_KEYS } from "../../../src/io/conform/manifest.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";

const ROOT = join(import.meta.dir, "../../..");
const schema = await Bun.file(join(ROOT, "schema/conform.schema.json")).json();
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const isValid = ajv.compile(schema);

async function reads(manifest: unknown): Promise<boolean> {
  try {
    await parseManifest(JSON.stringify(manifest), "m.json");
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

const sha256 = "a".repeat(64);
const VALID: unknown[] = [
  [],
  [{ rom: "a.nes", protocol: "blargg-6000", sha1: "b".repeat(40), maxFrames: "0x10" }],
  [{ rom: ["a.nes", "b.nes"], protocol: "ram-result", address: "$F8", pass: 1 }],
  { test: { rom: "a", protocol: "screen-crc", accept: "ABCD" } },
  { suite: [{ name: "s", url: "https://example.org/a.zip", sha256, folder: "x/y" }] },
  { suite: [{ name: "s", url: "https://example.org/a/", files: { "b/c.nes": sha256 } }] },
  { $schema: "x", defaults: { region: "pal", ramFill: 3 }, test: [{ rom: "a", protocol: "detect" }] },
  [{ rom: "a", protocol: "detect", port2: "subor-mouse", expansion: "top-rider", microphone: true }],
  [{ rom: "a", protocol: "detect", dip: ["lives=5"], deviceInput: [[1, { port2: "x=1 trigger" }]] }],
  [
    {
      rom: "a",
      protocol: "detect",
      events: [
        [1, "coin"],
        [2, "coin", 2],
        [3, "dip", "x"],
        [4, "eject"],
        [5, "insert", 2],
        [6, "service"],
      ],
    },
  ],
  [{ rom: "a", expect: { frame: 3, text: ["A", "B"], noText: "C" }, knownFailure: { x: "y" } }],
  [{ rom: "a", expect: [{ when: { ram: { "0x10": 3 } } }] }],
  [{ rom: "a", expect: [{ when: { ram: { "0x10": 3 } }, ppu: { ctrl: { is: 1, mask: 1 } } }] }],
  [{ rom: "a", expect: { frame: 3, picture: "a.png", tolerance: 3, mask: "m.png", area: [0, 0, 9, 9] } }],
  [
    {
      rom: "a",
      expect: { ram: { $10: [1, { min: 3 }], "7": { word: 700 }, "player::x+1": 0 } },
      input: [
        [0, "a"],
        [9, 3],
      ],
    },
  ],
];

describe("the schema", () => {
  test.each(VALID.map((manifest, i) => [i, manifest] as const))(
    "accepts manifest %d, as the reader does",
    async (_, manifest) => {
      expect(isValid(manifest) ? [] : isValid.errors).toEqual([]);
      expect(await reads(manifest)).toBe(true);
    },
  );

  const one = (more: object) => [{ rom: "a", protocol: "detect", ...more }];
  test.each([
    ["a number", 3],
    ["no test", {}],
    ["no ROM", [{ protocol: "detect" }]],
    ["an unknown key", one({ adress: 1 })],
    ["an unknown protocol", one({ protocol: "x" })],
    ["what a protocol lacks", one({ protocol: "ram-result", pass: 1 })],
    ["a negative address", one({ address: -1 })],
    ["half a frame", one({ maxFrames: 1.5 })],
    ["an unknown region", one({ region: "secam" })],
    ["a short checksum", one({ sha1: "12" })],
    ["an empty rule", [{ rom: "a", expect: { ram: { "1": {} } } }]],
    ["a name for an address of sprites", [{ rom: "a", expect: { oam: { player: 1 } } }]],
    ["an address that is neither", [{ rom: "a", expect: { ram: { "1+1": 1 } } }]],
    ["a register that is none", [{ rom: "a", expect: { registers: { b: 1 } } }]],
    ["a frame and a condition", [{ rom: "a", expect: { frame: 1, when: { text: "a" }, text: "a" } }]],
    ["a suite without a checksum", { suite: [{ name: "s", url: "https://example.org" }] }],
    ["inputs of three", one({ input: [[1, 2, 3]] })],
    ["tiles of nothing", one({ tiles: [{ first: 3 }] })],
    ["a fifth nametable", one({ nametables: [4] })],
    ["an unknown event", one({ events: [[1, "spin"]] })],
    ["an event with a value too many", one({ events: [[1, "service", 1]] })],
    ["a disk without a side", one({ events: [[1, "insert"]] })],
  ])("rejects %s, as the reader does", async (_, manifest) => {
    expect(isValid(manifest)).toBe(false);
    expect(await reads(manifest)).toBe(false);
  });

  test("names exactly the keys that the reader accepts", () => {
    const keysOf = (definition: { properties: object }) => Object.keys(definition.properties).sort();
    expect(keysOf(schema.$defs.test)).toEqual(TEST_KEYS.toSorted());
    expect(keysOf(schema.$defs.expectation)).toEqual([...EXPECTATION_KEYS].sort());
    expect(keysOf(schema.anyOf[1].properties.defaults)).toEqual(SHARED_KEYS.toSorted());
  });

  test("has exactly the devices, and the coin slots", async () => {
    const { port1, port2, expansion } = schema.$defs.test.properties;
    expect([port1.enum, port2.enum, expansion.enum]).toEqual([PORT_DEVICES, PORT_DEVICES, EXPANSION_DEVICES]);
    for (const slot of [1, 2, 3, 4, 5]) {
      const manifest = [{ rom: "a", protocol: "detect", events: [[0, "coin", slot]] }];
      expect([slot, isValid(manifest), await reads(manifest)]).toEqual([slot, slot < 5, slot < 5]);
    }
  });

  test.each(["README.md", "docs/conform.md", "examples/own-emulator/tests.toml", "test/suites.toml"])(
    "accepts the manifests in %s",
    async (path) => {
      const text = await Bun.file(join(ROOT, path)).text();
      const blocks = [...text.matchAll(/```toml\n(.*?)```/gs)].map(([, block = ""]) => block);
      const manifests = path.endsWith(".toml")
        ? [text]
        : blocks.filter((block) => /^\[\[(test|suite)]]/m.test(block));
      expect(manifests.length).toBeGreaterThan(0);
      for (const toml of manifests) {
        const manifest = Bun.TOML.parse(toml.replaceAll('= "…"', `= "${sha256}"`));
        expect(isValid(manifest) ? [] : isValid.errors).toEqual([]);
      }
    },
  );

  test.skipIf(!SHARED)("accepts the oracles' manifest", async () => {
    const manifest = await Bun.file(sharedFile("roms/suites.json")).json();
    expect(isValid(manifest) ? [] : isValid.errors).toEqual([]);
  });

  test("accepts everything that the reader accepts", async () => {
    const value = fc.oneof(
      fc.integer({ min: -1, max: 300 }),
      fc.constantFrom("", "a", "0x10", "$F", "9", "ntsc", "A", "zero", "detect", "ram-result", "0a0a0a0a"),
      fc.constant([]),
      fc.constant([[1, "a"]]),
      fc.constant({}),
      fc.constant({ "0x10": 3 }),
      fc.constant({ a: { min: 1, max: 0 } }),
      fc.constant({ first: 1, text: "A" }),
      fc.constant(null),
      fc.boolean(),
    );
    // Mostly valid values, because only manifests that can be read are useful here.
    const fitting: Readonly<Record<string, unknown>> = {
      rom: ["a.nes", "b.nes"],
      name: "n",
      sha1: "0".repeat(40),
      golden: "g",
      log: "l",
      knownFailure: { a: "b" },
      protocol: "detect",
      mmc3Revision: "B",
      region: "dendy",
      console: "famicom",
      cpuRevision: "G",
      ppuRevision: "G",
      when: { text: "a" },
      ramFill: 7,
      accept: ["0A"],
      input: [[1, "a+up"]],
      tiles: [{ first: "$41", text: "AB" }],
      nametables: 2,
      symbols: "a.dbg",
      pass: "x",
      text: ["a", "b"],
      noText: "c",
      ram: { "0x10": [1, { not: 2 }], x: 3 },
      vram: { 9: { min: 1 } },
      oam: { $1: { is: 1, mask: "0xF0" } },
      registers: { a: 1, pc: { max: 0xffff } },
      ppu: { v: 3 },
      frameHash: "0123ABCD",
      audioHash: "00000000",
    };
    const entry = (key: string) =>
      fc.oneof({ weight: 4, arbitrary: fc.constant(fitting[key] ?? 1) }, { weight: 1, arbitrary: value });
    const table = (keys: readonly string[]) =>
      fc
        .subarray([...keys], { maxLength: 3 })
        .chain((some) => fc.record(Object.fromEntries(some.map((key) => [key, entry(key)]))));
    const tests = fc.array(
      fc
        .tuple(
          table(TEST_KEYS),
          fc.option(table(EXPECTATION_KEYS)),
          fc.constantFrom("detect", "expect", undefined),
        )
        .map(([keys, expectation, protocol]) => ({
          rom: "a.nes",
          ...(protocol === undefined ? {} : { protocol }),
          ...keys,
          ...(expectation === null ? {} : { expect: expectation }),
        })),
      { minLength: 1, maxLength: 2 },
    );
    let read = 0;
    await fc.assert(
      fc.asyncProperty(tests, async (manifest) => {
        if (!(await reads(manifest))) return;
        read++;
        expect(isValid(manifest) ? [] : isValid.errors).toEqual([]);
      }),
      { numRuns: soakSize(2000, 100_000) },
    );
    expect(read).toBeGreaterThan(20);
  });
});

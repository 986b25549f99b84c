/** Damaged manifests and golden pictures are either rejected with their place or read. */
import { describe, expect, test } from "bun:test";
import { encode } from "fast-png";
import { InputError } from "../../../src/emu/input-error.ts";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import { parseBaseline } from "../../../src/io/conform/reports/baseline.ts";
import { readScreenPng } from "../../../src/io/files/read-png.ts";
import { Prng } from "../../support/prng.ts";
import { soakSize } from "../../support/soak.ts";

const TOML = `#:schema x
[defaults]
maxFrames = 0x60
region = "pal"
[[suite]]
name = "s"
url = "https://example.org/a.zip"
sha256 = "${"0a".repeat(32)}"
[[test]]
name = "one"
rom = ["a.nes", 'b.nes']
input = [[10, "start"], [20, ""], [30, 0x81]]
tiles = [{ first = 0x41, text = "ABC" }]
nametables = [0, 1]
[[test.expect]]
frame = 60
text = "A \\u00e9"
ram = { "0x10" = 3, "$0200" = [1, 2], "0x300" = { min = 1, max = 4 }, "7" = { word = 1000 } }
registers = { a = { not = 0 }, pc = 0xC000 }
[[test.expect]]
when = { vram."0x2000" = 1 }
picture = "g/{name}.png"
tolerance = 3
area = [0, 0, 16, 16]
[test.knownFailure]
"a case" = """a
reason"""
[[test]]
rom = "c.nes"
protocol = "ram-result"
address = "$F8"
pass = 1
ramFill = 0b101
`;
const JSON_TEXT = JSON.stringify(
  {
    defaults: { alignment: 3, ramFill: "ones" },
    suite: { name: "s", url: "http://example.org", sha256: "0".repeat(64), folder: "a/b" },
    test: [
      { rom: "a.nes", protocol: "screen-crc", accept: ["0A0B"], sha1: "1".repeat(40) },
      {
        rom: "b.nes",
        expect: [
          { frame: 1, noText: ["x"], frameHash: "01234567" },
          { oam: { 0: 1 }, ppu: { v: 3 } },
        ],
      },
    ],
  },
  null,
  1,
);
const REPORT = JSON.stringify({
  tests: [{ rom: "a", verdict: "pass", cases: [{ page: "p", name: "n", verdict: "fail" }] }],
});

/** Pieces that are inserted at sensitive places. */
const PIECES = [
  ..."[]{}\"'=,.:#\n\\\0\ufeff\ud800",
  '"""',
  "'''",
  "[[",
  "]]",
  "[".repeat(3000),
  '{"a":'.repeat(3000),
  "a.".repeat(300),
  "0x",
  "1e999",
  "-0",
  "nan",
  "99999999999999999999",
  "2020-01-01T00:00:00Z",
  "null",
  "true",
  "\\u0000",
  "__proto__",
  "constructor",
  "frame",
  "expect",
  "rom",
  "{name}",
  "../",
  "𝒳",
];

function damaged(text: string, random: Prng): string {
  let out = text;
  for (let i = 1 + random.below(4); i > 0; i--) {
    const at = random.below(out.length + 1);
    const end = Math.min(out.length, at + random.below(1 + (random.below(4) === 0 ? 200 : 8)));
    const from = random.below(out.length + 1);
    switch (random.below(6)) {
      case 0:
        out = out.slice(0, at) + out.slice(end);
        break;
      case 1:
        out = out.slice(0, at) + PIECES[random.below(PIECES.length)]! + out.slice(at);
        break;
      case 2:
        out = out.slice(0, at) + PIECES[random.below(PIECES.length)]! + out.slice(end);
        break;
      case 3:
        out = out.slice(0, at) + out.slice(from, from + random.below(60)) + out.slice(at);
        break;
      case 4:
        out = out.slice(0, at) + String.fromCharCode(random.below(0x250)) + out.slice(at + 1);
        break;
      default:
        out =
          random.below(8) === 0
            ? out.slice(0, at)
            : out.slice(0, at) + out.slice(at, end).toUpperCase() + out.slice(end);
    }
  }
  return out;
}

/** Number of the `count` inputs that were rejected; throws if one ends other than with an `InputError`. */
async function refusals(
  count: number,
  seed: number,
  input: (random: Prng) => string,
  read: (text: string) => unknown,
  where: RegExp,
): Promise<number> {
  const random = new Prng(seed);
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const text = input(random);
    try {
      await read(text);
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`input ${i}: ${error} ${JSON.stringify(text)}`);
      // Each error has a message and a place. The kind is "data", or "missing" for a suite that was not
      // fetched.
      if (!where.test(error.where) || error.message.length < 5 || !/^(data|missing)$/.test(error.kind)) {
        throw new Error(`input ${i}: ${error.kind} at "${error.where}": ${error.message}`);
      }
      refused++;
    }
  }
  return refused;
}

const SIZE = soakSize(3000, 100_000);

describe(`${SIZE} damaged inputs each`, () => {
  test.each([
    ["TOML manifests", TOML, "m.toml"],
    ["JSON manifests", JSON_TEXT, "m.json"],
  ])("%s", async (_, text, path) => {
    await parseManifest(text, path);
    const place = /^m\.(toml|json):\d+:\d+$/;
    const refused = await refusals(
      SIZE,
      7,
      (random) => damaged(text, random),
      (each) => parseManifest(each, path),
      place,
    );
    expect(refused).toBeGreaterThan(SIZE / 3);
    expect(refused).toBeLessThan(SIZE);
  });

  test("baselines", async () => {
    const read = (each: string) => parseBaseline(each, "b.json");
    const refused = await refusals(SIZE, 9, (random) => damaged(REPORT, random), read, /^b\.json:\d+:\d+$/);
    expect(refused).toBeGreaterThan(SIZE / 3);
  });
});

const PIXELS = 256 * 240;
/** A picture of each kind of PNG. */
const PICTURES = [
  encode({ width: 256, height: 240, data: new Uint8Array(PIXELS).fill(7), channels: 1 }),
  encode({
    width: 256,
    height: 240,
    data: Uint8Array.from({ length: 3 * PIXELS }, (_, i) => i >> 4),
    channels: 3,
  }),
  encode({ width: 256, height: 240, data: new Uint8Array(4 * PIXELS).fill(9), channels: 4 }),
  encode({ width: 256, height: 240, data: new Uint16Array(PIXELS).fill(999), channels: 1, depth: 16 }),
  encode({
    width: 256,
    height: 240,
    data: Uint8Array.from({ length: PIXELS }, (_, i) => i & 3),
    channels: 1,
    depth: 8,
    palette: [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
      [10, 11, 12],
    ],
  }),
];

/** Half of the damaged pictures have valid checksums, so that the damage reaches later stages. */
function damagedPng(random: Prng): Uint8Array {
  let bytes = Uint8Array.from(PICTURES[random.below(PICTURES.length)]!);
  for (let i = 1 + random.below(3); i > 0; i--) {
    const at = random.below(bytes.length);
    const kind = random.below(5);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1)
      bytes = Uint8Array.from([...bytes.slice(0, at), ...random.bytes(4), ...bytes.slice(at)]);
    else if (kind === 2) bytes[random.below(Math.min(60, bytes.length))] = random.byte();
    else bytes[at] = random.byte();
    if (bytes.length === 0) return bytes;
  }
  if (random.below(2) === 0) return bytes;
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) break;
    view.setUint32(at + 8 + length, Bun.hash.crc32(bytes.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  return bytes;
}

describe("golden pictures", () => {
  test("of every kind are read", () => {
    const firsts = PICTURES.map((png) => [...readScreenPng(png, "g.png").rgb.slice(0, 3)]);
    expect(firsts).toEqual([
      [7, 7, 7],
      [0, 0, 0],
      [9, 9, 9],
      [4, 4, 4],
      [1, 2, 3],
    ]);
  });

  test(`${SIZE} damaged ones`, () => {
    const random = new Prng(11);
    let refused = 0;
    for (let i = 0; i < SIZE; i++) {
      const bytes = damagedPng(random);
      try {
        const { rgb, alpha } = readScreenPng(bytes, "g.png");
        expect([rgb.length, alpha.length]).toEqual([3 * PIXELS, PIXELS]);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.where).toMatch(/^g\.png(, byte \d+)?$/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(SIZE / 2);
  });

  function chunk(name: string, data: Uint8Array): Uint8Array {
    const out = new Uint8Array(12 + data.length);
    const view = new DataView(out.buffer);
    view.setUint32(0, data.length);
    out.set(new TextEncoder().encode(name), 4);
    out.set(data, 8);
    view.setUint32(8 + data.length, Bun.hash.crc32(out.subarray(4, 8 + data.length)));
    return out;
  }

  test.each([
    ["more pixels", 64 * 1024 * 1024],
    ["one pixel more", 240 * 257 + 1],
    ["one pixel less", 240 * 257 - 1],
    ["no pixels", 0],
  ])("that unpack to %s than their size says are rejected before decoding", (_, unpackedBytes) => {
    const start = PICTURES[0]!.subarray(0, 33);
    const deflated = Bun.deflateSync(new Uint8Array(unpackedBytes));
    const zlib = Buffer.concat([Uint8Array.of(0x78, 0x01), deflated, new Uint8Array(4)]);
    const end = chunk("IEND", new Uint8Array());
    const png = Buffer.concat([start, chunk("iCCP", zlib), chunk("IDAT", zlib), end]);
    const what = unpackedBytes > 240 * 257 ? "more" : "fewer";
    expect(() => readScreenPng(png, "g.png")).toThrow(`the PNG holds ${what} pixels than its size says`);
  });
});

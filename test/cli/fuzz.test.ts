/** Exit code 70 means a bug in emu: damaged input files must never cause it. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { strToU8, zipSync } from "fflate";
import { EXIT_BUG, explain } from "../../src/cli/exit-codes.ts";
import { parseManifest } from "../../src/io/conform/manifest.ts";
import { parseBaseline } from "../../src/io/conform/reports/baseline.ts";
import { parseJsonText } from "../../src/io/files/documents/parse-json.ts";
import { TomlDocument } from "../../src/io/files/documents/toml-document.ts";
import { readScreenPng } from "../../src/io/files/read-png.ts";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { parseMovie } from "../../src/io/movies/movie-file.ts";
import { parseSettings } from "../../src/io/play/settings.ts";
import { readThumbnail } from "../../src/io/play/thumbnail.ts";
import { parseWatchLine } from "../../src/io/serve/spectators/watch-line.ts";
import { Prng } from "../support/prng.ts";
import { soakSize } from "../support/soak.ts";

const ROOT = join(import.meta.dir, "../..");
const swingby = readFileSync(join(ROOT, "roms/swingby.nes"));
const movie = readFileSync(join(ROOT, "test/fixtures/movies/fceux-swingby.fm2"));
const png = encode({ width: 256, height: 240, data: new Uint8Array(256 * 240 * 3), channels: 3 });
const CONFIG = `# mine
[picture]
render = "sixel"
overscan = 8
palette = "/a.pal"
[picture.television]
hue = 0.5
[sound]
volume = 40
[keys]
a = ["x", "space"]
p2.start = "f12"
`;
const MANIFEST = `[[test]]
rom = ["a.nes"]
input = [[10, "start"], [20, ""]]
[[test.expect]]
frame = 60
ram = { "0x10" = 3, "$0200" = [1, 2] }
`;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

type Reader = (bytes: Uint8Array) => unknown;
const KINDS: readonly (readonly [name: string, sample: Uint8Array, read: Reader])[] = [
  ["config file", strToU8(CONFIG), (bytes) => parseSettings(text(bytes), "c.toml")],
  [
    "config file that is changed",
    strToU8(CONFIG),
    (bytes) => new TomlDocument(text(bytes), "c.toml").withValue("sound.volume", 3),
  ],
  ["manifest in TOML", strToU8(MANIFEST), (bytes) => parseManifest(text(bytes), "m.toml")],
  [
    "manifest in JSON",
    strToU8('[{"rom":"a.nes","expect":[{"frame":1,"text":"x"}]}]'),
    (bytes) => parseManifest(text(bytes), "m.json"),
  ],
  ["baseline", strToU8('{"a.nes":{"verdict":"pass"}}'), (bytes) => parseBaseline(text(bytes), "b.json")],
  [
    "JSON",
    strToU8('{"scripts":{"test":"x"},"a":[1,2.5e3,null,true]}'),
    (bytes) => parseJsonText(text(bytes)),
  ],
  ["input script", strToU8("[[0, 0], [60, 8], [64, 0]]"), parseMovie],
  ["FM2", movie, parseMovie],
  [
    "BK2",
    zipSync({ "Header.txt": strToU8("Platform NES\n"), "Input Log.txt": strToU8("[Input]\n") }),
    parseMovie,
  ],
  ["ROM", swingby.subarray(0, 4096), (bytes) => readRom(bytes, "a.nes")],
  ["zipped ROM", zipSync({ "a.nes": swingby }), (bytes) => readRom(bytes, "a.zip")],
  ["golden picture", png, (bytes) => readScreenPng(bytes, "g.png")],
  ["slot's picture", png, readThumbnail],
  [
    "spectator's wish",
    strToU8("watch columns=120 rows=40 fps=30 colors=256"),
    (bytes) => parseWatchLine(text(bytes)),
  ],
];

/** Pieces that are significant to parsers, in addition to noise. */
const PIECES = [
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  "=",
  ".",
  ",",
  "\n",
  "\0",
  "%zz",
  "1e999",
  "-1",
  "\\u",
  "|",
  "#",
].map((piece) => strToU8(piece));

/** Returns the sample with some bytes changed, removed, repeated or inserted. */
function damaged(sample: Uint8Array, random: Prng): Uint8Array {
  let bytes = Uint8Array.from(sample);
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(bytes.length + 1);
    const rest = bytes.subarray(Math.min(bytes.length, at + random.below(8)));
    const piece = PIECES[random.below(PIECES.length)]!;
    switch (random.below(5)) {
      case 0:
        if (at < bytes.length) bytes[at] = random.below(256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), rest]);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), piece, rest]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), ...Array(random.below(300)).fill(piece), rest]);
    }
  }
  return bytes;
}

test.each(KINDS)("a damaged %s never causes exit code 70", async (name, sample, read) => {
  const random = new Prng(name.length);
  let refused = 0;
  for (let run = 0; run < soakSize(300, 100_000); run++) {
    const bytes = damaged(sample, random);
    try {
      await read(bytes);
    } catch (error) {
      const { exitCode, message } = explain(error);
      if (exitCode === EXIT_BUG)
        throw new Error(`run ${run}: ${message}\n${JSON.stringify(text(bytes.slice(0, 2000)))}`);
      refused++;
    }
  }
  // `readThumbnail` returns undefined for unreadable pictures; all other readers report an error.
  if (read !== readThumbnail) expect(refused).toBeGreaterThan(0);
});

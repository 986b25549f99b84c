import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildRom, ROMS, toolsInstalled } from "../../roms/build.ts";
import { buildArt } from "../../roms/tools/art.ts";
import { buildMusic } from "../../roms/tools/music.ts";
import { buildSamples } from "../../roms/tools/samples.ts";
import { ROMS_FOLDER } from "./built-in.ts";

const readme = readFileSync(join(ROMS_FOLDER, "README.md"), "utf8");

describe.each(ROMS)("$name.nes", (rom) => {
  const committed = readFileSync(join(ROMS_FOLDER, `${rom.name}.nes`));

  test.skipIf(!toolsInstalled())("is what its sources build (skipped without ca65)", () => {
    expect(Buffer.from(buildRom(rom)).equals(committed)).toBe(true);
  });

  test("has the digest that the README states", () => {
    expect(readme).toContain(createHash("sha256").update(committed).digest("hex"));
  });
});

describe("text art", () => {
  const art = (text: string) => buildArt([{ name: "a.txt", text }]);
  const TILE = "#.......\n".repeat(8);

  test("becomes tiles in both planes, blank tile first, equal tiles once", () => {
    const { chr, used, maps } = art(`@image twice\n${TILE.replaceAll("\n", "#.......\n").trimEnd()}\n`);
    expect(used).toEqual([2, 1]);
    expect([...chr.subarray(0, 32)]).toEqual([...Array(16).fill(0), ...Array(16).fill(0x80)]);
    expect(maps).toContain("twice_map:\n    .byte $01, $01\n");
  });

  test("keeps a sprite's tiles together even when they are equal", () => {
    const { used, constants } = art(`@table 1\n@sprite two\n${TILE}${TILE}`);
    expect(used).toEqual([1, 3]);
    expect(constants).toContain("SPR_two = $01");
  });

  test.each([
    ["a row of another width", "@image x\n##\n#\n", "a.txt:3: row of another width"],
    ["an unknown colour", "@image x\n#?\n", "a.txt:2: '?' is no colour"],
    ["pixels outside a picture", "##\n", "a.txt:1: pixels outside"],
    ["an unknown directive", "@picture x\n", "a.txt:1: unknown directive @picture"],
    ["a picture without rows", "@image x\n\n", "a.txt:1: x has no rows"],
    ["letters that do not exist", "@text x A\n", "a.txt:1: no glyph 'A'"],
  ])("reports %s with its place", (_, text, message) => {
    expect(() => art(text)).toThrow(message);
  });
});

describe("scores", () => {
  test("become streams of lengths and notes", () => {
    const { data } = buildMusic("s.txt", "instrument i env=1\nsong s speed=1\nlead i | A1 . - C2\n");
    expect(data).toContain("song_s_lead:\n    .byte $c0, $87, $00, $83, $60, $03, $fe");
  });

  test.each([
    ["a note that is none", "song s speed=1\nlead | H4\n", "s.txt:2: 'H4' is no note"],
    [
      "a bar that does not divide",
      "song s speed=1\nlead | A4 A4 A4\n",
      "s.txt:2: 3 tokens do not fill a bar",
    ],
    ["channels of different length", "song s speed=1\nlead | A4\nbass | A3 | A3\n", "song s: lead has 16"],
    ["an unknown riff", "song s speed=1\nlead | $x\n", "s.txt:2: no riff $x"],
    ["an unknown word", "melody | A4\n", "s.txt:1: unknown word 'melody'"],
  ])("report %s", (_, text, message) => {
    expect(() => buildMusic("s.txt", text)).toThrow(message);
  });
});

test("samples start where the DMC can, and have lengths that it can play", () => {
  const text = buildSamples(["kick", "snare", "gulp"]);
  expect(text.match(/\.align 64/g)).toHaveLength(3);
  for (const [, length] of text.matchAll(/_LENGTH : absolute = (\d+)/g))
    expect(Number(length)).toBeLessThan(256);
  expect(() => buildSamples(["cowbell"])).toThrow("no sample called 'cowbell'");
});

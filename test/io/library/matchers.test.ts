import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { encode } from "fast-png";
import { InputError } from "../../../src/emu/input-error.ts";
import { encodeRgbPng } from "../../../src/io/capture/png.ts";
import { type Game, load } from "../../../src/io/library/index.ts";
import { comparePictures, type RgbPicture, showDifference } from "../../../src/io/library/picture-diff.ts";
import { decodePicture } from "../../../src/io/library/picture-file.ts";
import "../../../src/io/library/matchers.ts";
import { changedVariables } from "../../support/environment.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { libraryGame } from "../../support/library-game.ts";
import { soakSize } from "../../support/soak.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-pictures-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The message of a failing expectation. */
function failureOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    // Removes the text that bun adds before a matcher's own message.
    if (error instanceof Error) return error.message.replace(/^expect\(received\).*\n\n/, "");
  }
  throw new Error("the expectation did not fail");
}

const testCard = async (): Promise<Game> => {
  const nes = await load(join(import.meta.dir, "../../../roms/test-card.nes"));
  nes.frames(12);
  return nes;
};

describe("toMatchPicture", () => {
  test("writes a picture once, then compares with it", async () => {
    using _notInCi = changedVariables({ CI: undefined });
    const nes = await testCard();
    expect(nes).toMatchPicture("shape", { folder });
    expect(readdirSync(folder)).toEqual(["shape.png"]);
    expect(nes).toMatchPicture("shape", { folder });
    nes.tap("a");
    nes.frames(20);
    expect(nes).not.toMatchPicture("shape", { folder });
    {
      using _update = changedVariables({ EMU_UPDATE: "1" });
      expect(nes).toMatchPicture("shape", { folder });
    }
    expect(nes).toMatchPicture("shape", { folder });
    expect(readdirSync(join(folder, "failed"))).toEqual([]);
  });

  test("a failure shows the place, with or without colour, and writes the pictures", async () => {
    const nes = await testCard();
    writeFileSync(join(folder, "spot.png"), nes.screen.png());
    for (let y = 100; y < 110; y++) nes.screen.pixels.fill(0x16, 256 * y + 50, 256 * y + 70);
    using _plain = changedVariables({ NO_COLOR: "1" });
    const plain = failureOf(() => expect(nes).toMatchPicture("spot", { folder }));
    expect(plain).toContain("200 of 61440 pixels differ, from (50, 100) to (69, 109)");
    expect(plain).toMatch(/\.{8}#{20}\.{8}/);
    expect(plain).toMatch(/\n {2}at \$[0-9A-F]{4}, frame 12, line 241, cycle/);
    expect(plain).toContain("spot.actual.png");
    using _colored = changedVariables({ NO_COLOR: undefined, FORCE_COLOR: "1" });
    const colored = failureOf(() => expect(nes).toMatchPicture("spot", { folder }));
    expect(colored).toContain("expected");
    expect(colored).toContain("\x1b[38;2;255;48;64m");
    const actual = decodePicture(readFileSync(join(folder, "failed/spot.actual.png")), "spot");
    expect([...actual.rgb.subarray(3 * (256 * 105 + 60), 3 * (256 * 105 + 60) + 3)]).toEqual(
      [16, 8, 0].map((shift) => (nes.screen.rgbAt(60, 105) >> shift) & 0xff),
    );
  });

  test("tolerances: pixels, channels, rectangles", async () => {
    const nes = await testCard();
    writeFileSync(join(folder, "near.png"), nes.screen.png());
    nes.screen.pixels.fill(0x16, 256 * 50 + 50, 256 * 50 + 60);
    expect(nes).not.toMatchPicture("near", { folder, maxPixels: 9 });
    expect(nes).toMatchPicture("near", { folder, maxPixels: 10 });
    expect(nes).toMatchPicture("near", { folder, threshold: 255 });
    expect(nes).toMatchPicture("near", { folder, ignore: [{ x: 50, y: 50, width: 10, height: 1 }] });
    expect(nes).not.toMatchPicture("near", { folder, ignore: [{ x: 50, y: 50, width: 9, height: 1 }] });
  });

  test("in CI there must be a picture", async () => {
    using _inCi = changedVariables({ CI: "true" });
    const nes = await testCard();
    expect(failureOf(() => expect(nes).toMatchPicture("new", { folder }))).toStartWith("no picture ");
    expect(existsSync(join(folder, "new.png"))).toBe(false);
  });

  test("invalid pictures and names are reported", async () => {
    const nes = await testCard();
    writeFileSync(
      join(folder, "small.png"),
      encode({ width: 2, height: 1, data: new Uint8Array(6), channels: 3 }),
    );
    expect(inputErrorOf(() => expect(nes).toMatchPicture("small", { folder })).message).toBe(
      "the picture has 2 × 1, the screen 256 × 240 pixels",
    );
    expect(inputErrorOf(() => expect(nes).toMatchPicture("../up", { folder })).kind).toBe("usage");
    expect(inputErrorOf(() => expect(7).toMatchPicture("x")).kind).toBe("usage");
  });
});

describe("pictures", () => {
  const picture = (width: number, height: number): RgbPicture => ({
    width,
    height,
    rgb: Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 37) & 0xff),
  });

  test.each([1, 2, 4, 8] as const)("PNGs of %d bits per pixel, with and without palette", (depth) => {
    const colors = 2 ** depth;
    const indices = Array.from({ length: 7 * 3 }, (_, i) => (i * 5) % colors);
    const packed = pack(indices, 7, depth);
    const palette = Array.from(
      { length: colors },
      (_, i) => [i, 255 - i, (i * 7) & 255] as [number, number, number],
    );
    const indexed = decodePicture(
      encode({ width: 7, height: 3, data: packed, depth, channels: 1, palette }),
      "p",
    );
    expect([...indexed.rgb]).toEqual(indices.flatMap((index) => palette[index]!));
    const grey = decodePicture(encode({ width: 7, height: 3, data: packed, depth, channels: 1 }), "g");
    const levels = indices.map((index) => Math.round((255 * index) / (colors - 1)));
    expect([...grey.rgb]).toEqual(levels.flatMap((level) => [level, level, level]));
  });

  test("a damaged PNG is rejected with an error or read as a picture", () => {
    const whole = encodeRgbPng(picture(16, 16));
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(40),
        (bytes, cut) => {
          const spoiled = whole.slice(0, whole.length - cut);
          for (const [at, value] of bytes) if (at < spoiled.length) spoiled[at] = value;
          try {
            decodePicture(spoiled, "x.png");
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
            refused++;
          }
        },
      ),
      { numRuns: soakSize(1000, 100_000) },
    );
    expect(refused).toBeGreaterThan(soakSize(500, 50_000));
  });

  test("panels fit the terminal, whatever its width", () => {
    const before = picture(256, 240);
    const after = { ...before, rgb: before.rgb.slice().fill(0, 3 * 1000, 3 * 30_000) };
    const difference = comparePictures(before, after);
    for (const columns of [30, 80, 120, 240]) {
      const lines = showDifference(before, after, difference, columns, true).split("\n");
      for (const line of lines.slice(1)) {
        expect(Bun.stringWidth(line, { countAnsiEscapeCodes: false })).toBeLessThanOrEqual(columns);
      }
    }
  });
});

/** Samples of less than 8 bits share bytes; each row starts a new byte. */
function pack(samples: readonly number[], width: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const bytes = new Uint8Array(rowBytes * (samples.length / width));
  for (const [index, sample] of samples.entries()) {
    const x = index % width;
    const bit = x * depth;
    bytes[Math.floor(index / width) * rowBytes + (bit >> 3)]! |= sample << (8 - depth - (bit & 7));
  }
  return bytes;
}

describe("text, bytes, cycles", () => {
  test("toShow prints the screen", async () => {
    const nes = libraryGame();
    nes.frames(5);
    for (const [index, character] of [..."GAME OVER"].entries()) {
      nes.machine.poke("ppu", 0x2000 + 32 * 10 + 11 + index, character.charCodeAt(0));
    }
    expect(nes).toShow("GAME OVER");
    expect(nes.screen.text()).toBe("           GAME OVER");
    const message = failureOf(() => expect(nes).toShow("YOU WIN"));
    expect(message).toContain('the screen does not show "YOU WIN"');
    expect(message).toContain("|           GAME OVER            |");
    expect(nes).not.toShow("GAME 0VER");
    const tiles = { first: 0x41, characters: "abcdefghijklmnopqrstuvwxyz" };
    expect(nes).toShow("game over", { tiles });
    expect(nes).toShow("xxxx", { tiles: { 69: "xxxx" } });
  });

  test("toHaveBytes marks what differs, by name", () => {
    const nes = libraryGame();
    nes.ram.set([1, 2, 3], nes.symbol("sum"));
    expect(nes).toHaveBytes("sum", [1, 2, 3]);
    expect(nes).toHaveByte(0x30, 1);
    expect(failureOf(() => expect(nes).toHaveBytes("sum", [1, 0xff, 3]))).toMatch(
      /^sum \(\$0030\) does not hold the expected bytes\n {2}at .*\n {2}expected {2}01 FF 03\n {2}actual {4}01 02 03\n {15}\^\^$/,
    );
  });

  test("toTakeAtMost reads calls and measurements", () => {
    const nes = libraryGame();
    nes.frames(5);
    expect(nes.call("add_five")).toTakeAtMost(13);
    expect(failureOf(() => expect(nes.call("add_five")).toTakeAtMost(10))).toBe(
      "it took 13 cycles, 3 more than 10",
    );
    const nmi = nes.time("nmi");
    expect(inputErrorOf(() => expect(nmi).toTakeAtMost(1)).kind).toBe("usage");
    nes.frames(3);
    expect(nmi).toTakeAtMost(18);
    expect(nmi).not.toTakeAtMost(17);
  });
});

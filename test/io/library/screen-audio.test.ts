import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Game, InputError, load, loudness, screenPalette } from "../../../src/io/library/index.ts";
import { decodePicture } from "../../../src/io/library/picture-file.ts";
import { emu } from "../../support/cli.ts";
import { libraryGame } from "../../support/library-game.ts";

const TEST_CARD = join(import.meta.dir, "../../../roms/test-card.nes");
const folder = mkdtempSync(join(tmpdir(), "emu-screen-"));
afterAll(() => rmSync(folder, { recursive: true }));

const testCard = async (): Promise<Game> => {
  const nes = await load(TEST_CARD);
  nes.frames(20);
  return nes;
};

describe("the screen", () => {
  test("is that of emu dump, as a hash and as a PNG", async () => {
    const nes = await testCard();
    const dumped = emu(["dump", TEST_CARD, "--frames", "20", "--from", "19", "--format", "hash"]).stdout;
    expect(dumped.toString()).toBe(`19\t${nes.screen.hash}\n`);
    await nes.screen.savePng(join(folder, "card.png"));
    const picture = decodePicture(readFileSync(join(folder, "card.png")), "card.png");
    for (const [x, y] of [
      [0, 0],
      [128, 120],
      [200, 33],
    ] as const) {
      const [red = 0, green = 0, blue = 0] = picture.rgb.subarray(3 * (256 * y + x));
      expect((red << 16) | (green << 8) | blue).toBe(nes.screen.rgbAt(x, y));
      expect(nes.screen.colorAt(x, y)).toBe(nes.screen.pixels[256 * y + x]! & 0x3f);
    }
    expect(() => nes.screen.colorAt(256, 0)).toThrow(InputError);
    expect(() => nes.screen.colorAt(0, 240)).toThrow(InputError);
  });

  test("as RGB, grey and NES colours, whole and resized, into the caller's buffer", async () => {
    const nes = await testCard();
    const palette = screenPalette();
    const buffer = new Uint8Array(3 * 61_440 + 7);
    const rgb = nes.screen.rgb(buffer);
    expect([rgb.buffer === buffer.buffer, rgb.length]).toEqual([true, 3 * 61_440]);
    const gray = nes.screen.gray();
    for (let pixel = 0; pixel < 61_440; pixel += 61) {
      const color = palette[nes.screen.pixels[pixel]!]!;
      const [red, green, blue] = [color >> 16, (color >> 8) & 0xff, color & 0xff] as const;
      expect([...rgb.subarray(3 * pixel, 3 * pixel + 3)]).toEqual([red, green, blue]);
      expect(gray[pixel]).toBe(Math.round((299 * red + 587 * green + 114 * blue) / 1000));
    }
    const half = nes.screen.resize({ format: "gray", width: 128, height: 120 });
    const quad = [0, 1, 256, 257].map((offset) => gray[2 * (256 * 40 + 30) + offset]!);
    expect(half[128 * 40 + 30]).toBe(Math.round(quad.reduce((sum, value) => sum + value) / 4));
    const corner = { x: 10, y: 20, width: 3, height: 2 };
    const colors = [...nes.screen.resize({ format: "indices", crop: corner })];
    expect(colors).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => nes.screen.colorAt(10 + (i % 3), 20 + Math.floor(i / 3))),
    );
    expect(() => nes.screen.rgb(new Uint8Array(5))).toThrow("the picture has 184320 bytes, the array 5");
    expect(() => nes.screen.resize({ width: -1 })).toThrow(InputError);
    // More kinds of pictures than a screen keeps converters for.
    for (let width = 1; width < 20; width++)
      expect(nes.screen.resize({ format: "gray", width, height: 1 }).length).toBe(width);
  });

  test("lists sprites and tiles", () => {
    const nes = libraryGame();
    nes.frames(3);
    for (let sprite = 0; sprite < 64; sprite++) nes.machine.poke("oam", 4 * sprite, 0xff);
    for (const [offset, byte] of [49, 7, 0b1110_0010, 120].entries())
      nes.machine.poke("oam", 8 + offset, byte);
    expect(nes.screen.sprites()).toEqual([
      { x: 120, y: 50, tile: 7, palette: 2, behind: true, flippedX: true, flippedY: true },
    ]);
    nes.machine.poke("ppu", 0x2400 + 32 * 3 + 5, 0x41);
    expect(nes.screen.tileAt(5, 3, 1)).toBe(0x41);
    expect(nes.screen.lines({ nametable: 1 })[3]).toBe("     A");
    expect(nes.screen.lines().length).toBe(30);
  });
});

describe("the sound", () => {
  test("of the last frame, and of a stretch", async () => {
    const nes = await load(join(import.meta.dir, "../../../roms/swingby.nes"));
    expect(() => nes.audio.stop()).toThrow("call audio.record() before audio.stop()");
    nes.audio.record();
    nes.frames(60);
    const samples = nes.audio.stop();
    expect(samples.length).toBeGreaterThan(47_000);
    expect(samples.length).toBeLessThan(49_000);
    expect([...samples.slice(-nes.audio.samples.length)]).toEqual([...nes.audio.samples]);
    expect(loudness(samples)).toBeGreaterThan(0.001);
  });

  test("loudness of nothing, of a level and of a square wave", () => {
    expect(loudness(new Int16Array())).toBe(0);
    expect(loudness(new Int16Array(100).fill(5000))).toBe(0);
    expect(loudness(Int16Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 16384 : -16384)))).toBeCloseTo(
      0.5,
    );
  });
});

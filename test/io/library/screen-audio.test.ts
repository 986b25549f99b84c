import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Game, InputError, load, loudness } from "../../../src/io/library/index.ts";
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

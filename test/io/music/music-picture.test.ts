import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ChannelReadings } from "../../../src/emu/sound-channels.ts";
import { channelColor } from "../../../src/io/music/channel-colors.ts";
import { musicLayout, scrolledTo } from "../../../src/io/music/music-layout.ts";
import { MusicPicture } from "../../../src/io/music/music-picture.ts";
import { isBlackKey, noteName, noteOf } from "../../../src/io/music/notes.ts";

describe("notes", () => {
  test.each([
    [440_000, "A-4"],
    [261_626, "C-4"],
    [466_164, "A#4"],
    [27_500, "A-0"],
    [0, ""],
    [900_000_000, ""],
  ])("%p mHz is %p", (milliHertz, name) => {
    expect(noteName(milliHertz)).toBe(name);
  });

  test("an octave is twelve notes, of which five are black", () => {
    expect(noteOf(880_000)! - noteOf(440_000)!).toBeCloseTo(12);
    expect(Array.from({ length: 12 }, (_, note) => note).filter(isBlackKey)).toEqual([1, 3, 6, 8, 10]);
  });
});

describe("layout", () => {
  test("areas lie in the window and do not overlap", () => {
    const size = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 100 }));
    const counts = fc.record({
      tracks: fc.integer({ min: 1, max: 256 }),
      channels: fc.integer({ min: 5, max: 31 }),
    });
    fc.assert(
      fc.property(size, counts, ([columns, rows], count) => {
        const used = new Uint8Array(columns * rows);
        for (const area of Object.values(musicLayout(columns, rows, count)))
          for (let row = area.row; row < area.row + area.rows; row++)
            for (let column = area.column; column < area.column + area.columns; column++) {
              expect(row < rows && column < columns).toBe(true);
              used[row * columns + column]!++;
            }
        expect(used.every((count) => count <= 1)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("from 80 × 24 on there is a picture, five channels and some tracks", () => {
    const { picture, tracks, channels } = musicLayout(80, 24, { tracks: 12, channels: 5 });
    expect(picture).toEqual({ row: 0, column: 0, rows: 20, columns: 49 });
    expect([tracks.rows, channels.rows]).toEqual([14, 6]);
  });

  test("lists scroll to what is selected", () => {
    expect(scrolledTo(0, 20, 5, 3)).toBe(0);
    expect(scrolledTo(7, 20, 5, 0)).toBe(3);
    expect(scrolledTo(7, 20, 5, 5)).toBe(5);
    expect(scrolledTo(2, 3, 5, 0)).toBe(0);
  });
});

describe("picture", () => {
  const tone = (channels: number, channel: number): ChannelReadings => {
    const reading = ChannelReadings.create(channels);
    reading.set(channel, 440, 1);
    for (let i = 0; i < 32; i++) reading.setWave(channel, i, i < 16 ? 1 : 0);
    return reading;
  };
  const has = (pixels: Uint32Array, color: number): boolean => pixels.includes(color);

  test("a channel that sounds is drawn in its colour, and a muted one is not", () => {
    const picture = new MusicPicture(5);
    picture.add(tone(5, 1));
    const into = { pixels: new Uint32Array(98 * 40), width: 98, height: 40 };
    picture.draw(into, 0);
    expect(has(into.pixels, channelColor(1))).toBe(true);
    expect(has(into.pixels, channelColor(0))).toBe(false);
    picture.draw(into, 2);
    expect(has(into.pixels, channelColor(1))).toBe(false);
    picture.clear();
    picture.draw(into, 0);
    expect(has(into.pixels, channelColor(1))).toBe(false);
  });

  test("every dot of a picture of any size is drawn, and none beyond it", () => {
    const size = fc.tuple(fc.integer({ min: 20, max: 300 }), fc.integer({ min: 16, max: 200 }));
    fc.assert(
      fc.property(size, fc.integer({ min: 5, max: 31 }), ([width, height], channels) => {
        const picture = new MusicPicture(channels);
        picture.add(tone(channels, channels - 1));
        const guard = 0xff000000;
        const pixels = new Uint32Array(width * height + 500).fill(guard);
        picture.draw({ pixels, width, height }, 0);
        expect(pixels.subarray(width * height).every((dot) => dot === guard)).toBe(true);
        expect(has(pixels.subarray(0, width * height), channelColor(channels - 1))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

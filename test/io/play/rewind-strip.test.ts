import { describe, expect, test } from "bun:test";
import { PastPictures } from "../../../src/io/play/past-pictures.ts";
import { firstShown, RewindStrip, type StripWindow, stripArea } from "../../../src/io/play/rewind-strip.ts";
import { PLAIN_CAPABILITIES } from "../../../src/io/render/encoder.ts";
import { StillPainter, type StillPicture } from "../../../src/io/render/still-picture.ts";
import { resized, stillOfFrame } from "../../../src/io/render/still-resize.ts";
import { TextScreen } from "../../../src/io/terminal/text-screen.ts";

/** A picture of one colour. */
function plain(color: number, width = 8, height = 8): StillPicture {
  return { width, height, colors: new Uint32Array(width * height).fill(color) };
}

const WINDOW: StripWindow = {
  columns: 80,
  rows: 24,
  cellWidthPixels: 0,
  cellHeightPixels: 0,
  pictureShape: 4 / 3,
};

describe("past pictures", () => {
  test("are thinned out with age, and their number is limited", () => {
    const past = new PastPictures();
    for (let position = 30; position <= 60 * 3600; position += 30) past.add(position, plain(position));
    expect(past.length).toBe(96);
    const colorAt = (position: number) => past.nearest(position)!.colors[0]!;
    // Half seconds near the end, minutes near the beginning.
    for (let ago = 0; ago <= 300; ago += 30) expect(colorAt(60 * 3600 - ago)).toBe(60 * 3600 - ago);
    for (let seconds = 0; seconds <= 3600; seconds += 60) {
      const error = Math.abs(colorAt(seconds * 60) - seconds * 60);
      expect(error).toBeLessThan(0.1 * (3600 - seconds) * 60 + 60);
    }
  });

  test("of a future that was given up are forgotten", () => {
    const past = new PastPictures();
    for (const position of [10, 20, 30]) past.add(position, plain(position));
    // While rewinding, the presenter goes on taking pictures.
    past.add(25, plain(25));
    past.forgetAfter(20);
    past.add(25, plain(0xff));
    expect([5, 20, 24, 99].map((position) => past.nearest(position)!.colors[0])).toEqual([
      10, 20, 0xff, 0xff,
    ]);
    past.forgetAfter(0);
    expect(past.nearest(0)).toBeUndefined();
  });
});

describe("the strip", () => {
  test.each([
    [80, 24],
    [60, 20],
    [130, 48],
    [300, 100],
  ])("fits into %p × %p cells, above the bar and the status line", (columns, rows) => {
    const area = stripArea({ ...WINDOW, columns, rows })!;
    expect(area.count).toBeGreaterThanOrEqual(3);
    expect(area.left).toBeGreaterThanOrEqual(7);
    const right = area.left + area.count * (area.pictureColumns + 1) - 1;
    expect(columns - right).toBeGreaterThanOrEqual(4);
    expect(area.top + area.pictureRows).toBe(rows - 2);
    expect(area.top).toBeGreaterThan(rows / 2);
  });

  test("is left out in small windows", () => {
    expect(stripArea({ ...WINDOW, columns: 59 })).toBeUndefined();
    expect(stripArea({ ...WINDOW, rows: 19 })).toBeUndefined();
  });

  test("shows the last minute, and more when the player goes further back", () => {
    const place = { oldest: 0, newest: 60_000, frameRateHz: 60 };
    const shown = [60_000, 57_000, 56_600, 53_000, 45_000, 0].map(
      (position) => (60_000 - firstShown({ ...place, position })) / 60,
    );
    expect(shown).toEqual([60, 60, 120, 240, 480, 1000]);
    expect(firstShown({ oldest: 59_000, newest: 60_000, position: 59_000, frameRateHz: 60 })).toBe(59_000);
  });

  test("draws each part of the bar's time, and a frame around the moment that is reached", () => {
    const past = new PastPictures();
    const area = stripArea(WINDOW)!;
    const seconds = 60 / area.count;
    for (let i = 0; i < area.count; i++) past.add((i + 0.5) * seconds * 60, plain(0x10 * (i + 1)));
    const drawn: StillPicture[] = [];
    const painter = new StillPainter({
      renderer: "half-block",
      capabilities: PLAIN_CAPABILITIES,
      cellWidthPixels: 0,
      cellHeightPixels: 0,
    });
    const paint = painter.paint.bind(painter);
    painter.paint = (picture, rectangle) => {
      drawn.push(picture);
      return paint(picture, rectangle);
    };
    const strip = new RewindStrip(past);
    const show = (position: number) => {
      const screen = new TextScreen(80, 24, "true", painter);
      strip.draw(screen, WINDOW, area, { oldest: 0, newest: 3600, position, frameRateHz: 60 });
      const bytes = screen.encode();
      return { bytes: new TextDecoder().decode(bytes), start: screen.pictureStart, length: bytes.length };
    };
    const first = show(1800);
    // The text can change without the picture.
    expect(first.start).toBeGreaterThan(0);
    expect(first.start).toBeLessThan(first.length);
    expect(Bun.stripANSI(first.bytes)).toMatch(/-1:00 ━+●─+ now/);
    const picture = drawn[0]!;
    const slot = (area.pictureColumns + 1) * 8;
    const at = (i: number, y: number) =>
      picture.colors[y * picture.width + i * slot + area.pictureColumns * 4];
    for (let i = 0; i < area.count; i++) expect(at(i, picture.height >> 1)).toBe(0x10 * (i + 1));
    const framed = Array.from({ length: area.count }, (_, i) => at(i, 0) === 0xffd75f);
    expect(framed).toEqual(framed.map((_, i) => i === Math.floor(area.count / 2)));
    show(1790);
    expect(drawn[1]).toBe(picture);
    show(0);
    expect(drawn[2]).not.toBe(picture);
  });

  test("shows the moment that is reached in the frame, not the middle of its part", () => {
    const past = new PastPictures();
    const area = stripArea(WINDOW)!;
    for (let position = 0; position <= 3600; position += 30) past.add(position, plain(position));
    const drawn: StillPicture[] = [];
    const screen = {
      showsPictures: true,
      columns: 80,
      write() {},
      picture: (p: StillPicture) => drawn.push(p),
    };
    const strip = new RewindStrip(past);
    const show = (position: number) => {
      const place = { oldest: 0, newest: 3600, position, frameRateHz: 60 };
      strip.draw(screen as unknown as TextScreen, WINDOW, area, place);
      const { width, height, colors } = drawn.at(-1)!;
      const slot = (area.pictureColumns + 1) * 8;
      return colors[(height >> 1) * width + (area.count - 1) * slot + area.pictureColumns * 4];
    };
    expect([3600, 3570, 3540, 3300].map(show)).toEqual([3600, 3570, 3540, 3300]);
  });
});

describe("small pictures", () => {
  test("are the mean of the pixels under each of theirs", () => {
    const colors = Uint32Array.from([0xff0000, 0x0000ff, 0x00ff00, 0x000000, 0x0000ff, 0x00ff00]);
    expect([...resized({ width: 3, height: 2, colors }, 1, 2).colors]).toEqual([0x555555, 0x005555]);
    expect([...resized({ width: 3, height: 2, colors }, 6, 2).colors.subarray(0, 6)]).toEqual([
      0xff0000, 0xff0000, 0x0000ff, 0x0000ff, 0x00ff00, 0x00ff00,
    ]);
  });

  test("of a frame have the shown part in the palette's colours", () => {
    const frame = new Uint16Array(6 * 4).map((_, i) => i);
    const source = { x: 1, y: 1, width: 4, height: 2, pixelAspect: 1 };
    const palette = Uint32Array.from({ length: 64 }, (_, i) => i * 4);
    const small = stillOfFrame(frame, { frameWidth: 6, source, palette }, 2);
    expect(small).toEqual({ width: 2, height: 1, colors: Uint32Array.from([42, 50]) });
    const whole = stillOfFrame(frame, { frameWidth: 6, source, palette: undefined }, 100);
    expect([...whole.colors]).toEqual([7, 8, 9, 10, 13, 14, 15, 16]);
  });
});

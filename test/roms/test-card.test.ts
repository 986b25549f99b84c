import { describe, expect, test } from "bun:test";
import { decode } from "fast-png";
import { encodePng } from "../../src/io/capture/png.ts";
import { decodePalette } from "../../src/io/render/colors/palette.ts";
import { frameHash } from "../support/machines.ts";
import { BUTTON_A, BUTTON_B, BuiltInRom } from "./built-in.ts";
import golden from "./golden.json" with { type: "json" };
import { showTestCard } from "./scenes.ts";

const BUTTON_DOWN = 0x20;
const PAGE = 0x300;
const COLOURS = 1;
const SOUND = 4;
const CONTROLLERS = 5;

/** The test card at a page. */
function cardAt(page: number): BuiltInRom {
  const card = new BuiltInRom("test-card");
  card.run(20);
  for (let i = 0; i < page; i++) card.press(BUTTON_A, 20);
  expect(card.byte(PAGE)).toBe(page);
  return card;
}

test("every page shows the picture that a person has checked", () => {
  const shown: Record<string, string> = {};
  showTestCard((name, pixels) => {
    shown[name] = frameHash(pixels);
  });
  expect(shown).toEqual(
    Object.fromEntries(Object.entries(golden).filter(([name]) => name.startsWith("test-card"))),
  );
});

test("B goes back, from the first page to the last", () => {
  const card = cardAt(0);
  card.press(BUTTON_B, 20);
  expect(card.byte(PAGE)).toBe(CONTROLLERS);
});

test("holding A or B leaves the page of the buttons", () => {
  const card = cardAt(CONTROLLERS);
  card.press(BUTTON_A, 20);
  expect(card.byte(PAGE)).toBe(CONTROLLERS);
  card.run(70, BUTTON_A);
  expect(card.byte(PAGE)).toBe(0);
});

describe("the colours", () => {
  const card = cardAt(COLOURS);
  card.run(10);

  test("are 448 entries at once: hues 1 to 12 at four levels with all emphases, and the greys", () => {
    const entries = new Set(card.pixels);
    expect(entries.size).toBe(448);
    for (let emphasis = 0; emphasis < 8; emphasis++)
      for (let level = 0; level < 4; level++)
        for (let hue = 1; hue <= 12; hue++) expect(entries).toContain((emphasis << 6) | (level << 4) | hue);
  });

  test("are all in a PNG", () => {
    const palette = decodePalette();
    const image = decode(encodePng(card.pixels, { width: 256, height: 240 }, palette));
    expect(image.channels).toBe(3);
    for (const at of [0, 160 * 256 + 60, 170 * 256 + 60, 190 * 256 + 200])
      expect([...image.data.subarray(3 * at, 3 * at + 3)]).toEqual(
        [16, 8, 0].map((shift) => (palette[card.pixels[at]] >> shift) & 0xff),
      );
  });
});

test("the sound page sounds every channel", () => {
  const card = cardAt(SOUND);
  const swings: number[] = [];
  for (let channel = 0; channel < 6; channel++) {
    let low = 0;
    let high = 0;
    for (let frame = 0; frame < 20; frame++) {
      card.run(1);
      const samples = card.console.samples.subarray(0, card.console.sampleCount);
      low = Math.min(low, ...samples);
      high = Math.max(high, ...samples);
    }
    swings.push(high - low);
    card.press(BUTTON_DOWN, 1);
  }
  for (const swing of swings) expect(swing).toBeGreaterThan(1000);
});

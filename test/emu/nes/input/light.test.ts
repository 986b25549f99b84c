import { describe, expect, test } from "bun:test";
import { ScreenLight } from "../../../../src/emu/nes/input/light.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { buildRom } from "../../../support/rom-builder.ts";

const BLACK = 0x0f;
const WHITE = 0x30;
const GREY = 0x10;
const RED = 0x26;

/** A black screen with a box of one colour, and a beam that the test can move. */
function screen(colour: number) {
  const beam = { line: 0, dot: 0 };
  const light = new ScreenLight(() => beam);
  const pixels = new Uint16Array(256 * 240).fill(BLACK);
  for (let y = 100; y < 132; y++) pixels.fill(colour, y * 256 + 50, y * 256 + 82);
  light.beginFrame(pixels);
  const linesLit = (x: number, y: number) => {
    let lit = 0;
    for (beam.line = 0; beam.line < 262; beam.line++) if (light.lightAt(x, y)) lit++;
    return lit;
  };
  return { beam, light, linesLit };
}

describe("a light gun", () => {
  test.each([
    ["white", WHITE, 26],
    ["light grey", GREY, 24],
    ["a bright colour", RED, 24],
    ["middle grey", 0x00, 19],
    ["a dark colour", 0x06, -7],
    ["black", BLACK, -7],
  ])("senses %s for its number of lines", (_name, colour, lines) => {
    const { beam, linesLit } = screen(colour);
    beam.dot = 340;
    // The lens covers seven lines, and each stays lit for this many lines.
    expect(linesLit(66, 116)).toBe(7 + lines);
  });

  test("senses nothing of the picture before the frame, which begins at line 241", () => {
    const beam = { line: 241, dot: 340 };
    const light = new ScreenLight(() => beam);
    light.beginFrame(new Uint16Array(256 * 240).fill(WHITE));
    expect(light.lightAt(128, 239)).toBe(false);
    beam.line = 240;
    expect(light.lightAt(128, 239)).toBe(true);
  });

  test("senses nothing outside the box or before the beam reaches it", () => {
    const { beam, light, linesLit } = screen(WHITE);
    beam.dot = 340;
    expect(linesLit(20, 116)).toBe(0);
    expect(linesLit(66, 60)).toBe(0);
    beam.line = 113;
    beam.dot = 60;
    expect(light.lightAt(66, 116)).toBe(false);
    beam.dot = 80;
    expect(light.lightAt(66, 116)).toBe(true);
  });

  test("accepts positions beyond the edges of the screen", () => {
    const { beam, light } = screen(WHITE);
    for (const [x, y] of [
      [0, 0],
      [255, 239],
      [255, 255],
    ] as const) {
      beam.line = y;
      beam.dot = 340;
      expect(light.lightAt(x, y)).toBe(false);
    }
  });

  /** Makes a colour the backdrop of the whole screen, then reads $4017 in a loop. */
  function consoleWithBackdrop(colour: number) {
    const rom = buildRom({ chrUnits: 1 });
    const code = [
      ...[0x78, 0xa2, 0xff, 0x9a],
      ...[0x2c, 0x02, 0x20, 0x10, 0xfb, 0x2c, 0x02, 0x20, 0x10, 0xfb], // two vertical blanks
      ...[0xa9, 0x3f, 0x8d, 0x06, 0x20, 0xa9, 0x00, 0x8d, 0x06, 0x20],
      ...[0xa9, colour, 0x8d, 0x07, 0x20],
      ...[0xa9, 0x00, 0x8d, 0x06, 0x20, 0x8d, 0x06, 0x20],
      // loop: LDA $4017; AND #8; BNE loop; INC $10; BNE loop; INC $11; JMP loop
      ...[0xad, 0x17, 0x40, 0x29, 0x08, 0xd0, 0xf9, 0xe6, 0x10, 0xd0, 0xf5, 0xe6, 0x11],
    ];
    const loop = 0x8000 + code.length - 13;
    rom.set([...code, 0x4c, loop & 0xff, loop >> 8], 16);
    rom.set([0x00, 0x80, 0x00, 0x80, 0x00, 0x80], 16 + 0x3ffa);
    return createHeadless(readRom(rom, "light.nes").image, { devices: { port2: "zapper" } });
  }

  test.each([
    [WHITE, true],
    [BLACK, false],
  ])("of a machine sees the current picture: colour %i", (colour, seesIt) => {
    const nes = consoleWithBackdrop(colour);
    nes.setInput({ latchButtons: () => 0, latchDevices: (data) => data.set([128, 120, 2], 4) });
    const pixels = new Uint16Array(256 * 240);
    for (let frame = 0; frame < 8; frame++) nes.runFrame(pixels);
    expect(pixels[120 * 256 + 128]! & 0x3f).toBe(colour);
    const before = nes.peek("cpu", 0x10) + 256 * nes.peek("cpu", 0x11);
    nes.runFrame(pixels);
    const counted = nes.peek("cpu", 0x10) + 256 * nes.peek("cpu", 0x11) - before;
    // About 30 lines of 113.7 cycles, at 17 cycles per iteration.
    if (seesIt) expect(counted).toBeWithin(120, 280);
    else expect(counted).toBe(0);
  });
});

test.each([
  ["black", 0x0f, false],
  ["green", 0x2a, true],
  ["white", 0x30, true],
  ["dark blue", 0x01, false],
])("a picture that is all %s", (_, color, isBright) => {
  const light = new ScreenLight(() => ({ line: 241, dot: 0 }));
  const pixels = new Uint16Array(256 * 240).fill(color);
  // The status line at the top does not count.
  pixels.fill(color === 0x0f ? 0x30 : 0x0f, 0, 32 * 256);
  light.beginFrame(pixels);
  expect(light.isPictureBright()).toBe(isBright);
});

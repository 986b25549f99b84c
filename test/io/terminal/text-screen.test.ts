import { expect, test } from "bun:test";
import { COLOR_MODES } from "../../../src/io/render/encoder.ts";
import { TextScreen } from "../../../src/io/terminal/text-screen.ts";

/** The rows of a screen, as its bytes write them without colours. */
function rowsOf(screen: TextScreen): string[] {
  const text = new TextDecoder().decode(screen.encode());
  return text.replaceAll(";1H", ";1H\n").split("\n").slice(1).map(Bun.stripANSI);
}

test.each(COLOR_MODES)("in %s colours no sequence has more parameters than mlterm reads", (mode) => {
  const screen = new TextScreen(12, 2, mode);
  for (const [column, style] of (
    ["plain", "dim", "title", "key", "selected", "bar", "alert"] as const
  ).entries())
    screen.write(0, column, "x", style);
  screen.swatch(1, 0, 0x123456);
  const sequences = new TextDecoder().decode(screen.encode()).split("\x1b[").slice(1);
  const counts = sequences.map((sequence) => /^[\d;]*/.exec(sequence)![0].split(";").length);
  expect(Math.max(...counts)).toBeLessThanOrEqual(10);
});

test("Japanese, Chinese and Korean take two cells, and nothing after them is shifted", () => {
  const screen = new TextScreen(12, 7, "mono");
  screen.write(0, 0, "ゼルダa漢字", "plain", 12);
  screen.write(1, 0, "한글 ok", "plain", 12);
  // At the edges of a text and of the window there is no room for the second half.
  screen.write(2, 0, "aゼルダ", "plain", 4);
  screen.write(2, 4, "|", "plain");
  screen.write(3, 0, "a23456789ゼルダ", "plain");
  // Text over one half of a character.
  screen.write(4, 0, "ゼルダ", "plain", 12);
  screen.write(4, 1, "x", "plain");
  screen.write(5, 0, "ゼルダ", "plain", 12);
  screen.write(5, 4, "xy", "plain");
  // Other widths: emoji, an accent of its own, controls.
  screen.write(6, 0, "👾e\u0301\x1b\x9b.", "plain", 12);
  const rows = rowsOf(screen);
  expect(rows).toEqual([
    "ゼルダa漢字 ",
    "한글 ok     ",
    "aゼ?|",
    "a23456789ゼ?",
    " xルダ      ",
    "ゼルxy      ",
    "?e???.      ",
  ]);
});

import { expect, test } from "bun:test";
import fc from "fast-check";
import { cutNotice, cutToWidth } from "../../../src/io/play/fit-text.ts";
import { TextScreen, widthOf } from "../../../src/io/terminal/text-screen.ts";

test.each([
  ["short", 5, "short"],
  ["longer", 5, "long…"],
  ["マリオの冒険", 12, "マリオの冒険"],
  ["マリオの冒険", 11, "マリオの冒…"],
  ["マリオの冒険", 10, "マリオの…"],
  ["🎮🎮🎮", 2, "🎮…"],
  ["", 0, ""],
])("%s in %d cells", (text, columns, cut) => {
  expect(cutToWidth(text, columns)).toBe(cut);
});

test.each([
  ["short", 5, "short"],
  ["/home/player/game.png", 12, "…er/game.png"],
  ["saved to /a/マリオの冒険.png", 20, "saved to …の冒険.png"],
  ["ended: cannot be written: /home/player/game.png", 38, "ended: cannot be written: …er/game.png"],
  ["ended: cannot be written: /home/player/game.png", 30, "ended: cannot be written: /ho…"],
  ["cannot continue: the save has changed", 20, "cannot continue: th…"],
  ["a/b", 1, "…"],
])("the notice %s in %d cells", (text, columns, cut) => {
  expect(cutNotice(text, columns)).toBe(cut);
});

test.each([cutToWidth, cutNotice])(
  "a cut text fits, and is written in as many cells as it is wide: %p",
  (cutText) => {
    const words = fc.string({
      unit: fc.constantFrom("a", "é", "マ", "한", "🎮", "\u0301", "\x07", "ا", "/"),
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 20 }), (text, columns) => {
        const cut = cutText(text, columns);
        expect(widthOf(cut)).toBeLessThanOrEqual(columns);
        const screen = new TextScreen(40, 1, "mono");
        screen.write(0, 0, cut, "plain");
        screen.write(0, widthOf(cut), "|", "plain");
        const shown = Bun.stripANSI(Buffer.from(screen.encode()).toString());
        expect(widthOf(shown)).toBe(widthOf(cut) + 1);
      }),
    );
  },
);

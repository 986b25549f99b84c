import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { KEYBOARDS, rowsOf, type Stroke, strokeOf } from "../../../src/io/input/console-keyboards.ts";
import { EscapeBuffer } from "../../../src/io/input/escape-buffer.ts";
import { type KeyEvent, keyOf } from "../../../src/io/input/keys.ts";

const FAMILY_BASIC = KEYBOARDS["family-basic-keyboard"]!;
const SUBOR = KEYBOARDS["subor-keyboard"]!;

/** The key event of what a terminal sends. */
function sent(text: string): KeyEvent {
  const events: KeyEvent[] = [];
  const buffer = new EscapeBuffer((token) => {
    const event = keyOf(token);
    if (event !== undefined) events.push(event);
  });
  buffer.feed(new TextEncoder().encode(text));
  buffer.flush();
  return events[0]!;
}

test.each<[string, string, Stroke | undefined]>([
  ["a", "a letter", { keys: ["A"], shift: false }],
  ["A", "a capital", { keys: ["A"], shift: true }],
  ["2", "a digit", { keys: ["2"], shift: false }],
  ['"', "a quotation mark", { keys: ["2"], shift: true }],
  ["=", "a character for which only the console needs Shift", { keys: ["-"], shift: true }],
  ["@", "a character for which only the player needs Shift", { keys: ["@"], shift: false }],
  ["\r", "Enter", { keys: ["RETURN"], shift: undefined }],
  ["\x1ba", "Alt and a letter", { keys: ["A", "GRPH"], shift: false }],
  ["\x1b[1;2H", "Shift and Home", { keys: ["CLR"], shift: true }],
  ["\x1b[6~", "Page Down", { keys: ["KANA"], shift: undefined }],
  [
    "\x1b[50;2u",
    "Shift and 2, from a terminal that does not say what they type",
    { keys: ["2"], shift: true },
  ],
  ["\x1b[39:34;2u", "Shift and the apostrophe, which type a quotation mark", { keys: ["2"], shift: true }],
  ["\x1b[50:64;2u", "Shift and 2, which type an at sign", { keys: ["@"], shift: false }],
  ["\x1b[57441;2u", "Shift alone", { keys: ["LSHIFT"], shift: true }],
  ["{", "a character that it does not have", undefined],
  ["\x1b[23~", "F11", undefined],
])("%j, %s, on the Family BASIC keyboard", (text, _, stroke) => {
  expect(strokeOf(FAMILY_BASIC, sent(text))).toEqual(stroke);
});

test.each([
  ['"', "'"],
  ["{", "["],
  ["?", "/"],
])("%s on Subor's keyboard", (character, key) => {
  expect(strokeOf(SUBOR, sent(character))).toEqual({ keys: [key], shift: true });
});

describe("rows", () => {
  const LSHIFT = [7, 4] as const;
  const isDown = (rows: number[], [row, bit]: readonly [number, number]) => ((rows[row]! >> bit) & 1) === 1;
  const rows = (...strokes: Stroke[]) => rowsOf(FAMILY_BASIC, strokes);

  test("the newest key decides about Shift", () => {
    const held: Stroke = { keys: ["RSHIFT"], shift: true };
    const at: Stroke = { keys: ["@"], shift: false };
    const quote: Stroke = { keys: ["2"], shift: true };
    expect(rows(held)[0]).toBe(0b10_0000);
    expect(rows(held, at)[0]).toBe(0);
    expect(rows(held, at)[1]).toBe(0b10);
    expect(isDown(rows(at, quote), LSHIFT)).toBe(true);
    expect(isDown(rows(at, quote, { keys: ["RETURN"], shift: undefined }), LSHIFT)).toBe(true);
  });

  test("keys at two places are down at both", () => {
    const bits = rowsOf(SUBOR, [{ keys: ["SPACE"], shift: false }]).filter((row) => row !== 0);
    expect(bits).toEqual([0b1000, 0b1000]);
  });

  test("every character that can be typed presses a key, and Shift only with it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(KEYBOARDS)),
        fc.integer({ min: 33, max: 126 }),
        (name, code) => {
          const keyboard = KEYBOARDS[name]!;
          const stroke = strokeOf(keyboard, sent(String.fromCharCode(code)));
          const count =
            rowsOf(keyboard, stroke === undefined ? [] : [stroke]).join("") ===
            "0".repeat(keyboard.rows.length);
          expect(count).toBe(stroke === undefined);
          if (stroke === undefined) expect("`{}|~").toContain(String.fromCharCode(code));
        },
      ),
    );
  });
});

import { describe, expect, test } from "bun:test";
import { EscapeBuffer } from "../../../src/io/input/escape-buffer.ts";
import { type KeyEvent, keyOf } from "../../../src/io/input/keys.ts";

function keysOf(text: string): KeyEvent[] {
  const keys: KeyEvent[] = [];
  const buffer = new EscapeBuffer((token) => {
    const key = keyOf(token);
    if (key !== undefined) keys.push(key);
  });
  buffer.feed(new TextEncoder().encode(text));
  buffer.flush();
  return keys;
}

function describeKey({ key, kind, shift, alt, control }: KeyEvent): string {
  return `${control ? "ctrl+" : ""}${alt ? "alt+" : ""}${shift ? "shift+" : ""}${key} ${kind}`;
}

describe("keyOf", () => {
  const cases: [string, string, string][] = [
    ["xterm's arrow", "\x1b[C", "right press"],
    ["foot's arrow let go", "\x1b[1;1:3C", "right release"],
    ["kitty's repeat", "\x1b[1;1:2D", "left repeat"],
    ["application cursor", "\x1bOA", "up press"],
    ["a letter", "z", "z press"],
    ["a capital", "Z", "shift+z press"],
    ["kitty's letter without a type", "\x1b[122u", "z press"],
    ["kitty's letter let go", "\x1b[122;1:3u", "z release"],
    ["kitty's letter with shift", "\x1b[122:90;2u", "shift+z press"],
    ["kitty's letter on a Cyrillic layout", "\x1b[1103:1071:122;1:1u", "z press"],
    ["kitty's Enter", "\x1b[13;1:3u", "enter release"],
    ["kitty's right Shift", "\x1b[57447;2:1u", "shift+right_shift press"],
    ["kitty's keypad", "\x1b[57403;1:1u", "4 press"],
    ["Ctrl-C as a byte", "\x03", "ctrl+c press"],
    ["Ctrl-C as a sequence", "\x1b[99;5u", "ctrl+c press"],
    ["Caps Lock and Num Lock", "\x1b[122;193:1u", "z press"],
    ["Enter", "\r", "enter press"],
    ["Tab", "\t", "tab press"],
    ["Shift-Tab", "\x1b[Z", "shift+tab press"],
    ["Backspace", "\x7f", "backspace press"],
    ["F1", "\x1bOP", "f1 press"],
    ["F1 of the Linux console", "\x1b[[A", "f1 press"],
    ["F5", "\x1b[15~", "f5 press"],
    ["F3 in kitty", "\x1b[13;1:1~", "f3 press"],
    ["Alt-x", "\x1bx", "alt+x press"],
    ["Escape", "\x1b", "escape press"],
    ["a letter with an accent", "é", "é press"],
  ];
  test.each(cases)("knows %s", (_, text, expected) => {
    expect(keysOf(text).map(describeKey)).toEqual([expected]);
  });

  test.each([
    ["a cursor report", "\x1b[12;40R"],
    ["keyboard flags", "\x1b[?15u"],
    ["a mode report", "\x1b[?2026;2$y"],
    ["device attributes", "\x1b[?62;4;22c"],
    ["a window size", "\x1b[6;16;8t"],
    ["focus", "\x1b[I\x1b[O"],
    ["a colour", "\x1b]4;1;rgb:00/00/00\x1b\\"],
    ["an unknown functional key", "\x1b[57376u"],
  ])("takes %s for no key", (_, text) => {
    expect(keysOf(text)).toEqual([]);
  });
});

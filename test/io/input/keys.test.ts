import { describe, expect, test } from "bun:test";
import { Bindings } from "../../../src/io/input/bindings.ts";
import { EscapeBuffer } from "../../../src/io/input/escape-buffer.ts";
import { type KeyEvent, keyOf, typedText } from "../../../src/io/input/keys.ts";

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

  const CSI = "\x1b[";
  const SS3 = "\x1bO";
  const numbered = (numbers: readonly (number | string)[], end: string) =>
    numbers.map((n) => `${CSI}${n}${end}`);
  const lettered = (start: string, letters: string) => [...letters].map((letter) => start + letter);
  const FROM_F5 = [15, 17, 18, 19, 20, 21, 23, 24];
  const FROM_F1 = [11, 12, 13, 14, ...FROM_F5];
  const LINUX = [...lettered("\x1b[[", "ABCDE"), ...numbered(FROM_F5.slice(1), "~")];
  /** F1 to F12 as terminals send them, with held modifiers. */
  const FUNCTION_KEYS: readonly (readonly [terminal: string, held: string, sequences: readonly string[]])[] =
    [
      ["xterm, kitty, tmux, screen", "", [...lettered(SS3, "PQRS"), ...numbered(FROM_F5, "~")]],
      ["kitty 0.26's protocol", "", [...lettered(CSI, "PQRS"), ...numbered(FROM_F5, "~")]],
      [
        "kitty's newer protocol",
        "",
        [...lettered(CSI, "PQ"), `${CSI}13~`, `${CSI}S`, ...numbered(FROM_F5, "~")],
      ],
      ["rxvt, PuTTY, VT220", "", numbered(FROM_F1, "~")],
      ["the Linux console, PuTTY's mode of it", "", LINUX],
      ["PuTTY's VT100+ mode", "", lettered(SS3, "PQRSTUVWXYZ[")],
      ["rxvt", "shift+", numbered(FROM_F1, "$")],
      ["rxvt", "ctrl+", numbered(FROM_F1, "^")],
      ["rxvt", "ctrl+shift+", numbered(FROM_F1, "@")],
      ["rxvt, PuTTY", "alt+", numbered(FROM_F1, "~").map((text) => `\x1b${text}`)],
      ["the Linux console", "alt+", LINUX.map((text) => `\x1b${text}`)],
      [
        "iTerm2",
        "alt+",
        [...lettered(`\x1b${SS3}`, "PQRS"), ...numbered(FROM_F5, "~").map((text) => `\x1b${text}`)],
      ],
      ...["shift+", "alt+", "alt+shift+", "ctrl+", "ctrl+shift+", "ctrl+alt+", "ctrl+alt+shift+"].flatMap(
        (held, index) => {
          const code = index + 2;
          const tildes = numbered(FROM_F5, `;${code}~`);
          return [
            ["xterm, tmux", held, [...lettered(`${CSI}1;${code}`, "PQRS"), ...tildes]] as const,
            ["Konsole, older xterms", held, [...lettered(`${SS3}${code}`, "PQRS"), ...tildes]] as const,
            ["VTE once", held, [...lettered(`${SS3}1;${code}`, "PQRS"), ...tildes]] as const,
            ["mintty, Terminal.app", held, numbered(FROM_F1, `;${code}~`)] as const,
          ];
        },
      ),
    ];
  test.each(FUNCTION_KEYS)("F1 to F12 of %s: %p", (_, held, sequences) => {
    const expected = sequences.map((_, index) => [`${held}f${index + 1} press`]);
    expect(sequences.map((text) => keysOf(text).map(describeKey))).toEqual(expected);
  });

  const NAVIGATION = [
    "up",
    "down",
    "right",
    "left",
    "home",
    "end",
    "insert",
    "delete",
    "page_up",
    "page_down",
  ];
  const XTERM_TILDES = [2, 3, 5, 6];
  const NAVIGATION_KEYS: readonly (readonly [
    terminal: string,
    held: string,
    sequences: readonly string[],
  ])[] = [
    ["xterm, kitty", "", [...lettered(CSI, "ABCDHF"), ...numbered(XTERM_TILDES, "~")]],
    ["application mode", "", [...lettered(SS3, "ABCDHF"), ...numbered(XTERM_TILDES, "~")]],
    [
      "the Linux console, tmux, PuTTY",
      "",
      [...lettered(CSI, "ABCD"), ...numbered([1, 4, ...XTERM_TILDES], "~")],
    ],
    ["rxvt", "", [...lettered(CSI, "ABCD"), ...numbered([7, 8, ...XTERM_TILDES], "~")]],
    ["rxvt", "shift+", [...lettered(CSI, "abcd"), ...numbered([7, 8, ...XTERM_TILDES], "$")]],
    ["rxvt", "ctrl+", [...lettered(SS3, "abcd"), ...numbered([7, 8, ...XTERM_TILDES], "^")]],
    [
      "rxvt",
      "alt+",
      [
        ...lettered(`\x1b${CSI}`, "ABCD"),
        ...numbered([7, 8, ...XTERM_TILDES], "~").map((text) => `\x1b${text}`),
      ],
    ],
    ["rxvt", "alt+shift+", lettered(`\x1b${CSI}`, "abcd")],
    ["rxvt", "ctrl+alt+", lettered(`\x1b${SS3}`, "abcd")],
    ["older terminals", "ctrl+", lettered(`${CSI}5`, "ABCDHF")],
    ["xterm", "shift+", [...lettered(`${CSI}1;2`, "ABCDHF"), ...numbered(XTERM_TILDES, ";2~")]],
    ["xterm", "ctrl+alt+", [...lettered(`${CSI}1;7`, "ABCDHF"), ...numbered(XTERM_TILDES, ";7~")]],
  ];
  test.each(NAVIGATION_KEYS)("navigation keys of %s: %p", (_, held, sequences) => {
    const expected = sequences.map((_, index) => [`${held}${NAVIGATION[index]} press`]);
    expect(sequences.map((text) => keysOf(text).map(describeKey))).toEqual(expected);
  });

  test.each([
    ["kitty's F3 let go", "\x1b[1;1:3R", ["f3 release"]],
    ["kitty's F3 repeated, with Control and Num Lock", "\x1b[1;133:2R", ["ctrl+f3 repeat"]],
    ["the VT220's and the Linux console's keys beyond F12", "\x1b[25~\x1b[34~", ["f13 press", "f20 press"]],
    ["the keypad in application mode", "\x1bOp\x1bOy\x1bOM", ["0 press", "9 press", "enter press"]],
    ["modifyOtherKeys", "\x1b[27;5;99~", ["ctrl+c press"]],
    ["Escape before a report", "\x1b\x1b[?62;4c\x1b[A", ["escape press", "up press"]],
    ["Escape before a string", "\x1b\x1b]11;x\x07x", ["escape press", "x press"]],
    ["Escape twice", "\x1b\x1b", ["escape press", "escape press"]],
    ["a report of a mode behind a key", "\x1b[2~\x1b[4;2$yx", ["insert press", "x press"]],
  ])("knows %s", (_, text, expected) => {
    expect(keysOf(text).map(describeKey)).toEqual(expected);
  });

  test.each([
    ["a cursor report", "\x1b[12;40R"],
    ["a cursor report at the top", "\x1b[1;1R"],
    ["a cursor report far to the right", "\x1b[1;300R"],
    ["a cursor report with its page", "\x1b[1;2;1R"],
    ["a cursor report by DECXCPR", "\x1b[?1;2R"],
    ["keyboard flags", "\x1b[?15u"],
    ["a mode report", "\x1b[?2026;2$y"],
    ["device attributes", "\x1b[?62;4;22c"],
    ["a window size", "\x1b[6;16;8t"],
    ["focus", "\x1b[I\x1b[O"],
    ["a colour", "\x1b]4;1;rgb:00/00/00\x1b\\"],
    ["an unknown functional key", "\x1b[57376u"],
  ])("does not take %s for a key", (_, text) => {
    expect(keysOf(text)).toEqual([]);
  });
});

describe("typedText", () => {
  test.each([
    ["a letter", "a", "a"],
    ["a capital", "A", "A"],
    ["a colon", ":", ":"],
    ["kitty's letter", "\x1b[122u", "z"],
    ["kitty's capital", "\x1b[122:90;2u", "Z"],
    ["kitty's colon", "\x1b[59:58;2u", ":"],
    ["kitty's question mark on a German layout", "\x1b[223:63:45;2u", "?"],
    ["kitty's letter on a Cyrillic layout", "\x1b[1103:1071:122;1:1u", "я"],
    ["kitty's space", "\x1b[32u", " "],
    ["kitty's letter let go", "\x1b[122;1:3u", undefined],
    ["Ctrl-C", "\x03", undefined],
    ["Alt and a letter", "\x1bx", undefined],
    ["an arrow", "\x1b[A", undefined],
  ])("%s", (_, text, typed) => {
    expect(keysOf(text).map(typedText)).toEqual([typed]);
  });

  test("a key that needs Shift is bound by its character or by its place", () => {
    const bindings = new Bindings();
    expect(bindings.find(keysOf("\x1b[47:63;2u")[0]!)).toEqual({ kind: "action", action: "help" });
    expect(bindings.find(keysOf("\x1b[61:43;2u")[0]!)).toEqual({ kind: "action", action: "louder" });
  });
});

import type { Token } from "./escape-buffer.ts";

/** A key press, repeat or release. */
export interface KeyEvent {
  /** Name as in bindings: a lower-case character, or a word such as `up`, `enter`, `f1`, `right_shift`. */
  readonly key: string;
  readonly kind: "press" | "repeat" | "release";
  readonly shift: boolean;
  readonly alt: boolean;
  readonly control: boolean;
  /** The character that the key types, if it is neither `key` nor its capital: ":" for Shift and ";". */
  readonly typed?: string;
}

/**
 * Flags to push for the kitty keyboard protocol: disambiguate (1), event types (2), alternate keys (4, for
 * the key's position on non-Latin layouts), all keys as escape codes (8, without which Enter, Tab and
 * Backspace send no release). https://sw.kovidgoyal.net/kitty/keyboard-protocol/
 */
export const KITTY_KEYBOARD_FLAGS = 15;

/** Final bytes of xterm's keys, except R, which also ends a cursor position report. */
const CSI_LETTERS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "begin",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  S: "f4",
};

const CSI_TILDES: Readonly<Record<number, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "page_up",
  6: "page_down",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
  25: "f13",
  26: "f14",
  28: "f15",
  29: "f16",
  31: "f17",
  32: "f18",
  33: "f19",
  34: "f20",
};

/** xterm's keys; PuTTY's F5 to F12 in its VT100+ mode; the VT100's keypad in application mode. */
const SS3_LETTERS: Readonly<Record<string, string>> = {
  ...CSI_LETTERS,
  ...{ R: "f3", T: "f5", U: "f6", V: "f7", W: "f8", X: "f9", Y: "f10", Z: "f11", "[": "f12" },
  ...{ M: "enter", j: "*", k: "+", l: ",", m: "-", n: ".", o: "/" },
  ...{ p: "0", q: "1", r: "2", s: "3", t: "4", u: "5", v: "6", w: "7", x: "8", y: "9" },
};
/** rxvt's arrows: after ESC [ with Shift, after ESC O with Control. */
const RXVT_ARROWS: Readonly<Record<string, string>> = { a: "up", b: "down", c: "right", d: "left" };
const LINUX_KEYS: Readonly<Record<string, string>> = { A: "f1", B: "f2", C: "f3", D: "f4", E: "f5" };

/** Names of code points that are not printable characters, in both protocols. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  9: "tab",
  13: "enter",
  27: "escape",
  32: "space",
  127: "backspace",
  57358: "caps_lock",
  57417: "left",
  57418: "right",
  57419: "up",
  57420: "down",
  57414: "enter",
  57441: "left_shift",
  57442: "left_control",
  57443: "left_alt",
  57444: "left_super",
  57447: "right_shift",
  57448: "right_control",
  57449: "right_alt",
  57450: "right_super",
};
/** First of kitty's keypad digits. */
const KEYPAD_0 = 57399;

const SHIFT = 1;
const ALT = 2;
const CONTROL = 4;
/** Final bytes of rxvt's function keys; elsewhere it is always a tilde. */
const TILDES: Readonly<Record<string, number>> = { "~": 0, $: SHIFT, "^": CONTROL, "@": SHIFT | CONTROL };
/** xterm's modifyOtherKeys, which tmux can be configured to send: CSI 27 ; modifiers ; code ~ */
const OTHER_KEY = "27";
/** The value with all eight modifiers. A larger number is a cursor column. */
const MAX_MODIFIERS = 256;

function nameOfCode(code: number): string | undefined {
  const name = CODE_NAMES[code];
  if (name !== undefined) return name;
  if (code >= KEYPAD_0 && code < KEYPAD_0 + 10) return String(code - KEYPAD_0);
  // Kitty's other functional keys lie in Unicode's private use area.
  if (code < 33 || (code >= 57344 && code <= 63743) || code > 0x10ffff) return undefined;
  return String.fromCodePoint(code).toLowerCase();
}

/** The character of a code point; undefined if it is not printable or a functional key. */
function printableOf(code: number): string | undefined {
  return nameOfCode(code)?.length === 1 ? String.fromCodePoint(code) : undefined;
}

function keyEvent(key: string, modifiers: number, type: number): KeyEvent {
  return {
    key,
    kind: type === 3 ? "release" : type === 2 ? "repeat" : "press",
    shift: (modifiers & SHIFT) !== 0,
    alt: (modifiers & ALT) !== 0,
    control: (modifiers & CONTROL) !== 0,
  };
}

/** A key sent as a character, as terminals without the kitty protocol do. */
function characterKey(text: string, modifiers: number): KeyEvent | undefined {
  const code = text.codePointAt(0)!;
  if (code === 0) return keyEvent("space", modifiers | CONTROL, 1);
  if (code === 8) return keyEvent("backspace", modifiers, 1);
  if (code === 10) return keyEvent("enter", modifiers, 1);
  const name = nameOfCode(code);
  if (name !== undefined) {
    const upper = name.length === 1 && text !== name;
    return keyEvent(name, modifiers | (upper ? SHIFT : 0), 1);
  }
  if (code < 27) return keyEvent(String.fromCharCode(code + 96), modifiers | CONTROL, 1);
  return undefined;
}

/** Modifiers and event type of the second parameter, such as "1;5:3". */
function modifiersOf(parameter: string | undefined): { modifiers: number; type: number } {
  const [bits = "", type = ""] = (parameter ?? "").split(":");
  return { modifiers: Math.max(0, (Number(bits) || 1) - 1), type: Number(type) || 1 };
}

/** CSI code:shifted:base ; modifiers:type ; text u */
function kittyKey(parameters: readonly string[]): KeyEvent | undefined {
  const [code = "", shifted = "", base = ""] = (parameters[0] ?? "").split(":");
  const { modifiers, type } = modifiersOf(parameters[1]);
  const own = Number(code);
  // On non-Latin layouts bindings go by the key's position.
  const name = nameOfCode(own > 127 && base !== "" ? Number(base) : own);
  if (name === undefined) return undefined;
  const event = keyEvent(name, modifiers, type);
  const typed = printableOf(event.shift && shifted !== "" ? Number(shifted) : own);
  const isUsual = typed === undefined || typed === (event.shift ? name.toUpperCase() : name);
  return isUsual ? event : { ...event, typed };
}

/** The key of a sequence. `alt` is the Alt bit if another ESC came before it. */
function csiKey(text: string, alt: number): KeyEvent | undefined {
  if (text.startsWith("[")) return named(LINUX_KEYS[text.slice(1)], alt);
  const final = text.slice(-1);
  const body = text.slice(0, -1);
  if (!/^[\d;:]*$/.test(body)) return undefined;
  const parameters = body.split(";");
  if (final === "u") return kittyKey(parameters);
  if (final === "Z") return keyEvent("tab", SHIFT | alt, 1);
  if (body === "" && RXVT_ARROWS[final] !== undefined) return named(RXVT_ARROWS[final], SHIFT | alt);
  const tilde = TILDES[final];
  if (tilde !== undefined && parameters[0] === OTHER_KEY && parameters.length === 3) {
    return kittyKey([parameters[2] ?? "", parameters[1] ?? ""]);
  }
  if (tilde !== undefined) {
    return modified(CSI_TILDES[Number.parseInt(body, 10)], parameters[1], alt | tilde);
  }
  if (final === "R") return isF3(parameters) ? modified("f3", parameters[1], alt) : undefined;
  // Older terminals send the modifiers alone: CSI 5 C.
  return modified(CSI_LETTERS[final], parameters[1] ?? parameters[0], alt);
}

/**
 * Returns true for F3 ("R", and "1;5R" with modifiers), false for a cursor position report, which ends with R
 * too. The cursor is queried only while the terminal is probed, and those replies never get here.
 */
function isF3([first = "", second = "", ...more]: readonly string[]): boolean {
  if (more.length > 0) return false;
  if (second === "") return first === "" || first === "1";
  const [bits = "", type] = second.split(":");
  return first === "1" && Number(bits) <= MAX_MODIFIERS && (type !== undefined || Number(bits) > 1);
}

function ss3Key(text: string, alt: number): KeyEvent | undefined {
  const final = text.slice(-1);
  if (text.length === 1 && RXVT_ARROWS[final] !== undefined) return named(RXVT_ARROWS[final], CONTROL | alt);
  // Konsole and older xterms: ESC O 5 P, ESC O 1 ; 5 P.
  return modified(SS3_LETTERS[final], text.slice(0, -1).split(";").at(-1), alt);
}

function modified(
  key: string | undefined,
  parameter: string | undefined,
  more: number,
): KeyEvent | undefined {
  const { modifiers, type } = modifiersOf(parameter);
  return key === undefined ? undefined : keyEvent(key, modifiers | more, type);
}

function named(key: string | undefined, modifiers: number): KeyEvent | undefined {
  return key === undefined ? undefined : keyEvent(key, modifiers, 1);
}

/** The name of an event's key as in bindings: `x`, `ctrl+x`, `alt+f1`. */
export function keyName({ key, control, alt }: KeyEvent): string {
  return `${control ? "ctrl+" : ""}${alt ? "alt+" : ""}${key}`;
}

/** The character that a key types; undefined for other keys, releases and keys with Control or Alt. */
export function typedText({ key, kind, shift, alt, control, typed }: KeyEvent): string | undefined {
  if (kind === "release" || control || alt) return undefined;
  if (key === "space") return " ";
  if ([...key].length !== 1) return undefined;
  return typed ?? (shift ? key.toUpperCase() : key);
}

/** The keys that type pasted text into a menu's line. Line ends and other control characters are left out. */
export function keysOfPaste({ kind, text }: Token): KeyEvent[] {
  if (kind !== "paste") return [];
  const keys = Array.from(text, (character) => (character < " " ? undefined : characterKey(character, 0)));
  return keys.filter((key) => key !== undefined);
}

/** The key that a token stands for; undefined if it is not a key (a report, or an unknown sequence). */
export function keyOf(token: Token): KeyEvent | undefined {
  switch (token.kind) {
    case "escape":
      return keyEvent("escape", 0, 1);
    case "text":
      return characterKey(token.text, 0);
    case "alt":
      return characterKey(token.text, ALT);
    case "ss3":
      return ss3Key(token.text, token.alt === true ? ALT : 0);
    case "csi":
      return csiKey(token.text, token.alt === true ? ALT : 0);
    default:
      return undefined;
  }
}

import type { Token } from "./escape-buffer.ts";

/** A key going down, repeating or up. */
export interface KeyEvent {
  /** Name as in bindings: a lower-case character, or a word such as `up`, `enter`, `f1`, `right_shift`. */
  readonly key: string;
  readonly kind: "press" | "repeat" | "release";
  readonly shift: boolean;
  readonly alt: boolean;
  readonly control: boolean;
}

/**
 * Flags to push for the kitty keyboard protocol: disambiguate (1), event types (2), alternate keys (4,
 * for the key's place on other than Latin layouts), all keys as escape codes (8, without which Enter,
 * Tab and Backspace send no release). https://sw.kovidgoyal.net/kitty/keyboard-protocol/
 */
export const KITTY_KEYBOARD_FLAGS = 15;

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
};

const SS3_LETTERS: Readonly<Record<string, string>> = { ...CSI_LETTERS, M: "enter", R: "f3" };
const LINUX_KEYS: Readonly<Record<string, string>> = { A: "f1", B: "f2", C: "f3", D: "f4", E: "f5" };

/** Names of code points that are no printable characters, in both protocols. */
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
/** Kitty's keypad digits begin here. */
const KEYPAD_0 = 57399;

const SHIFT = 1;
const ALT = 2;
const CONTROL = 4;

function nameOfCode(code: number): string | undefined {
  const name = CODE_NAMES[code];
  if (name !== undefined) return name;
  if (code >= KEYPAD_0 && code < KEYPAD_0 + 10) return String(code - KEYPAD_0);
  // Kitty's other functional keys lie in Unicode's private use area.
  if (code < 33 || (code >= 57344 && code <= 63743) || code > 0x10ffff) return undefined;
  return String.fromCodePoint(code).toLowerCase();
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

/** "1;5:3" → modifiers and event type of the second parameter. */
function modifiersOf(parameter: string | undefined): { modifiers: number; type: number } {
  const [bits = "", type = ""] = (parameter ?? "").split(":");
  return { modifiers: Math.max(0, (Number(bits) || 1) - 1), type: Number(type) || 1 };
}

/** CSI code:shifted:base ; modifiers:type ; text u */
function kittyKey(parameters: readonly string[]): KeyEvent | undefined {
  const [code = "", , base = ""] = (parameters[0] ?? "").split(":");
  const { modifiers, type } = modifiersOf(parameters[1]);
  const own = Number(code);
  // On other than Latin layouts the key's place is what bindings mean.
  const name = nameOfCode(own > 127 && base !== "" ? Number(base) : own);
  return name === undefined ? undefined : keyEvent(name, modifiers, type);
}

function csiKey(text: string): KeyEvent | undefined {
  if (text.startsWith("[")) {
    const name = LINUX_KEYS[text.slice(1)];
    return name === undefined ? undefined : keyEvent(name, 0, 1);
  }
  const final = text.slice(-1);
  const body = text.slice(0, -1);
  if (!/^[\d;:]*$/.test(body)) return undefined;
  const parameters = body.split(";");
  if (final === "u") return kittyKey(parameters);
  if (final === "Z") return keyEvent("tab", SHIFT, 1);
  const name = final === "~" ? CSI_TILDES[Number.parseInt(body, 10)] : CSI_LETTERS[final];
  if (name === undefined) return undefined;
  const { modifiers, type } = modifiersOf(parameters[1]);
  return keyEvent(name, modifiers, type);
}

/** What bindings call the key of an event: `x`, `ctrl+x`, `alt+f1`. */
export function keyName({ key, control, alt }: KeyEvent): string {
  return `${control ? "ctrl+" : ""}${alt ? "alt+" : ""}${key}`;
}

/** The key that a token stands for; undefined when it is no key (a report, or nothing we know). */
export function keyOf(token: Token): KeyEvent | undefined {
  switch (token.kind) {
    case "escape":
      return keyEvent("escape", 0, 1);
    case "text":
      return characterKey(token.text, 0);
    case "alt":
      return characterKey(token.text, ALT);
    case "ss3": {
      const name = SS3_LETTERS[token.text];
      return name === undefined ? undefined : keyEvent(name, 0, 1);
    }
    case "csi":
      return csiKey(token.text);
    default:
      return undefined;
  }
}

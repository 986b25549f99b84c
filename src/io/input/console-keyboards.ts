import { FAMILY_BASIC_KEYS, SUBOR_KEYS } from "../../emu/nes/input/keyboard.ts";
import { PEC_KEYS } from "../../emu/nes/input/pec-keyboard.ts";
import type { KeyEvent } from "./keys.ts";

/** A keyboard of the console, and how the player's keys press its keys. */
export interface ConsoleKeyboard {
  /** Its keys by row. A key whose name is one character types that character. */
  readonly rows: readonly (readonly string[])[];
  /** Its keys for those of the player's that type nothing, where the names differ. */
  readonly names: Readonly<Record<string, string>>;
  /** The key that types a character together with Shift. */
  readonly shifted: Readonly<Record<string, string>>;
  readonly shifts: readonly string[];
  /** The key that Alt stands for. */
  readonly alt: string;
}

/** The keys of the console that one of the player's keys presses. */
export interface Stroke {
  readonly keys: readonly string[];
  /** Whether Shift must be down with them; undefined if it does not matter. */
  readonly shift: boolean | undefined;
}

const FAMILY_BASIC: ConsoleKeyboard = {
  rows: FAMILY_BASIC_KEYS,
  names: {
    enter: "RETURN",
    escape: "ESC",
    space: "SPACE",
    backspace: "DEL",
    delete: "DEL",
    insert: "INS",
    home: "CLR",
    end: "STOP",
    tab: "CTR",
    page_up: "GRPH",
    page_down: "KANA",
    left_control: "CTR",
    left_shift: "LSHIFT",
    right_shift: "RSHIFT",
    left_alt: "GRPH",
    right_alt: "KANA",
  },
  // The layout of Japanese keyboards, JIS X 6002, as on the caps of the HVC-007.
  shifted: pairs("!1 \"2 #3 $4 %5 &6 '7 (8 )9 =- +; *: <, >. ?/"),
  shifts: ["LSHIFT", "RSHIFT"],
  alt: "GRPH",
};

const PC_NAMES: Readonly<Record<string, string>> = {
  escape: "ESC",
  delete: "DEL",
  insert: "INS",
  page_up: "PGUP",
  page_down: "PGDN",
  caps_lock: "CAPS",
  num_lock: "NUM",
  left_control: "CTRL",
  right_control: "CTRL",
  left_shift: "SHIFT",
  right_shift: "SHIFT",
  left_alt: "ALT",
  right_alt: "ALT",
};

/** What keyboards with the American layout share. */
const PC = {
  names: PC_NAMES,
  shifted: pairs("!1 @2 #3 $4 %5 ^6 &7 *8 (9 )0 _- += {[ }] |\\ :; \"' <, >. ?/ ~`"),
  shifts: ["SHIFT"],
  alt: "ALT",
};

export const KEYBOARDS: Readonly<Record<string, ConsoleKeyboard>> = {
  "family-basic-keyboard": FAMILY_BASIC,
  "data-recorder": FAMILY_BASIC,
  "subor-keyboard": { rows: SUBOR_KEYS, ...PC },
  "pec-586-keyboard": { rows: PEC_KEYS, ...PC },
};

/** A table from the first character of each pair to the second. */
function pairs(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(" ").map(([character, key]) => [character, key]));
}

/**
 * The keys that a key of the player's presses; undefined if the keyboard has none for it. A key that types a
 * character presses what types the same character on the console, with or without Shift: on most terminals
 * Shift alone sends nothing, and layouts differ.
 */
export function strokeOf(keyboard: ConsoleKeyboard, event: KeyEvent): Stroke | undefined {
  const { key, shift, alt, typed } = event;
  const character = typed ?? (shift ? key.toUpperCase() : key);
  const modifiers = alt ? [keyboard.alt] : [];
  const own = [character, character.toUpperCase()].find((name) => hasKey(keyboard, name));
  const isLetter = character.toLowerCase() !== character.toUpperCase();
  if (character.length === 1 && own !== undefined)
    return { keys: [own, ...modifiers], shift: isLetter || typed === undefined ? shift : false };
  const shifted = keyboard.shifted[character];
  if (shifted !== undefined) return { keys: [shifted, ...modifiers], shift: true };
  const name = keyboard.names[key] ?? key.toUpperCase();
  if (!hasKey(keyboard, name)) return undefined;
  return { keys: [name, ...modifiers], shift: shift || keyboard.shifts.includes(name) ? true : undefined };
}

function hasKey({ rows }: ConsoleKeyboard, name: string): boolean {
  return rows.some((row) => row.includes(name));
}

/** The bytes of the keyboard's rows while `strokes` are held, the newest last: it decides about Shift. */
export function rowsOf(keyboard: ConsoleKeyboard, strokes: Iterable<Stroke>): number[] {
  const held = new Set<string>();
  let shift: boolean | undefined;
  for (const stroke of strokes) {
    for (const key of stroke.keys) held.add(key);
    shift = stroke.shift ?? shift;
  }
  if (shift === true) held.add(keyboard.shifts[0]!);
  else if (shift === false) for (const key of keyboard.shifts) held.delete(key);
  // Some keys are at two places.
  return keyboard.rows.map((row) =>
    row.reduce((bits, key, bit) => (held.has(key) ? bits | (1 << bit) : bits), 0),
  );
}

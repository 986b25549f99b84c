import { FAMILY_BASIC_KEYS, SUBOR_KEYS } from "../../emu/nes/input/keyboard.ts";
import { PEC_KEYS } from "../../emu/nes/input/pec-keyboard.ts";
import { TAPE_BUTTONS_BYTE } from "../../emu/nes/input/storage-devices.ts";

/** Keys of a mat's buttons 1–12. */
const MAT_KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-", "="];
const MAHJONG_KEYS = [..."abcdefghijklmn", "tab", "enter", "1", "2", "3", "4", "5"];

/** The key of each of a device's buttons. */
export const DEVICE_KEYS: Readonly<Record<string, readonly string[]>> = {
  "power-pad": MAT_KEYS,
  "family-trainer": MAT_KEYS,
  "party-tap": MAT_KEYS.slice(0, 6),
  "exciting-boxing": MAT_KEYS.slice(0, 8),
  mahjong: MAHJONG_KEYS,
  "snes-pad": ["b", "t", "q", "e"],
  "virtual-boy-pad": ["2", "4", "6", "8", "q", "e"],
  "network-controller": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", ".", "c", "end"],
  "top-rider": MAT_KEYS.slice(0, 9),
};

/** A key that changes a byte of the expansion device's data each time it is pressed. */
export interface DeviceSwitch {
  readonly key: string;
  readonly byte: number;
  readonly next: (value: number) => number;
  /** What it does, in the words of a help page. */
  readonly about: string;
}

/** Presses a button that stays down until it, or another one of the device, is pressed again. */
function toggle(key: string, byte: number, bit: number, about: string): DeviceSwitch {
  return { key, byte, next: (value) => (value === bit ? 0 : bit), about };
}

const PROTECT = toggle("f9", 1, 1, "protect its memory, or not");
export const SWITCHES: Readonly<Record<string, readonly DeviceSwitch[]>> = {
  "turbo-file": [PROTECT],
  "turbo-file-2": [PROTECT, { key: "f10", byte: 0, next: (bank) => (bank + 1) & 3, about: "next bank" }],
  "data-recorder": ["play", "record", "rewind"].map((about, bit) =>
    toggle(`f${9 + bit}`, TAPE_BUTTONS_BYTE, 1 << bit, `${about}, until the next press`),
  ),
};

/** The keys of a keyboard by row, and the names of terminal keys whose names differ. */
export interface ConsoleKeyboard {
  readonly rows: readonly (readonly string[])[];
  readonly names: Readonly<Record<string, string>>;
}

const FAMILY_BASIC_NAMES: Readonly<Record<string, string>> = {
  enter: "RETURN",
  escape: "ESC",
  space: "SPACE",
  backspace: "DEL",
  delete: "DEL",
  insert: "INS",
  home: "CLR",
  end: "STOP",
  tab: "CTR",
  left_control: "CTR",
  left_shift: "LSHIFT",
  right_shift: "RSHIFT",
  left_alt: "GRPH",
  right_alt: "KANA",
  "=": "^",
  "'": ":",
  "`": "@",
};

const SUBOR_NAMES: Readonly<Record<string, string>> = {
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

export const KEYBOARDS: Readonly<Record<string, ConsoleKeyboard>> = {
  "family-basic-keyboard": { rows: FAMILY_BASIC_KEYS, names: FAMILY_BASIC_NAMES },
  "data-recorder": { rows: FAMILY_BASIC_KEYS, names: FAMILY_BASIC_NAMES },
  "subor-keyboard": { rows: SUBOR_KEYS, names: SUBOR_NAMES },
  "pec-586-keyboard": { rows: PEC_KEYS, names: SUBOR_NAMES },
};

/** Where a terminal's key is in the matrix; some keys are at two places. */
export function placesOf({ rows, names }: ConsoleKeyboard, key: string): { row: number; bit: number }[] {
  const name = names[key] ?? key.toUpperCase();
  return rows.flatMap((row, at) => row.flatMap((each, bit) => (each === name ? [{ row: at, bit }] : [])));
}

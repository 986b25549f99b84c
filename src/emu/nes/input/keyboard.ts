import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";
import type { DeviceParts, PortDevice } from "./devices.ts";

const ROW = 0;
const COLUMN = 1;
const ENABLED = 2;
const OUT_RESET = 1;
const OUT_COLUMN = 2;
const OUT_ENABLE = 4;

const LINES = 0x1e;

/** What differs between keyboards. */
interface KeyboardModel {
  /** Number of rows that $4016 steps through; rows without keys read as released. */
  readonly rows: number;
  /** What $4017 returns while the keyboard is not enabled. */
  readonly disabled: number;
}

/** Nine rows of keys and one without keys. https://www.nesdev.org/wiki/Family_BASIC_Keyboard */
export const FAMILY_BASIC_KEYBOARD: KeyboardModel = { rows: 10, disabled: 0 };
/** As Mesen has it: thirteen rows, and released keys while it is not enabled. */
export const SUBOR_KEYBOARD: KeyboardModel = { rows: 13, disabled: LINES };

/**
 * The Family BASIC keyboard and Subor's: $4016 steps through rows and columns, $4017 returns four keys on
 * D1–D4, low while held.
 */
export class MatrixKeyboard implements PortDevice {
  readonly #data: Uint8Array;
  readonly #state: Int32Array;
  readonly #model: KeyboardModel;

  constructor(parts: DeviceParts, model: KeyboardModel) {
    this.#data = parts.data;
    this.#state = parts.state;
    this.#model = model;
  }

  write(out: number): void {
    const state = this.#state;
    const column = (out & OUT_COLUMN) >> 1;
    if (state[COLUMN] === 1 && column === 0) state[ROW] = (state[ROW] + 1) % this.#model.rows;
    state[COLUMN] = column;
    state[ENABLED] = (out & OUT_ENABLE) !== 0 ? 1 : 0;
    if ((out & OUT_RESET) !== 0) state[ROW] = 0;
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.row`, this.#state, range(0, this.#model.rows - 1), ROW, 1);
    state.slots(`${name}.column`, this.#state, FLAG, COLUMN, 1);
    state.slots(`${name}.enabled`, this.#state, FLAG, ENABLED, 1);
  }

  read(register: number): number {
    const state = this.#state;
    if (register === 0) return 0;
    if (state[ENABLED] === 0) return this.#model.disabled;
    const keys = this.#data[state[ROW]];
    const column = state[COLUMN] === 0 ? keys & 0x0f : keys >> 4;
    return (~column & 0x0f) << 1;
  }
}

/**
 * The keys by row: four of column 0 on D1 to D4, then four of column 1; names as in key maps. For hosts
 * that fill the keyboard's data.
 */
export const FAMILY_BASIC_KEYS: readonly (readonly string[])[] = [
  ["F8", "RETURN", "[", "]", "KANA", "RSHIFT", "\\", "STOP"],
  ["F7", "@", ":", ";", "_", "/", "-", "^"],
  ["F6", "O", "L", "K", ".", ",", "P", "0"],
  ["F5", "I", "U", "J", "M", "N", "9", "8"],
  ["F4", "Y", "G", "H", "B", "V", "7", "6"],
  ["F3", "T", "R", "D", "F", "C", "5", "4"],
  ["F2", "W", "S", "A", "X", "Z", "E", "3"],
  ["F1", "ESC", "Q", "CTR", "LSHIFT", "GRPH", "1", "2"],
  ["CLR", "UP", "RIGHT", "LEFT", "DOWN", "SPACE", "DEL", "INS"],
];

/**
 * The keys of Subor's keyboard, in the same order. Some keys of the number pad are at two places; "" is a
 * place whose key is unknown. The matrix is Mesen's.
 */
export const SUBOR_KEYS: readonly (readonly string[])[] = [
  ["4", "G", "F", "C", "F2", "E", "5", "V"],
  ["2", "D", "S", "END", "F1", "W", "3", "X"],
  ["INS", "BACKSPACE", "PGDN", "RIGHT", "F8", "PGUP", "DEL", "HOME"],
  ["9", "I", "L", ",", "F5", "O", "0", "."],
  ["]", "ENTER", "UP", "LEFT", "F7", "[", "\\", "DOWN"],
  ["Q", "CAPS", "Z", "TAB", "ESC", "A", "1", "CTRL"],
  ["7", "Y", "K", "M", "F4", "U", "8", "J"],
  ["-", ";", "'", "/", "F6", "P", "=", "SHIFT"],
  ["T", "H", "N", "SPACE", "F3", "R", "6", "B"],
  ["KP6", "KPENTER", "KP4", "KP8", "KP2", "", "", ""],
  ["ALT", "KP4", "KP7", "F11", "F12", "KP1", "KP2", "KP8"],
  ["KP-", "KP+", "KP*", "KP9", "F10", "KP5", "KP/", "NUM"],
  ["`", "KP6", "PAUSE", "SPACE", "F9", "KP3", "KP.", "KP0"],
];

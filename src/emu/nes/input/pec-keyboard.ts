import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";
import type { DeviceParts, PortDevice } from "./devices.ts";

const ROW = 0;
const COLUMN = 1;
const OUT = 2;
const OUT_COLUMN = 1;
const OUT_FIRST_ROW = 2;
const OUT_NEXT_ROW = 4;
const ROWS = 13;
const COLUMNS = 8;

/**
 * The keyboard of Dongda's PEC-586: thirteen rows of eight keys. A rise of OUT1 goes to the first row, a fall
 * of OUT2 to the next one, a fall of OUT0 to its last key. Each read of $4017 gives one key on D1, high while
 * it is held, and goes on to the key before. No page describes it: this is what FCEUX and Nintaco do.
 */
export class PecKeyboard implements PortDevice {
  readonly #data: Uint8Array;
  readonly #state: Int32Array;

  constructor({ data, state }: DeviceParts) {
    this.#data = data;
    this.#state = state;
  }

  write(out: number): void {
    const state = this.#state;
    const risen = out & ~state[OUT];
    const fallen = state[OUT] & ~out;
    if ((risen & OUT_FIRST_ROW) !== 0) state[ROW] = 0;
    if ((fallen & OUT_COLUMN) !== 0) state[COLUMN] = 0;
    if ((fallen & OUT_NEXT_ROW) !== 0) state[ROW] = (state[ROW] + 1) % ROWS;
    state[OUT] = out & 7;
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.row`, this.#state, range(0, ROWS - 1), ROW, 1);
    state.slots(`${name}.column`, this.#state, range(0, COLUMNS - 1), COLUMN, 1);
    state.slots(`${name}.out`, this.#state, range(0, 7), OUT, 1);
  }

  read(register: number): number {
    if (register === 0) return 0;
    const state = this.#state;
    const key = (this.#data[state[ROW]] >> (COLUMNS - 1 - state[COLUMN])) & 1;
    state[COLUMN] = (state[COLUMN] + 1) % COLUMNS;
    return key << 1;
  }
}

/**
 * The keys by row, as Nintaco has them; "" is a place whose key is unknown. FCEUX, whose author says that
 * some of its keys are wrong, has other keys at some places.
 */
export const PEC_KEYS: readonly (readonly string[])[] = [
  ["ESC", "SPACE", "", "CAPS", "CTRL", "`", "TAB", "SHIFT"],
  ["F6", "F7", "F5", "F4", "F8", "F2", "F1", "F3"],
  ["=", "KP0", "KP.", "A", "ENTER", "1", "Q", "Z"],
  ["", "KP3", "KP6", "S", "KP9", "2", "W", "X"],
  ["/", "KP2", "KP5", "D", "KP8", "3", "E", "C"],
  ["PAUSE", "KP1", "KP4", "F", "KP7", "4", "R", "V"],
  ["BACKSPACE", "\\", "KPENTER", "G", "]", "5", "T", "B"],
  ["9", ".", "L", "K", "O", "8", "I", ","],
  ["0", "", ";", "J", "P", "7", "U", "M"],
  ["-", "", "'", "H", "[", "6", "Y", "N"],
  ["F11", "F12", "F10", "", "", "F9", "", ""],
  ["UP", "RIGHT", "DOWN", "PGDN", "LEFT", "KP*", "KP-", "KP+"],
  ["INS", "", "PGUP", "HOME", "DEL", "END", "KP/", "NUM"],
];

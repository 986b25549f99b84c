import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";
import type { DeviceParts, PortDevice } from "./devices.ts";

const ROW = 0;
const COLUMN = 1;
const ENABLED = 2;
/** Nine rows of keys and one without keys. */
const ROWS = 10;

const OUT_RESET = 1;
const OUT_COLUMN = 2;
const OUT_ENABLE = 4;

/**
 * The Family BASIC keyboard: $4016 steps through rows and columns, $4017 returns four keys on D1–D4, low
 * while held. https://www.nesdev.org/wiki/Family_BASIC_Keyboard
 */
export class FamilyBasicKeyboard implements PortDevice {
  readonly #data: Uint8Array;
  readonly #state: Int32Array;

  constructor(parts: DeviceParts) {
    this.#data = parts.data;
    this.#state = parts.state;
  }

  write(out: number): void {
    const state = this.#state;
    const column = (out & OUT_COLUMN) >> 1;
    if (state[COLUMN] === 1 && column === 0) state[ROW] = (state[ROW] + 1) % ROWS;
    state[COLUMN] = column;
    state[ENABLED] = (out & OUT_ENABLE) !== 0 ? 1 : 0;
    if ((out & OUT_RESET) !== 0) state[ROW] = 0;
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.row`, this.#state, range(0, ROWS - 1), ROW, 1);
    state.slots(`${name}.column`, this.#state, FLAG, COLUMN, 1);
    state.slots(`${name}.enabled`, this.#state, FLAG, ENABLED, 1);
  }

  read(register: number): number {
    const state = this.#state;
    if (register === 0 || state[ENABLED] === 0) return 0;
    const keys = state[ROW] < ROWS - 1 ? this.#data[state[ROW]] : 0;
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

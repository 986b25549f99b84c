import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";
import type { DeviceParts, PortDevice } from "./devices.ts";
import { type PadParts, SerialDevice } from "./serial-devices.ts";

const PLAYER_2_OFF = 2;
const PLAYER_1_OFF = 4;
const BUTTON_A = 1;
const BUTTON_B = 2;

/**
 * Konami's Hyper Shot: two large buttons for each of two players, who are switched off by OUT1 and OUT2. They
 * are A (jump) and B (run) of controllers 1 and 2. https://www.nesdev.org/wiki/Konami_Hyper_Shot
 */
export class KonamiHyperShot implements PortDevice {
  readonly #state: Int32Array;
  readonly #buttons: () => number;

  constructor({ state, buttons }: PadParts) {
    this.#state = state;
    this.#buttons = buttons;
  }

  write(out: number): void {
    this.#state[0] = out & (PLAYER_1_OFF | PLAYER_2_OFF);
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.off`, this.#state, range(0, PLAYER_1_OFF | PLAYER_2_OFF), 0, 1);
  }

  read(register: number): number {
    if (register === 0) return 0;
    const buttons = this.#buttons();
    const off = this.#state[0];
    const first = (off & PLAYER_1_OFF) === 0 ? buttons & (BUTTON_A | BUTTON_B) : 0;
    const second = (off & PLAYER_2_OFF) === 0 ? (buttons >> 8) & (BUTTON_A | BUTTON_B) : 0;
    return (first << 1) | (second << 3);
  }
}

const MAT_ROWS = 3;
const MAT_COLUMNS = 4;

/**
 * The Family Trainer mat: OUT0 to OUT2 switch off its rows of four, the last first; D4 to D1 are the columns,
 * low while pressed. https://www.nesdev.org/wiki/Power_Pad#Family_Trainer_Mat
 */
export class FamilyTrainer implements PortDevice {
  readonly #data: Uint8Array;
  readonly #state: Int32Array;

  constructor({ data, state }: DeviceParts) {
    this.#data = data;
    this.#state = state;
  }

  write(out: number): void {
    this.#state[0] = out & 7;
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.rows`, this.#state, range(0, 7), 0, 1);
  }

  read(register: number): number {
    if (register === 0) return 0;
    const held = this.#data[0] | (this.#data[1] << 8);
    let lines = 0x1e;
    for (let row = 0; row < MAT_ROWS; row++) {
      if (((this.#state[0] >> (MAT_ROWS - 1 - row)) & 1) === 1) continue;
      for (let column = 0; column < MAT_COLUMNS; column++)
        if (((held >> (row * MAT_COLUMNS + column)) & 1) === 1) lines &= ~(0x10 >> column);
    }
    return lines;
  }
}

/** Third and last reads of the Party Tap give this on D2 to D4, by which games detect it. */
const PARTY_TAP_SIGNATURE = 0x14;

/** Party Tap: six buttons, three with each of two reads. https://www.nesdev.org/wiki/Partytap */
export class PartyTap implements PortDevice {
  readonly #data: Uint8Array;
  readonly #state: Int32Array;

  constructor({ data, state }: DeviceParts) {
    this.#data = data;
    this.#state = state;
  }

  write(): void {}

  load(): void {
    this.#state[0] = 0;
  }

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.reads`, this.#state, range(0, 2), 0, 1);
  }

  read(register: number): number {
    if (register === 0) return 0;
    const reads = this.#state[0];
    if (reads === 2) return PARTY_TAP_SIGNATURE;
    this.#state[0]++;
    return ((this.#data[0] >> (3 * reads)) & 7) << 2;
  }
}

/**
 * The punching bag of Exciting Boxing: OUT1 selects four of its eight sensors, which are low while touched.
 * https://www.nesdev.org/wiki/Exciting_Boxing_Punching_Bag
 */
export class ExcitingBoxing implements PortDevice {
  readonly #data: Uint8Array;
  readonly #state: Int32Array;

  constructor({ data, state }: DeviceParts) {
    this.#data = data;
    this.#state = state;
  }

  write(out: number): void {
    this.#state[0] = (out >> 1) & 1;
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.half`, this.#state, FLAG, 0, 1);
  }

  read(register: number): number {
    if (register === 0) return 0;
    const sensors = (this.#data[0] >> (4 * this.#state[0])) & 0xf;
    return (~sensors & 0xf) << 1;
  }
}

/** Buttons of each row in the order of reads; −1 for a read without one. */
const MAHJONG_ROWS: readonly (readonly number[])[] = [
  [],
  [-1, -1, 13, 12, 11, 10, 9, 8],
  [7, 6, 5, 4, 3, 2, 1, 0],
  [-1, 20, 19, 18, 17, 16, 15, 14],
];
const MAHJONG_ROW = 1;

/**
 * The controller of Jissen Mahjong: OUT1 and OUT2 select a row, which D1 of $4017 gives in series. Buttons
 * are A to N, Select, Start, Kan, Pon, Chi, Riichi, Ron.
 * https://www.nesdev.org/wiki/Jissen_Mahjong_controller
 */
export class MahjongController extends SerialDevice {
  override write(out: number): void {
    this.state[MAHJONG_ROW] = (out >> 1) & 3;
  }

  override load(): void {
    const held = this.data[0] | (this.data[1] << 8) | (this.data[2] << 16);
    const row = MAHJONG_ROWS[this.state[MAHJONG_ROW]];
    let bits = 0;
    for (let read = 0; read < row.length; read++)
      if (row[read] >= 0) bits |= ((held >> row[read]) & 1) << read;
    this.state[0] = bits;
  }

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.row`, this.state, range(0, 3), MAHJONG_ROW, 1);
  }

  override read(register: number): number {
    if (register === 0) return 0;
    const bit = this.state[0] & 1;
    this.state[0] >>>= 1;
    return bit << 1;
  }
}

const X = 0;
const Y = 1;
const FLAGS = 2;

const REPORT = 0;
const STROBE = 1;
const CLOCK = 2;
const PEN_DOWN = 1;
const PEN_NEAR = 2;

/**
 * The Oeka Kids tablet: while OUT0 is high, each rise of OUT1 moves on to the next bit of the pen's report,
 * which $4017 gives inverted on D3; D2 says that the tablet is ready. x has 240 steps and y 256. The games
 * show a pen that reports (x, y) at pixel (x × 256 / 240 - 8, y × 240 / 256 + 14).
 * https://www.nesdev.org/wiki/Oeka_Kids_tablet, https://forums.nesdev.org/viewtopic.php?t=2608
 */
export class OekaKidsTablet implements PortDevice {
  readonly usesInputAtWrites = true;
  readonly #data: Uint8Array;
  readonly #state: Int32Array;

  constructor({ data, state }: DeviceParts) {
    this.#data = data;
    this.#state = state;
  }

  write(out: number): void {
    const state = this.#state;
    const clock = (out >> 1) & 1;
    state[STROBE] = out & 1;
    if (state[STROBE] === 0) {
      state[REPORT] = this.#report();
      return;
    }
    if (state[CLOCK] === 0 && clock === 1) state[REPORT] = (state[REPORT] << 1) & 0x7_ffff;
    state[CLOCK] = clock;
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.report`, this.#state, range(0, 0x7_ffff), REPORT, 1);
    state.slots(`${name}.strobe`, this.#state, FLAG, STROBE, 1);
    state.slots(`${name}.clock`, this.#state, FLAG, CLOCK, 1);
  }

  read(register: number): number {
    const state = this.#state;
    if (register === 0 || state[STROBE] === 0) return 0;
    if (state[CLOCK] === 0) return 0x04;
    return (state[REPORT] & 0x4_0000) !== 0 ? 0 : 0x08;
  }

  /** 18 bits: x, y, whether the pen is near, whether it is down. */
  #report(): number {
    const data = this.#data;
    const x = Math.floor(((data[X] + 8) * 240) / 256);
    const y = Math.max(0, Math.min(255, Math.floor(((data[Y] - 14) * 256) / 240)));
    const near = (data[FLAGS] & PEN_NEAR) !== 0 ? 2 : 0;
    return (x << 10) | (y << 2) | near | (data[FLAGS] & PEN_DOWN);
  }
}

/**
 * Events of Linux's input devices, and the console buttons that a pad's events stand for.
 * https://docs.kernel.org/input/gamepad.html, <linux/input-event-codes.h>
 */
import { BUTTON_BITS, MORE_BUTTON_BITS, RIGHT_STICK_BITS } from "./bindings.ts";

/** struct input_event on 64-bit Linux: seconds and microseconds of 64 bits, type, code, 32-bit value. */
export const EVENT_BYTES = 24;
const TYPE_OFFSET = 16;
const CODE_OFFSET = 18;
const VALUE_OFFSET = 20;

const EV_SYN = 0;
const EV_KEY = 1;
const EV_ABS = 3;
const SYN_REPORT = 0;
/** The kernel's buffer overflowed: it is unknown what is held. */
const SYN_DROPPED = 3;

export const ABS_X = 0x00;
export const ABS_Y = 0x01;
export const ABS_RX = 0x03;
export const ABS_RY = 0x04;
export const ABS_HAT0X = 0x10;
export const ABS_HAT0Y = 0x11;
/** Axes of the sticks, in the order of `PadState.sticks`. */
const STICK_AXES: readonly number[] = [ABS_X, ABS_Y, ABS_RX, ABS_RY];
/** Every axis that is read. */
export const PAD_AXES: readonly number[] = [ABS_X, ABS_Y, ABS_HAT0X, ABS_HAT0Y, ABS_RX, ABS_RY];

/** First button of pads with the kernel's layout, and of plain joysticks. */
export const BTN_JOYSTICK = 0x120;
export const BTN_GAMEPAD = 0x130;

interface PadButton {
  readonly mask: number;
  readonly isTurbo?: true;
  /** The button of consoles with more buttons, in place of turbo. */
  readonly more?: number;
}

const { a, b, select, start, up, down, left, right } = BUTTON_BITS;
const { x, y, l, r } = MORE_BUTTON_BITS;

/**
 * The console's A is the right one of two buttons, so it is the pad's right button (east). B is the lower one
 * (south).
 */
const BUTTONS: ReadonlyMap<number, PadButton> = new Map<number, PadButton>([
  [0x130, { mask: b }], // BTN_SOUTH
  [0x131, { mask: a }], // BTN_EAST
  [0x133, { mask: a, isTurbo: true, more: x }], // BTN_NORTH
  [0x134, { mask: b, isTurbo: true, more: y }], // BTN_WEST
  [0x136, { mask: 0, more: l }], // BTN_TL
  [0x137, { mask: 0, more: r }], // BTN_TR
  [0x13a, { mask: select }], // BTN_SELECT
  [0x13b, { mask: start }], // BTN_START
  [0x220, { mask: up }], // BTN_DPAD_UP and the rest
  [0x221, { mask: down }],
  [0x222, { mask: left }],
  [0x223, { mask: right }],
  // Cheap USB pads have no standard layout. Most number X A B Y, the shoulders, Select and Start.
  [0x120, { mask: a, isTurbo: true, more: x }],
  [0x121, { mask: a }],
  [0x122, { mask: b }],
  [0x123, { mask: b, isTurbo: true, more: y }],
  [0x124, { mask: 0, more: l }],
  [0x125, { mask: 0, more: r }],
  [0x128, { mask: select }],
  [0x129, { mask: start }],
]);

const CONTROLLER_BITS = 0xff;

/** The bits of both directions of each axis, that of the lower values first. */
const DIRECTIONS: ReadonlyMap<number, readonly [before: number, after: number]> = new Map([
  [ABS_X, [left, right]],
  [ABS_Y, [up, down]],
  [ABS_HAT0X, [left, right]],
  [ABS_HAT0Y, [up, down]],
  [ABS_RX, [RIGHT_STICK_BITS.left, RIGHT_STICK_BITS.right]],
  [ABS_RY, [RIGHT_STICK_BITS.up, RIGHT_STICK_BITS.down]],
]);

export interface AxisRange {
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * How far an axis must leave its middle to count as pressed, and return to count as released, as shares of
 * its range.
 */
const PRESS_SHARE = 0.5;
const RELEASE_SHARE = 0.4;

/** A pad's held buttons, tracked from its events. */
export class PadState {
  readonly #axes: ReadonlyMap<number, AxisRange>;
  readonly #down = new Set<number>();
  /** By axis: the bit of the direction held; 0 in the middle. */
  readonly #directions = new Map<number, number>();
  /** Left stick to the right and down, then the right one: −127 to 127. */
  readonly sticks = new Int8Array(STICK_AXES.length);
  #isLost = false;

  /** `axes` are the ranges of the pad's axes. */
  constructor(axes: ReadonlyMap<number, AxisRange>) {
    this.#axes = axes;
  }

  /** Buttons held now, as the byte of the console's pad. */
  get held(): number {
    let word = 0;
    for (const direction of this.#directions.values()) word |= direction & CONTROLLER_BITS;
    for (const code of this.#down) {
      const button = BUTTONS.get(code);
      if (button !== undefined && button.isTurbo !== true) word |= button.mask;
    }
    return word;
  }

  /** Buttons held now that only consoles with more buttons have. */
  get more(): number {
    let word = 0;
    for (const code of this.#down) word |= BUTTONS.get(code)?.more ?? 0;
    return word;
  }

  /** Everything held now, in 16 bits: `held`, `more`, and the directions of the right stick. */
  get wide(): number {
    let word = this.held | this.more;
    for (const direction of this.#directions.values()) word |= direction;
    return word;
  }

  /** Turbo buttons held now. */
  get turbo(): number {
    let word = 0;
    for (const code of this.#down) {
      const button = BUTTONS.get(code);
      if (button?.isTurbo === true) word |= button.mask;
    }
    return word;
  }

  /**
   * Processes the events of one read, which are complete. Returns true if earlier events were lost: the
   * caller must then read the device's state again.
   */
  feed(bytes: Uint8Array, length: number): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    let wasLost = false;
    for (let at = 0; at + EVENT_BYTES <= length; at += EVENT_BYTES) {
      const type = view.getUint16(at + TYPE_OFFSET, true);
      const code = view.getUint16(at + CODE_OFFSET, true);
      const value = view.getInt32(at + VALUE_OFFSET, true);
      if (type === EV_SYN) {
        if (code === SYN_DROPPED) {
          this.#isLost = true;
          this.release();
        } else if (code === SYN_REPORT && this.#isLost) {
          this.#isLost = false;
          wasLost = true;
        }
      } else if (this.#isLost) continue;
      else if (type === EV_KEY) this.setKey(code, value !== 0);
      else if (type === EV_ABS) this.setAxis(code, value);
    }
    return wasLost;
  }

  /** Sets a button, given by its event code, down or up. */
  setKey(code: number, isDown: boolean): void {
    if (isDown) this.#down.add(code);
    else this.#down.delete(code);
  }

  /** Sets an axis to `value`. */
  setAxis(axis: number, value: number): void {
    const range = this.#axes.get(axis);
    const directions = DIRECTIONS.get(axis);
    if (range === undefined || directions === undefined) return;
    const half = (range.maximum - range.minimum) / 2;
    if (half <= 0) return;
    const deflection = (value - range.minimum) / half - 1;
    const stick = STICK_AXES.indexOf(axis);
    if (stick >= 0) this.sticks[stick] = Math.max(-127, Math.min(127, Math.round(deflection * 127)));
    const [before, after] = directions;
    const direction = deflection < 0 ? before : after;
    const isHeld = this.#directions.get(axis) === direction;
    const isFar = Math.abs(deflection) >= (isHeld ? RELEASE_SHARE : PRESS_SHARE);
    this.#directions.set(axis, isFar ? direction : 0);
  }

  /** Releases everything. */
  release(): void {
    this.#down.clear();
    this.#directions.clear();
    this.sticks.fill(0);
  }
}

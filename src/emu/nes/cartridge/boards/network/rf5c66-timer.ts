import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, WORD } from "../../../../state-fields.ts";
import { NEVER } from "../../../interrupts.ts";

/** How many bytes and words of a board's registers the timer takes. */
export const RF5C66_TIMER_BYTES = 2;
export const RF5C66_TIMER_WORDS = 2;

const CONTROL = 0; // $40A8
const IS_EXPIRED = 1;

// Words.
const COUNTER = 0;
const RELOAD = 1;

const REPEATS = 0x01;
const IRQ_ON = 0x02;
const LAST = 0xffff;

/**
 * The timer of the RF5C66, which always counts cycles down. After 0 it goes on from $FFFF, or from the reload
 * value if it repeats. Either way it sets a flag, which pulls IRQ low while interrupts are on: hardware shows
 * that switching them on late also interrupts. https://www.nesdev.org/wiki/Famicom_Network_System
 */
export class Rf5c66Timer {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;

  constructor(bytes: Uint8Array, words: Int32Array) {
    this.#bytes = bytes;
    this.#words = words;
  }

  declareState(state: StateCheck): void {
    state.slots("timer.isExpired", this.#bytes, FLAG, IS_EXPIRED, 1);
    state.slots("timer.counter", this.#words, WORD, COUNTER, 1);
    state.slots("timer.reload", this.#words, WORD, RELOAD, 1);
  }

  get counter(): number {
    return this.#words[COUNTER];
  }

  /** 1 after the timer has expired, until `acknowledge`. */
  get expired(): number {
    return this.#bytes[IS_EXPIRED];
  }

  /** True while the timer pulls IRQ low. */
  get interrupts(): boolean {
    return this.expired !== 0 && (this.#bytes[CONTROL] & IRQ_ON) !== 0;
  }

  acknowledge(): void {
    this.#bytes[IS_EXPIRED] = 0;
  }

  /** Cycles until the timer pulls IRQ low; NEVER if it will not. */
  get cyclesToIrq(): number {
    const isOff = (this.#bytes[CONTROL] & IRQ_ON) === 0 || this.expired !== 0;
    return isOff ? NEVER : this.counter + 1;
  }

  /** Writes $40A6 or $40A7, the low or the high byte of the reload value. */
  writeReload(isHigh: boolean, value: number): void {
    const reload = this.#words[RELOAD];
    this.#words[RELOAD] = isHigh ? (reload & 0x00ff) | (value << 8) : (reload & 0xff00) | value;
  }

  /** Writes $40A8: every write starts the count from the reload value. */
  writeControl(value: number): void {
    this.#bytes[CONTROL] = value;
    this.#words[COUNTER] = this.#words[RELOAD];
  }

  run(cycles: number): void {
    const words = this.#words;
    if (cycles <= words[COUNTER]) {
      words[COUNTER] -= cycles;
      return;
    }
    this.#bytes[IS_EXPIRED] = 1;
    const start = (this.#bytes[CONTROL] & REPEATS) !== 0 ? words[RELOAD] : LAST;
    const after = cycles - words[COUNTER] - 1;
    words[COUNTER] = start - (after % (start + 1));
  }
}

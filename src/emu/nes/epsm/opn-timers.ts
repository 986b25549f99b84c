import type { StateCheck } from "../../state-check.ts";
import { BYTE, range } from "../../state-fields.ts";
import { NEVER } from "../interrupts.ts";

// Words.
const COUNT_A = 0; // samples until timer A overflows; 0 while it is stopped
const COUNT_B = 1; // steps of 16 samples until timer B overflows, in the same way
const DIVIDER = 2; // samples in this step, whether timer B runs or not
const FLAGS = 3; // bit 0: timer A, bit 1: timer B
export const TIMER_WORDS = 4;

// Registers.
const HIGH_A = 0x24;
const LOW_A = 0x25;
const VALUE_B = 0x26;
const CONTROL = 0x27; // ..baBABA: reset and enable the flags, run the timers
const INTERRUPTS = 0x29; // ......BA
/** Both interrupts are enabled at power-on, as in ymfm. */
const POWER_ON_INTERRUPTS = 3;

const SAMPLES_PER_STEP = 16;
const PERIODS_A = 1024;
const PERIODS_B = 256;

/**
 * The two timers of a YMF288. A counts samples of the FM part (144 clocks), B steps of 16 samples. Both start
 * at their register, and again after each overflow. An overflow sets a flag if the flag is enabled; a flag
 * whose interrupt is enabled pulls the chip's IRQ pin low. Behaviour as in ymfm.
 * https://github.com/aaronsgiles/ymfm
 */
export class OpnTimers {
  readonly #words: Int32Array;
  readonly #registers: Uint8Array;

  /** `words` are TIMER_WORDS of the mutable run, `registers` the first bank of the chip's. */
  constructor(words: Int32Array, registers: Uint8Array) {
    this.#words = words;
    this.#registers = registers;
  }

  /** Sets the registers as they are after a reset; the mutable run has been cleared. */
  powerOn(): void {
    this.#registers[INTERRUPTS] = POWER_ON_INTERRUPTS;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    const words = this.#words;
    state.slots("epsm.timerA", words, range(0, PERIODS_A), COUNT_A, 1);
    state.slots("epsm.timerB", words, range(0, PERIODS_B), COUNT_B, 1);
    state.slots("epsm.timerDivider", words, range(0, SAMPLES_PER_STEP - 1), DIVIDER, 1);
    state.slots("epsm.timerFlags", words, range(0, 3), FLAGS, 1);
    state.slots("epsm.interrupts", this.#registers, BYTE, INTERRUPTS, 1);
  }

  /** Returns true if the IRQ pin is low in a state. */
  irqIn(state: StateCheck): boolean {
    return (state.value("epsm.timerFlags") & state.value("epsm.interrupts")) !== 0;
  }

  /** 1 while the IRQ pin is low. */
  get irq(): number {
    return (this.#words[FLAGS] & this.#registers[INTERRUPTS] & 3) === 0 ? 0 : 1;
  }

  /** $27 has been written. A timer that is started begins a whole period. */
  control(value: number): void {
    const words = this.#words;
    words[FLAGS] &= ~(value >> 4);
    if ((value & 1) === 0) words[COUNT_A] = 0;
    else if (words[COUNT_A] === 0) words[COUNT_A] = this.#periodA();
    if ((value & 2) === 0) words[COUNT_B] = 0;
    else if (words[COUNT_B] === 0) words[COUNT_B] = this.#periodB();
  }

  /** Counts a sample. */
  clock(): void {
    const words = this.#words;
    const enabled = this.#registers[CONTROL] >> 2;
    if (words[COUNT_A] !== 0 && --words[COUNT_A] === 0) {
      words[COUNT_A] = this.#periodA();
      words[FLAGS] |= enabled & 1;
    }
    words[DIVIDER] = (words[DIVIDER] + 1) % SAMPLES_PER_STEP;
    if (words[DIVIDER] !== 0) return;
    if (words[COUNT_B] !== 0 && --words[COUNT_B] === 0) {
      words[COUNT_B] = this.#periodB();
      words[FLAGS] |= enabled & 2;
    }
  }

  /** Samples until the IRQ pin may fall; NEVER if it is low, or if no timer can make it fall. */
  samplesToIrq(): number {
    const words = this.#words;
    if (this.irq !== 0) return NEVER;
    const able = (this.#registers[CONTROL] >> 2) & this.#registers[INTERRUPTS];
    const a = words[COUNT_A];
    const b = words[COUNT_B];
    const samplesA = a === 0 || (able & 1) === 0 ? NEVER : a;
    const samplesB = b === 0 || (able & 2) === 0 ? NEVER : SAMPLES_PER_STEP * b - words[DIVIDER];
    return Math.min(samplesA, samplesB);
  }

  #periodA(): number {
    return PERIODS_A - ((this.#registers[HIGH_A] << 2) | (this.#registers[LOW_A] & 3));
  }

  #periodB(): number {
    return PERIODS_B - this.#registers[VALUE_B];
  }
}

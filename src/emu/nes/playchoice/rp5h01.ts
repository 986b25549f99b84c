import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";

/** Words of the state. */
const COUNTER = 0;
const CLOCK = 1;
const RESET = 2;
const TEST = 3;
export const PROM_STATE_WORDS = 4;

/**
 * Ricoh's RP5H01, a serial PROM of 64 bits, and 8 more that its counter reaches with seven bits. The counter
 * goes on when the clock falls, and starts at 0 when the reset rises; TEST gives it the seventh bit.
 * https://github.com/mamedev/mame/blob/master/src/devices/machine/rp5h01.cpp
 */
export class Rp5h01 {
  readonly #data: Uint8Array | undefined;
  readonly #state: Int32Array;

  /**
   * `data` are its bits in the order of the counter, bit 0 of the first byte first; undefined for an empty
   * socket. `state` has PROM_STATE_WORDS.
   */
  constructor(data: Uint8Array | undefined, state: Int32Array) {
    this.#data = data;
    this.#state = state;
  }

  /** Declares the valid values of a state. */
  declareState(check: StateCheck): void {
    check.slots("playchoice.promCounter", this.#state, range(0, 127), COUNTER, 1);
    check.slots("playchoice.promPins", this.#state, FLAG, CLOCK, 3);
  }

  powerOn(): void {
    this.#state.fill(0);
  }

  /** Sets the pins. */
  write(clock: number, reset: number, test: number): void {
    const state = this.#state;
    state[TEST] = test;
    if (state[CLOCK] === 1 && clock === 0) state[COUNTER] = (state[COUNTER] + 1) & 127;
    state[CLOCK] = clock;
    if (state[RESET] === 0 && reset === 1) state[COUNTER] = 0;
    state[RESET] = reset;
  }

  /** The pin DATA OUT: the bit at the counter. An empty socket reads as 1. */
  get dataOut(): number {
    if (this.#data === undefined) return 1;
    const at = this.#state[COUNTER] & (this.#state[TEST] === 1 ? 127 : 63);
    return (this.#data[at >> 3] >> (at & 7)) & 1;
  }

  /** The pin COUNTER OUT: bit 5 of the counter. An empty socket reads as 1. */
  get counterOut(): number {
    return this.#data === undefined ? 1 : (this.#state[COUNTER] >> 5) & 1;
  }
}

import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";

const CONFIGURATION = 0; // $4111; $4112 as written follows
const REPEAT = 2; // $4113
const RATE = 3; // $4114
const IS_FULL = 4; // a byte waits for the one that is sent

/** The word: cycles until the byte that is sent has left, 0 if none is sent. */
const SENDING = 0;

// $4111
const SENDER_ON = 0x02;
const IS_SLOW = 0x04;
const EIGHT_BITS = 0x08;
const TWO_STOP_BITS = 0x10;
const HAS_PARITY = 0x20;

// $4112, read
const SENDER_READY = 0x02;
const SENDER_IDLE = 0x04;

/** Cycles of a bit at 1200 and at 300 baud. */
const BIT_CYCLES = 2048;
const SLOW_BIT_CYCLES = 8192;
/** A start bit, eight bits, parity and two stop bits at 300 baud. */
const MAX_FRAME_CYCLES = 12 * SLOW_BIT_CYCLES;

/**
 * The UART of CPU2. Nothing comes from the line and nobody hears what is sent, but sending takes its time.
 * https://www.nesdev.org/wiki/Famicom_Network_System#CPU2_Known_Registers
 */
export class ModemUart {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;

  /** The state takes five bytes and a word. */
  constructor(bytes: Uint8Array, words: Int32Array) {
    this.#bytes = bytes;
    this.#words = words;
  }

  get rate(): number {
    return this.#bytes[RATE] & 3;
  }

  /** Bits 0–5 of the Famicom's $40D6. Bit 0 has only been seen as 1. */
  get famicomStatus(): number {
    const bytes = this.#bytes;
    const nothingReceived = 0x02;
    const isBusy = this.#isReady ? 0 : 0x04;
    const noBit1Or2 = (bytes[REPEAT] & 0x06) === 0 ? 0x08 : 0;
    const noBit7 = (bytes[REPEAT] & 0x80) === 0 ? 0x10 : 0;
    const noBit6 = (bytes[REPEAT] & 0x40) === 0 ? 0x20 : 0;
    return 1 | nothingReceived | isBusy | noBit1Or2 | noBit7 | noBit6;
  }

  get #isReady(): boolean {
    return (this.#bytes[CONFIGURATION] & SENDER_ON) !== 0 && this.#bytes[IS_FULL] === 0;
  }

  declareState(state: StateCheck): void {
    state.slots("uart.isFull", this.#bytes, FLAG, IS_FULL, 1);
    state.slots("uart.sending", this.#words, range(0, MAX_FRAME_CYCLES), SENDING, 1);
  }

  /** Reads $4110–$4113. A chip without a connection reads $10 in $4113. */
  read(register: number): number {
    if (register === 0) return 0;
    if (register === 1) return this.#bytes[CONFIGURATION];
    if (register === 3) return 0x10;
    return (this.#isReady ? SENDER_READY : 0) | (this.#words[SENDING] === 0 ? SENDER_IDLE : 0);
  }

  /** Writes $4110–$4114. */
  write(register: number, value: number): void {
    if (register !== 0) this.#bytes[CONFIGURATION + register - 1] = value;
    else if (!this.#isReady) return;
    else if (this.#words[SENDING] === 0) this.#words[SENDING] = this.#frameCycles();
    else this.#bytes[IS_FULL] = 1;
  }

  /** Sends for `cycles` cycles of CPU2. */
  run(cycles: number): void {
    const words = this.#words;
    if (words[SENDING] === 0) return;
    words[SENDING] = Math.max(0, words[SENDING] - cycles);
    if (words[SENDING] !== 0 || this.#bytes[IS_FULL] === 0) return;
    this.#bytes[IS_FULL] = 0;
    words[SENDING] = this.#frameCycles();
  }

  #frameCycles(): number {
    const configuration = this.#bytes[CONFIGURATION];
    const has = (bit: number): number => ((configuration & bit) !== 0 ? 1 : 0);
    const bits = 9 + has(EIGHT_BITS) + has(TWO_STOP_BITS) + has(HAS_PARITY);
    return (bits * (has(IS_SLOW) === 1 ? SLOW_BIT_CYCLES : BIT_CYCLES)) >> this.rate;
  }
}

import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";

const SCL = 0;
const SDA = 1;
const OUTPUT = 2;
const PHASE = 3;
const BITS = 4; // number of bits of the current byte so far
const SHIFT = 5;
const ADDRESS = 6;
const READING = 7;

const IDLE = 0;
const DEVICE = 1; // only 24C02
const WORD_ADDRESS = 2;
const WRITE = 3;
const READ = 4;

/**
 * A serial EEPROM: 24C01 (X24C01: address and data least significant bit first, no device byte) or 24C02
 * (I²C: device byte, then address, most significant bit first). The board drives both lines; the chip drives
 * only SDA, low for an acknowledge or a 0. All its state is in `state`.
 * https://www.nesdev.org/wiki/INES_Mapper_016 and https://www.nesdev.org/wiki/INES_Mapper_159
 */
export class SerialEeprom {
  readonly #state: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  readonly #isX24C01: boolean;
  readonly #addressMask: number;

  /** `state` is 8 bytes of the board's registers; contents are `size` (128 or 256) of `bytes` at `offset`. */
  constructor(state: Uint8Array, bytes: Uint8Array, offset: number, size: number) {
    this.#state = state;
    this.#bytes = bytes;
    this.#offset = offset;
    this.#isX24C01 = size === 128;
    this.#addressMask = size - 1;
  }

  powerOn(): void {
    this.#state.fill(0);
    this.#state[OUTPUT] = 1;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck, name: string): void {
    for (const at of [SCL, SDA, OUTPUT, READING]) state.slots(`${name}.line${at}`, this.#state, FLAG, at, 1);
    state.slots(`${name}.phase`, this.#state, range(IDLE, READ), PHASE, 1);
    state.slots(`${name}.bits`, this.#state, range(0, 9), BITS, 1);
    state.slots(`${name}.address`, this.#state, range(0, this.#addressMask), ADDRESS, 1);
  }

  /** The value of SDA: 0 or 1. */
  get output(): number {
    return this.#state[OUTPUT];
  }

  /** Sets both lines, 0 or 1 each. */
  write(scl: number, sda: number): void {
    const state = this.#state;
    const sclWas = state[SCL];
    const sdaWas = state[SDA];
    state[SCL] = scl;
    state[SDA] = sda;
    if (sclWas === 1 && scl === 1 && sda !== sdaWas) {
      if (sda === 0) this.#start();
      else this.#stop();
    } else if (sclWas === 0 && scl === 1) {
      this.#rise(sda);
    } else if (sclWas === 1 && scl === 0) {
      this.#fall();
    }
  }

  #start(): void {
    this.#enter(this.#isX24C01 ? WORD_ADDRESS : DEVICE);
  }

  #stop(): void {
    this.#enter(IDLE);
  }

  #enter(phase: number): void {
    const state = this.#state;
    state[PHASE] = phase;
    state[BITS] = 0;
    state[SHIFT] = 0;
    state[OUTPUT] = 1;
  }

  /** Data is read while SCL rises: eight bits, and at the ninth the receiver's acknowledge. */
  #rise(sda: number): void {
    const state = this.#state;
    if (state[PHASE] === IDLE) return;
    if (state[BITS] < 8) {
      if (state[PHASE] !== READ) state[SHIFT] |= sda << this.#bitPlace(state[BITS]);
      state[BITS]++;
    } else {
      state[BITS] = 9;
      // A reader that does not acknowledge wants no more bytes.
      if (state[PHASE] === READ && sda === 1) state[PHASE] = IDLE;
    }
  }

  /** Outputs change while SCL is low. */
  #fall(): void {
    const state = this.#state;
    if (state[PHASE] === IDLE) {
      state[OUTPUT] = 1;
    } else if (state[BITS] === 8) {
      this.#byteDone();
    } else if (state[BITS] === 9) {
      this.#acknowledged();
    } else if (state[PHASE] === READ) {
      state[OUTPUT] = (state[SHIFT] >> this.#bitPlace(state[BITS])) & 1;
    }
  }

  /** Handles the end of eight bits: as a receiver the chip pulls SDA low, as a sender it releases SDA. */
  #byteDone(): void {
    const state = this.#state;
    const value = state[SHIFT];
    if (state[PHASE] === DEVICE && (value & 0xf0) !== 0xa0) {
      this.#enter(IDLE);
      return;
    }
    if (state[PHASE] === DEVICE) {
      state[READING] = value & 1;
    } else if (state[PHASE] === WORD_ADDRESS) {
      state[ADDRESS] = value & this.#addressMask;
      if (this.#isX24C01) state[READING] = value >> 7;
    } else if (state[PHASE] === WRITE) {
      this.#bytes[this.#offset + state[ADDRESS]] = value;
      state[ADDRESS] = (state[ADDRESS] + 1) & this.#addressMask;
    }
    state[OUTPUT] = state[PHASE] === READ ? 1 : 0;
  }

  /** Handles the end of the ninth clock: the next byte begins. */
  #acknowledged(): void {
    const state = this.#state;
    const reads = state[READING] === 1;
    if (state[PHASE] === DEVICE) this.#enter(reads ? READ : WORD_ADDRESS);
    else if (state[PHASE] === WORD_ADDRESS) this.#enter(this.#isX24C01 && reads ? READ : WRITE);
    else this.#enter(state[PHASE]);
    if (state[PHASE] !== READ) return;
    state[SHIFT] = this.#bytes[this.#offset + state[ADDRESS]];
    state[ADDRESS] = (state[ADDRESS] + 1) & this.#addressMask;
    state[OUTPUT] = (state[SHIFT] >> this.#bitPlace(0)) & 1;
  }

  #bitPlace(bit: number): number {
    return this.#isX24C01 ? bit : 7 - bit;
  }
}

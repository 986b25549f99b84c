import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import type { Chip } from "../../memory.ts";

// State.
const CONFIG = 0; // ......IE: interrupt, enabled
const RECEIVED = 1;
const RECEIVE_PAGE = 2;
const SEND_PAGE = 3;
const WAITING = 4; // number of commands without an answer
const COMMANDS = 5;

const QUEUE_BYTES = 8;
export const RAINBOW_NETWORK_BYTES = COMMANDS + QUEUE_BYTES;

/** Messages are in the last 2 KiB of FPGA RAM, in pages of 256 bytes. */
const MESSAGES = 0x1800;

const FIRMWARE_VERSION = 6;
const RANDOM_BYTE = 16;
const RANDOM_WORD = 18;

/**
 * What the Wi-Fi chip says without a network, by command: the kind of answer and its data. Other commands
 * have no answer. https://github.com/BrokeStudio/rainbow-net/blob/master/rainbow-net.md
 */
const ANSWERS: Readonly<Record<number, readonly number[]>> = {
  0: [0, 0], // ready, without SD card
  1: [1, 0], // debug level
  [FIRMWARE_VERSION]: [2, 1, 0x30],
  9: [4, 1, 1], // the Wi-Fi's network cannot be reached
  10: [5], // no SSID
  11: [6], // no IP address
  12: [7, 0],
  14: [5],
  15: [6],
  [RANDOM_BYTE]: [8],
  [RANDOM_WORD]: [9],
  20: [10, 0], // not connected to a server
  23: [12],
  25: [12],
  31: [14, 0], // no networks found
  32: [14, 0],
  41: [18, 0], // no file is open
  42: [19, 0], // the file does not exist
};

/** Rainbow's Wi-Fi chip without a network: it answers questions and connects to nothing. */
export class RainbowNetwork {
  readonly #state: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #ram: Chip;

  /** `state` is RAINBOW_NETWORK_BYTES of the board's registers; messages are in `ram`. */
  constructor(state: Uint8Array, bytes: Uint8Array, ram: Chip) {
    this.#state = state;
    this.#bytes = bytes;
    this.#ram = ram;
  }

  declareState(state: StateCheck): void {
    state.slots("network.received", this.#state, FLAG, RECEIVED, 1);
    state.slots("network.waiting", this.#state, range(0, QUEUE_BYTES), WAITING, 1);
  }

  reset(): void {
    this.#state[CONFIG] = 0;
  }

  get irq(): boolean {
    return (this.#state[CONFIG] & 2) !== 0 && this.#state[RECEIVED] !== 0;
  }

  /** Reads $4190–$4192. A message is always sent at once. */
  read(register: number): number {
    const state = this.#state;
    if (register === 0) return state[CONFIG];
    return register === 1 ? (state[RECEIVED] << 7) | (state[WAITING] !== 0 ? 0x40 : 0) : 0x80;
  }

  /** Writes $4190–$4194 in `cycle`. */
  write(register: number, value: number, cycle: number): void {
    const state = this.#state;
    if (register === 0) state[CONFIG] = value & 3;
    else if (register === 1) state[RECEIVED] = 0;
    else if (register === 2) this.#send();
    else if (register === 3) state[RECEIVE_PAGE] = value & 7;
    else state[SEND_PAGE] = value & 7;
    if ((state[CONFIG] & 1) !== 0 && state[RECEIVED] === 0 && state[WAITING] !== 0) this.#receive(cycle);
  }

  #send(): void {
    const state = this.#state;
    const command = this.#bytes[this.#page(SEND_PAGE) + 1];
    if ((state[CONFIG] & 1) === 0 || ANSWERS[command] === undefined || state[WAITING] === QUEUE_BYTES) return;
    state[COMMANDS + state[WAITING]] = command;
    state[WAITING]++;
  }

  #receive(cycle: number): void {
    const state = this.#state;
    const command = state[COMMANDS];
    state.copyWithin(COMMANDS, COMMANDS + 1);
    state[WAITING]--;
    state[RECEIVED] = 1;
    const random = Math.imul(cycle + 1, 0x9e3779b1);
    const answer = [...(ANSWERS[command] ?? [0])];
    if (command === RANDOM_BYTE || command === RANDOM_WORD) answer.push(random >>> 24);
    if (command === RANDOM_WORD) answer.push((random >>> 16) & 0xff);
    this.#bytes.set([answer.length, ...answer], this.#page(RECEIVE_PAGE));
  }

  #page(register: number): number {
    return this.#ram.offset + MESSAGES + (this.#state[register] << 8);
  }
}

import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import type { BoardParts } from "../../board.ts";

/** Number of bytes of a board's registers for the state of a `MicrowireEeprom`. */
const MICROWIRE_STATE_BYTES = 9;

/** The sizes of the chips, in the order of their numbers. */
type EepromBytes = 128 | 256 | 512;

const CLOCK = 0;
const PHASE = 1;
const BITS = 2; // number of bits of the command or word so far
const OUTPUT = 3;
const WRITABLE = 4;
const ADDRESS = 5; // two bytes: opcode and address, low byte first
const DATA = 7; // two bytes

const IDLE = 0;
const COMMAND = 1;
const READ = 2;
const WRITE = 3;
const WRITE_ALL = 4;
const DONE = 5;

const OPCODE_BITS = 2;
const OPCODE_OTHER = 0;
const OPCODE_WRITE = 1;
const OPCODE_READ = 2;

/**
 * A 93C46, 93C56 or 93C66, a serial EEPROM with a Microwire interface: a start bit, two bits of opcode, an
 * address and a word, most significant bit first, each taken at a rise of the clock. Writes take no time
 * here. Words of 16 bits are stored low byte first.
 * https://www.nesdev.org/wiki/INES_Mapper_164 and Microchip's data sheets DS21749 and DS21794
 */
export class MicrowireEeprom {
  readonly #state: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  readonly #wordBytes: 1 | 2;
  readonly #words: number;
  readonly #addressBits: number;

  /**
   * `state` is MICROWIRE_STATE_BYTES of the board's registers; the contents are `size` of `bytes` at
   * `offset`. `wordBytes` is selected by the chip's pin ORG.
   */
  constructor(state: Uint8Array, bytes: Uint8Array, offset: number, size: EepromBytes, wordBytes: 1 | 2) {
    this.#state = state;
    this.#bytes = bytes;
    this.#offset = offset;
    this.#wordBytes = wordBytes;
    this.#words = size / wordBytes;
    this.#addressBits = (size > 128 ? 10 : 8) - wordBytes;
  }

  powerOn(): void {
    this.#state.fill(0);
    this.#state[OUTPUT] = 1;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    for (const at of [CLOCK, OUTPUT, WRITABLE]) state.slots(`eeprom.line${at}`, this.#state, FLAG, at, 1);
    state.slots("eeprom.phase", this.#state, range(IDLE, DONE), PHASE, 1);
    state.slots("eeprom.bits", this.#state, range(0, 15), BITS, 1);
  }

  /** The value of the output, 0 or 1. */
  get output(): number {
    return this.#state[OUTPUT];
  }

  /** Sets the inputs, 0 or 1 each. */
  write(select: number, clock: number, data: number): void {
    const state = this.#state;
    const rises = clock > state[CLOCK];
    state[CLOCK] = clock;
    if (select === 0) {
      state[PHASE] = IDLE;
      state[OUTPUT] = 1;
    } else if (rises) this.#clock(data);
  }

  #clock(data: number): void {
    const state = this.#state;
    switch (state[PHASE]) {
      case IDLE:
        if (data === 1) this.#enter(COMMAND);
        break;
      case COMMAND:
        this.#shift(ADDRESS, data);
        if (++state[BITS] === OPCODE_BITS + this.#addressBits) this.#decode();
        break;
      case READ:
        this.#readBit();
        break;
      case WRITE:
      case WRITE_ALL:
        this.#shift(DATA, data);
        if (++state[BITS] === 8 * this.#wordBytes) this.#program();
        break;
      default: // Further clocks have no effect until the chip is deselected.
    }
  }

  #enter(phase: number): void {
    const state = this.#state;
    state[PHASE] = phase;
    state[BITS] = 0;
    if (phase === COMMAND) state.fill(0, ADDRESS, MICROWIRE_STATE_BYTES);
  }

  #shift(at: number, bit: number): void {
    const state = this.#state;
    const word = (this.#word(at) << 1) | bit;
    state[at] = word & 0xff;
    state[at + 1] = (word >> 8) & 0xff;
  }

  #decode(): void {
    const state = this.#state;
    const command = this.#word(ADDRESS);
    const opcode = (command >> this.#addressBits) & 3;
    if (opcode === OPCODE_READ) {
      this.#enter(READ);
      state[OUTPUT] = 0;
    } else if (opcode === OPCODE_WRITE) this.#enter(WRITE);
    else if (opcode === OPCODE_OTHER) this.#decodeOther((command >> (this.#addressBits - 2)) & 3);
    else this.#store(this.#at(), 0xffff);
  }

  /** The commands without an address: the two highest address bits name them. */
  #decodeOther(which: number): void {
    if (which === 1) this.#enter(WRITE_ALL);
    else if (which === 2) this.#storeAll(0xffff);
    else {
      this.#state[WRITABLE] = which === 3 ? 1 : 0;
      this.#enter(DONE);
    }
  }

  /** Reading goes on with the next word for as long as the clock runs. */
  #readBit(): void {
    const state = this.#state;
    const wordBits = 8 * this.#wordBytes;
    const place = wordBits - 1 - state[BITS];
    const byte = this.#bytes[this.#offset + this.#at() * this.#wordBytes + (place >> 3)];
    state[OUTPUT] = (byte >> (place & 7)) & 1;
    state[BITS] = (state[BITS] + 1) % wordBits;
    if (state[BITS] !== 0) return;
    const next = this.#at() + 1;
    state[ADDRESS] = next & 0xff;
    state[ADDRESS + 1] = next >> 8;
  }

  #program(): void {
    const word = this.#word(DATA);
    if (this.#state[PHASE] === WRITE_ALL) this.#storeAll(word);
    else this.#store(this.#at(), word);
  }

  #storeAll(word: number): void {
    for (let at = 0; at < this.#words; at++) this.#store(at, word);
  }

  #store(at: number, word: number): void {
    if (this.#state[WRITABLE] !== 0) {
      const start = this.#offset + at * this.#wordBytes;
      this.#bytes[start] = word & 0xff;
      if (this.#wordBytes === 2) this.#bytes[start + 1] = word >> 8;
    }
    this.#enter(DONE);
    this.#state[OUTPUT] = 1;
  }

  /** The addressed word. Small chips do not use the highest address bit. */
  #at(): number {
    return this.#word(ADDRESS) & (this.#words - 1);
  }

  #word(at: number): number {
    return this.#state[at] | (this.#state[at + 1] << 8);
  }
}

/**
 * The EEPROM of a board on which the header has `size` bytes of non-volatile RAM, or undefined for any other
 * header. Its state begins at register `at`, its contents follow the volatile RAM.
 */
export function microwireEeprom(
  { image, memory, registers }: BoardParts,
  at: number,
  size: EepromBytes,
  wordBytes: 1 | 2,
): MicrowireEeprom | undefined {
  if (image.prgNvramBytes !== size) return undefined;
  const state = registers.subarray(at, at + MICROWIRE_STATE_BYTES);
  const start = memory.prgRam.offset + image.prgRamBytes;
  return new MicrowireEeprom(state, memory.bytes, start, size, wordBytes);
}

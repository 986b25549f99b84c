import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";
import type { DeviceParts, PortDevice } from "./devices.ts";

const BANK_BYTES = 0x2000;
const BANK_BITS = 8 * BANK_BYTES;
const POSITION = 0;
const OUT = 1;

const OUT_DATA = 1;
const OUT_RUN = 2;
const OUT_CLOCK = 4;

/** Byte of the data with the bank, and that with the switch. */
const BANK = 0;
const SWITCHES = 1;
const PROTECTED = 1;

/**
 * ASCII's Turbo File, 8 KiB of RAM with a battery, read and written bit by bit: OUT1 low goes back to the
 * first bit, a fall of OUT2 writes OUT0 and goes on to the next one. $4017 has the current bit on D2. The
 * Turbo File II has four banks, which are selected by hand. Both have a switch that protects the contents.
 * https://www.nesdev.org/wiki/Turbo_File; the lines are those of Mesen.
 */
export class TurboFile implements PortDevice {
  readonly usesInputAtWrites = true;
  readonly #data: Uint8Array;
  readonly #state: Int32Array;
  readonly #memory: Uint8Array;

  constructor({ data, state, memory }: DeviceParts) {
    this.#data = data;
    this.#state = state;
    this.#memory = memory;
  }

  write(out: number): void {
    const state = this.#state;
    if ((out & OUT_RUN) === 0) state[POSITION] = 0;
    if ((state[OUT] & OUT_CLOCK) !== 0 && (out & OUT_CLOCK) === 0) {
      const mask = 1 << (state[POSITION] & 7);
      const at = this.#place();
      if ((this.#data[SWITCHES] & PROTECTED) === 0) {
        this.#memory[at] = (out & OUT_DATA) !== 0 ? this.#memory[at] | mask : this.#memory[at] & ~mask;
      }
      state[POSITION] = (state[POSITION] + 1) % BANK_BITS;
    }
    state[OUT] = out;
  }

  /** The byte of the current bit. */
  #place(): number {
    const at = (this.#data[BANK] & 3) * BANK_BYTES + (this.#state[POSITION] >> 3);
    return at % this.#memory.length;
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.position`, this.#state, range(0, BANK_BITS - 1), POSITION, 1);
    state.slots(`${name}.out`, this.#state, range(0, 7), OUT, 1);
  }

  read(register: number): number {
    if (register === 0) return 0;
    return ((this.#memory[this.#place()] >> (this.#state[POSITION] & 7)) & 1) << 2;
  }
}

/** State words of the Battle Box: its lines, the mode and address, the bits so far, and their number. */
const LINES = 0;
const MODE = 1;
const INPUT = 2;
const BITS = 3;

/** Bits of LINES. */
const CLOCK = 1;
const DATA_LINE = 2;
const SECOND_CHIP = 4;
const WRITABLE = 8;

/** MODE holds the address of a word and, above it, what happens to that word. */
const ADDRESS = 0x7f;
const READING = 0x80;
const WRITING = 0x100;

const WORD_BITS = 16;
const CHIP_WORDS = 128;

/** The upper seven bits of a command word, inverted. */
const COMMAND_READ = 0x01;
const COMMAND_WRITE = 0x06;
const COMMAND_ENABLE = 0x09;
const COMMAND_DISABLE = 0x0b;
const COMMAND_ERASE = 0x0c;

/**
 * IGS's Battle Box: two serial EEPROMs of 128 words. A rise of OUT0 clocks the chip that is selected. Each
 * read of $4017 toggles the data line, which the program sees on D4, so that it can set it; D3 is the chip's
 * bit. A read while OUT0 is high selects the other chip and begins a new word. Words are sent lowest bit
 * first: seven bits of address, then the command.
 * https://www.nesdev.org/wiki/Battle_Box; the commands and the polarity of D3 are those of Mesen.
 */
export class BattleBox implements PortDevice {
  readonly #state: Int32Array;
  readonly #memory: Uint8Array;

  constructor({ state, memory }: DeviceParts) {
    this.#state = state;
    this.#memory = memory;
  }

  write(out: number): void {
    const state = this.#state;
    const isRise = (out & CLOCK) !== 0 && (state[LINES] & CLOCK) === 0;
    state[LINES] = (state[LINES] & ~CLOCK) | (out & CLOCK);
    if (!isRise) return;
    const bit = (state[LINES] & DATA_LINE) !== 0 ? 1 : 0;
    state[INPUT] = (state[INPUT] & ~(1 << state[BITS])) | (bit << state[BITS]);
    state[BITS]++;
    if (state[BITS] < WORD_BITS) return;
    state[BITS] = 0;
    if ((state[MODE] & WRITING) !== 0) this.#store(state[INPUT]);
    else this.#command(state[INPUT]);
  }

  #store(word: number): void {
    const at = this.#place();
    this.#memory[at] = word & 0xff;
    this.#memory[at + 1] = word >> 8;
    this.#state[MODE] &= ~WRITING;
  }

  #command(word: number): void {
    const state = this.#state;
    const address = word & ADDRESS;
    const isWritable = (state[LINES] & WRITABLE) !== 0;
    state[MODE] &= ADDRESS;
    switch (((word >> 8) & 0x7f) ^ 0x7f) {
      case COMMAND_READ:
        state[MODE] = address | READING;
        break;
      case COMMAND_WRITE:
        if (isWritable) state[MODE] = address | WRITING;
        break;
      case COMMAND_ERASE:
        if (isWritable) this.#memory.fill(0);
        break;
      case COMMAND_ENABLE:
        state[LINES] |= WRITABLE;
        break;
      case COMMAND_DISABLE:
        state[LINES] &= ~WRITABLE;
        break;
    }
  }

  /** The low byte of the addressed word. */
  #place(): number {
    const chip = (this.#state[LINES] & SECOND_CHIP) !== 0 ? CHIP_WORDS : 0;
    return 2 * (chip + (this.#state[MODE] & ADDRESS));
  }

  load(): void {}

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.lines`, this.#state, range(0, 0xf), LINES, 1);
    state.slots(`${name}.mode`, this.#state, range(0, ADDRESS | READING | WRITING), MODE, 1);
    state.slots(`${name}.input`, this.#state, range(0, 0xffff), INPUT, 1);
    state.slots(`${name}.bits`, this.#state, range(0, WORD_BITS - 1), BITS, 1);
  }

  read(register: number): number {
    if (register === 0) return 0;
    const state = this.#state;
    if ((state[LINES] & CLOCK) !== 0) {
      state[LINES] ^= SECOND_CHIP;
      state[INPUT] = 0;
      state[BITS] = 0;
    }
    state[LINES] ^= DATA_LINE;
    const line = (state[LINES] & DATA_LINE) !== 0 ? 0x10 : 0;
    if ((state[MODE] & READING) === 0) return line;
    const at = this.#place();
    const word = this.#memory[at] | (this.#memory[at + 1] << 8);
    return line | (((word >> state[BITS]) & 1) << 3);
  }
}

const TAPE_POSITION = 0;
const TAPE_CYCLE = 1;
const TAPE_OUT = 2;
const TAPE_REMAINDER = 3;

/** CPU cycles per bit of the tape: 20 kHz, which is enough for tones of several kHz. */
export const TAPE_CYCLES_PER_BIT = 88;
/** The byte of the data with PLAY, RECORD and REWIND, after the rows of the keyboard. */
export const TAPE_BUTTONS_BYTE = 12;
const PLAY = 1;
const RECORD = 2;
const REWIND = 4;

const TAPE_AUDIO = 2;

/**
 * The Data Recorder at the Family BASIC keyboard. While RECORD is down, the tape takes OUT0; while PLAY is
 * down, it returns the same level on D1 of $4016, unless OUT2 is low. The tape moves while either is down and
 * stops at its end. A real tape returns a filtered signal, which the comparator makes square again: the wiki
 * recommends to return what was recorded. https://www.nesdev.org/wiki/Family_BASIC_Data_Recorder
 */
export class DataRecorder implements PortDevice {
  readonly #data: Uint8Array;
  readonly #state: Int32Array;
  readonly #tape: Uint8Array;

  constructor({ data, state, memory }: DeviceParts) {
    this.#data = data;
    this.#state = state;
    this.#tape = memory;
  }

  write(out: number, cycle: number): void {
    this.#moveTo(cycle);
    this.#state[TAPE_OUT] = out;
  }

  load(): void {}

  read(register: number, cycle: number): number {
    if (register !== 0) return 0;
    this.#moveTo(cycle);
    const position = this.#state[TAPE_POSITION];
    const isHeard = (this.#data[TAPE_BUTTONS_BYTE] & (PLAY | RECORD)) === PLAY;
    if (!isHeard || (this.#state[TAPE_OUT] & OUT_CLOCK) === 0 || position >= 8 * this.#tape.length) return 0;
    return ((this.#tape[position >> 3] >> (position & 7)) & 1) * TAPE_AUDIO;
  }

  rebase(cycles: number): void {
    this.#moveTo(cycles);
    this.#state[TAPE_CYCLE] = 0;
  }

  /** Moves the tape up to `cycle` of this frame, with the buttons of this frame. */
  #moveTo(cycle: number): void {
    const state = this.#state;
    const elapsed = cycle - state[TAPE_CYCLE];
    if (elapsed <= 0) return;
    state[TAPE_CYCLE] = cycle;
    const buttons = this.#data[TAPE_BUTTONS_BYTE];
    if ((buttons & REWIND) !== 0) {
      state[TAPE_POSITION] = 0;
      state[TAPE_REMAINDER] = 0;
    } else if ((buttons & (PLAY | RECORD)) !== 0) {
      const total = state[TAPE_REMAINDER] + elapsed;
      state[TAPE_REMAINDER] = total % TAPE_CYCLES_PER_BIT;
      const end = Math.min(
        state[TAPE_POSITION] + Math.floor(total / TAPE_CYCLES_PER_BIT),
        8 * this.#tape.length,
      );
      if ((buttons & RECORD) !== 0) this.#record(end);
      state[TAPE_POSITION] = end;
    }
  }

  #record(end: number): void {
    const level = this.#state[TAPE_OUT] & OUT_DATA;
    for (let at = this.#state[TAPE_POSITION]; at < end; at++) {
      const mask = 1 << (at & 7);
      this.#tape[at >> 3] = level === 1 ? this.#tape[at >> 3] | mask : this.#tape[at >> 3] & ~mask;
    }
  }

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.tape`, this.#state, range(0, 8 * this.#tape.length), TAPE_POSITION, 1);
    state.slots(`${name}.tapeCycle`, this.#state, range(0, 2 ** 20), TAPE_CYCLE, 1);
    state.slots(`${name}.tapeOut`, this.#state, range(0, 7), TAPE_OUT, 1);
    state.slots(`${name}.tapeRemainder`, this.#state, range(0, TAPE_CYCLES_PER_BIT - 1), TAPE_REMAINDER, 1);
  }
}

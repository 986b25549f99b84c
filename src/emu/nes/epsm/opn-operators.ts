import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";
import {
  detuneBy,
  INCREMENTS,
  keyCodeOf,
  MAX_ATTENUATION,
  OUTPUTS,
  SINE,
  SINE_SIGN,
  stepShift,
  vibrato,
} from "./opn-tables.ts";

export const FM_CHANNELS = 6;
/** Operators of a channel are in the order of their registers: first, third, second, fourth. */
export const OPERATOR_SLOTS = 4;
export const THIRD = 1;
export const SECOND = 2;
export const FOURTH = 3;
const OPERATORS = FM_CHANNELS * OPERATOR_SLOTS;

/** Registers of the second bank, for channels 4 to 6, are this far behind those of the first. */
export const BANK_BYTES = 0x100;

// Words: each operator's phase and attenuation.
const PHASES = 0;
const LEVELS = PHASES + OPERATORS;
export const OPERATOR_WORDS = LEVELS + OPERATORS;

// Bytes: both banks of registers, then each operator's envelope.
const STATES = 2 * BANK_BYTES;
const KEYS = STATES + OPERATORS;
const INVERTED = KEYS + OPERATORS;
export const OPERATOR_BYTES = INVERTED + OPERATORS;

// Registers of operators.
const DETUNE_MULTIPLE = 0x30;
const TOTAL_LEVEL = 0x40;
const SCALE_ATTACK = 0x50;
const TREMOLO_DECAY = 0x60;
const SUSTAIN_RATE = 0x70;
const LEVEL_RELEASE = 0x80;
const SSG_SHAPE = 0x90; // EASH: enabled, attack (starts inverted), alternate, hold

// Envelope states, in the order of their rates.
const ATTACK = 0;
const DECAY = 1;
const SUSTAIN = 2;
const RELEASE = 3;
const RATES = 4;

/** At this rate and above, an attack takes no time. */
const INSTANT_RATE = 62;
/** Half of the envelope's range, where SSG-type envelopes turn. */
const SSG_TURN = 0x200;
const PHASE_MASK = 0xfffff;

/** The operators of an OPN. An operator is its channel × OPERATOR_SLOTS + slot. */
export class OpnOperators {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  /** Where the registers of each operator begin; add the number of the register. */
  readonly #registers = Uint16Array.from(
    { length: OPERATORS },
    (_, operator) => registerOf(operator >> 2, 0) + (operator & 3) * 4,
  );
  // Derived from the registers. Vibrato changes the steps with each sample.
  readonly #pitches = new Uint16Array(OPERATORS);
  readonly #detunes = new Int8Array(OPERATORS);
  readonly #steps = new Int32Array(OPERATORS);
  readonly #rates = new Uint8Array(OPERATORS * RATES);
  readonly #sustainLevels = new Uint16Array(OPERATORS);
  readonly #totalLevels = new Uint16Array(OPERATORS);

  /** `words` begin with OPERATOR_WORDS; `bytes` with the registers and what else OPERATOR_BYTES hold. */
  constructor(words: Int32Array, bytes: Uint8Array) {
    this.#words = words;
    this.#bytes = bytes;
  }

  powerOn(): void {
    this.#words.fill(MAX_ATTENUATION, LEVELS, LEVELS + OPERATORS);
    this.#bytes.fill(RELEASE, STATES, STATES + OPERATORS);
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("epsm.phases", this.#words, range(0, PHASE_MASK), PHASES, OPERATORS);
    state.slots("epsm.levels", this.#words, range(0, MAX_ATTENUATION), LEVELS, OPERATORS);
    state.slots("epsm.envelopes", this.#bytes, range(ATTACK, RELEASE), STATES, OPERATORS);
    state.slots("epsm.keys", this.#bytes, FLAG, KEYS, OPERATORS);
    state.slots("epsm.inverted", this.#bytes, FLAG, INVERTED, OPERATORS);
  }

  /** Computes what follows from an operator's registers and its pitch: 3 bits of block, 11 of frequency. */
  derive(operator: number, pitch: number): void {
    const frequency = pitch & 0x7ff;
    const keyCode = keyCodeOf(pitch >> 11, frequency);
    this.#pitches[operator] = pitch;
    this.#detunes[operator] = detuneBy((this.#register(operator, DETUNE_MULTIPLE) >> 4) & 7, keyCode);
    this.#steps[operator] = this.#step(operator, 0);
    this.#totalLevels[operator] = (this.#register(operator, TOTAL_LEVEL) & 0x7f) << 3;
    const end = this.#register(operator, LEVEL_RELEASE);
    const sustain = end >> 4;
    this.#sustainLevels[operator] = (sustain === 15 ? 31 : sustain) << 5;
    const attack = this.#register(operator, SCALE_ATTACK);
    const scale = keyCode >> (3 - (attack >> 6));
    const rates = operator * RATES;
    this.#rates[rates + ATTACK] = scaled((attack & 0x1f) * 2, scale);
    this.#rates[rates + DECAY] = scaled((this.#register(operator, TREMOLO_DECAY) & 0x1f) * 2, scale);
    this.#rates[rates + SUSTAIN] = scaled((this.#register(operator, SUSTAIN_RATE) & 0x1f) * 2, scale);
    this.#rates[rates + RELEASE] = scaled((end & 0x0f) * 4 + 2, scale);
  }

  /** Presses (1) or releases (0) the key. */
  setKey(operator: number, isDown: number): void {
    const bytes = this.#bytes;
    if (bytes[KEYS + operator] === isDown) return;
    bytes[KEYS + operator] = isDown;
    if (isDown === 1) {
      bytes[INVERTED + operator] = (this.#register(operator, SSG_SHAPE) & 0x0c) === 0x0c ? 1 : 0;
      this.#words[PHASES + operator] = 0;
      this.#attack(operator);
      return;
    }
    // An inverted envelope goes on from the level at which it is heard.
    if (bytes[INVERTED + operator] === 1)
      this.#words[LEVELS + operator] = (SSG_TURN - this.#words[LEVELS + operator]) & MAX_ATTENUATION;
    bytes[INVERTED + operator] = 0;
    bytes[STATES + operator] = RELEASE;
  }

  /** Returns false if the operator has faded until its key is pressed again. */
  mayBeHeard(operator: number): boolean {
    const state = this.#bytes[STATES + operator];
    if (this.#words[LEVELS + operator] < MAX_ATTENUATION || state === ATTACK) return true;
    return state !== RELEASE && (this.#register(operator, SSG_SHAPE) & 8) !== 0;
  }

  /**
   * Advances an operator by a sample. `counter` is the envelopes' counter if it has just counted, else −1.
   * `lfoStep` bends the pitch, by the sensitivity PMS.
   */
  advance(operator: number, counter: number, lfoStep: number, sensitivity: number): void {
    if ((this.#register(operator, SSG_SHAPE) & 8) !== 0) this.#turnSsgEnvelope(operator);
    else this.#bytes[INVERTED + operator] = 0;
    if (counter >= 0) this.#advanceEnvelope(operator, counter);
    const step =
      sensitivity === 0
        ? this.#steps[operator]
        : this.#step(operator, vibrato(lfoStep, sensitivity, this.#pitches[operator] & 0x7ff));
    this.#words[PHASES + operator] = (this.#words[PHASES + operator] + step) & PHASE_MASK;
  }

  /** The output, ±8,168, at the operator's phase, modulated by `bend`; `fade` is the tremolo. */
  output(operator: number, bend: number, fade: number): number {
    return this.#sine((this.#words[PHASES + operator] >> 10) + bend, this.attenuation(operator, fade));
  }

  /** The output in place of `output` when an operator with a multiple of 1 is at the phase `at` (10 bits). */
  outputAt(operator: number, at: number, bend: number, fade: number): number {
    const multiple = this.#register(operator, DETUNE_MULTIPLE) & 0x0f;
    const phase = multiple === 0 ? at >> 1 : at * multiple;
    return this.#sine(phase + bend, this.attenuation(operator, fade));
  }

  /** The attenuation of an operator: envelope, total level and tremolo. */
  attenuation(operator: number, fade: number): number {
    const level = this.#words[LEVELS + operator];
    const envelope = this.#bytes[INVERTED + operator] === 0 ? level : (SSG_TURN - level) & MAX_ATTENUATION;
    const hasTremolo = fade !== 0 && (this.#register(operator, TREMOLO_DECAY) & 0x80) !== 0;
    return Math.min(MAX_ATTENUATION, envelope + this.#totalLevels[operator] + (hasTremolo ? fade : 0));
  }

  #register(operator: number, register: number): number {
    return this.#bytes[this.#registers[operator] + register];
  }

  #sine(phase: number, attenuation: number): number {
    const sine = SINE[phase & 0x3ff];
    const output = OUTPUTS[(sine & ~SINE_SIGN) + (attenuation << 2)];
    return (sine & SINE_SIGN) !== 0 ? -output : output;
  }

  /** How far the phase (20 bits) moves in a sample; `bend` changes twice the frequency number. */
  #step(operator: number, bend: number): number {
    const pitch = this.#pitches[operator];
    const base = ((((pitch & 0x7ff) * 2 + bend) & 0xfff) << (pitch >> 11)) >> 2;
    const detuned = (base + this.#detunes[operator]) & 0x1ffff;
    const multiple = this.#register(operator, DETUNE_MULTIPLE) & 0x0f;
    return multiple === 0 ? detuned >> 1 : detuned * multiple;
  }

  #attack(operator: number): void {
    this.#bytes[STATES + operator] = ATTACK;
    if (this.#rates[operator * RATES + ATTACK] >= INSTANT_RATE) this.#words[LEVELS + operator] = 0;
  }

  #advanceEnvelope(operator: number, counter: number): void {
    const words = this.#words;
    const bytes = this.#bytes;
    const level = words[LEVELS + operator];
    if (bytes[STATES + operator] === ATTACK && level === 0) bytes[STATES + operator] = DECAY;
    if (bytes[STATES + operator] === DECAY && level >= this.#sustainLevels[operator])
      bytes[STATES + operator] = SUSTAIN;
    const state = bytes[STATES + operator];
    const rate = this.#rates[operator * RATES + state];
    const shift = stepShift(rate);
    if ((counter & ((1 << shift) - 1)) !== 0) return;
    const by = INCREMENTS[(rate << 3) | ((counter >> shift) & 7)];
    if (state === ATTACK) {
      if (rate < INSTANT_RATE) words[LEVELS + operator] = level + ((~level * by) >> 4);
    } else if ((this.#register(operator, SSG_SHAPE) & 8) === 0) {
      words[LEVELS + operator] = Math.min(MAX_ATTENUATION, level + by);
    } else if (level < SSG_TURN) {
      words[LEVELS + operator] = level + 4 * by;
    }
  }

  /** At half of its range, an SSG-type envelope holds, repeats or turns round. */
  #turnSsgEnvelope(operator: number): void {
    const words = this.#words;
    const bytes = this.#bytes;
    if (words[LEVELS + operator] < SSG_TURN) return;
    const shape = this.#register(operator, SSG_SHAPE);
    const state = bytes[STATES + operator];
    const alternates = (shape >> 1) & 1;
    if ((shape & 1) !== 0) {
      bytes[INVERTED + operator] = ((shape >> 2) & 1) ^ alternates;
      if (state !== ATTACK)
        words[LEVELS + operator] = bytes[INVERTED + operator] === 1 ? SSG_TURN : MAX_ATTENUATION;
    } else {
      bytes[INVERTED + operator] ^= alternates;
      if (alternates === 0) words[PHASES + operator] = 0;
      if (state === DECAY || state === SUSTAIN) this.#attack(operator);
    }
    if (state === RELEASE) {
      words[LEVELS + operator] = MAX_ATTENUATION;
      bytes[INVERTED + operator] = 0;
    }
  }
}

/** Where a channel's register is: the number is that of channel 1. */
export function registerOf(channel: number, register: number): number {
  return register + (channel < 3 ? channel : BANK_BYTES + channel - 3);
}

/** An envelope's rate with key scaling: 0 stands still. */
function scaled(rate: number, scale: number): number {
  return rate === 0 ? 0 : Math.min(63, rate + scale);
}

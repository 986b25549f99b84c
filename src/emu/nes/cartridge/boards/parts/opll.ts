import { type ChannelReadings, type SoundChip, WAVE_SAMPLES } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, INT32, range } from "../../../../state-fields.ts";
import type { LevelSink } from "../../board.ts";
import {
  attack,
  decay,
  ENVELOPE_END,
  ENVELOPE_MUTE,
  keyScaleLevel,
  MULTIPLIERS,
  operatorOutput,
  VIBRATO,
} from "./opll-operator.ts";

/** Bytes of RAM for the state of an `Opll`: words first, then registers and envelopes. */
export const OPLL_BYTES = 512;
/** From the lowest to the highest output of a channel. */
export const OPLL_SWING = 4084;

const CHANNELS = 6;
/** Operator 2n modulates operator 2n + 1 of channel n. */
const OPERATORS = 12;

// Words: each operator's phase and last two outputs, then the chip's counters.
const PHASES = 0;
const OUTPUTS = 12;
const OLDER_OUTPUTS = 24;
const COUNTER = 36;
/** The first word that is free for subclasses. */
export const OPLL_FREE_WORD = 37;

// Bytes: the chip's 64 registers, the selected one, then each operator's envelope.
export const REGISTERS = 160;
const SELECTED = 224;
export const LEVELS = 228;
export const STATES = 240;
const KEYS = 252; // which channels' keys are down, one byte each

// Envelope states.
export const RELEASE = 0;
export const DAMP = 1; // a key is down, but the last note must fade first
const ATTACK = 2;
const DECAY = 3;
const SUSTAIN = 4;

const DAMP_RATE = 12;
export const RELEASE_SUSTAINED = 5;
const RELEASE_PERCUSSIVE = 7;

/** One sample each 36 cycles: 49,716 a second. */
export const CYCLES_PER_SAMPLE = 36;
const SAMPLES_HZ = 49_716;

const PHASE_MASK = 0x7ffff;
/** A bound of each operator's output, which is at most 2 × 2,047. */
const MAX_OUTPUT = 4096;
const TREMOLO_STEPS = 210;

/**
 * Six channels of an OPLL (YM2413, VRC7), of two operators each. All channels' outputs are computed at the
 * same time here; the chip computes them one after the other. https://www.nesdev.org/wiki/VRC7_audio
 */
export class Opll implements SoundChip {
  readonly channels: readonly string[];
  muted = 0;
  protected readonly bytes: Uint8Array;
  protected readonly words: Int32Array;
  readonly #unit: number;
  readonly #patches: readonly (readonly number[])[];

  /**
   * `bytes` are OPLL_BYTES, aligned to 4; `unit` is the level of one step of a channel's output (±2,042).
   * `patches` are the instruments from 1 on, eight bytes each; the program defines instrument 0.
   */
  constructor(
    bytes: Uint8Array,
    unit: number,
    patches: readonly (readonly number[])[],
    channels: number = CHANNELS,
  ) {
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer, bytes.byteOffset, OPLL_FREE_WORD);
    this.#unit = unit;
    this.#patches = patches;
    this.channels = Array.from({ length: channels }, (_, channel) => `VRC7 ${channel + 1}`);
  }

  powerOn(): void {
    this.bytes.fill(ENVELOPE_MUTE, LEVELS, LEVELS + OPERATORS);
  }

  /** Declares the valid values of a state. The counter of samples wraps. */
  declareState(state: StateCheck): void {
    state.slots("sound.phases", this.words, range(0, PHASE_MASK), PHASES, OPERATORS);
    state.slots("sound.outputs", this.words, range(-MAX_OUTPUT, MAX_OUTPUT), OUTPUTS, 2 * OPERATORS);
    state.slots("sound.counter", this.words, INT32, COUNTER, 1);
    state.slots("sound.selected", this.bytes, range(0, 0x3f), SELECTED, 1);
    state.slots("sound.levels", this.bytes, range(0, ENVELOPE_MUTE), LEVELS, OPERATORS);
    state.slots("sound.envelopes", this.bytes, range(RELEASE, SUSTAIN), STATES, OPERATORS);
    state.slots("sound.keys", this.bytes, FLAG, KEYS, CHANNELS);
  }

  /** Selects a register. */
  select(value: number): void {
    this.bytes[SELECTED] = value & 0x3f;
  }

  /** Writes the selected register. */
  write(value: number): void {
    const bytes = this.bytes;
    const register = bytes[SELECTED];
    bytes[REGISTERS + register] = value;
    const channel = register & 0x0f;
    if ((register & 0x30) === 0x20 && channel < this.channels.length)
      this.writeKey(channel, (value >> 4) & 1);
  }

  /** Computes one sample, at `cycle`. */
  sample(cycle: number, sink: LevelSink): void {
    const words = this.words;
    const counter = ++words[COUNTER];
    let sum = 0;
    let heard = 0;
    for (let channel = 0; channel < this.channels.length; channel++) {
      this.advance(channel, counter);
      const output = this.channelOutput(channel, counter) >> 1;
      sum += output;
      if (((this.muted >> channel) & 1) === 0) heard += output;
    }
    sink.setExpansionLevel(cycle, Math.round(sum * this.#unit), Math.round(heard * this.#unit));
  }

  /** The waveform is that of the operators' present levels, without feedback. */
  readChannels(into: ChannelReadings, first: number): void {
    const counter = this.words[COUNTER];
    for (let channel = 0; channel < this.channels.length; channel++) {
      const at = first + channel;
      const carrier = channel * 2 + 1;
      const attenuation = this.bytes[LEVELS + carrier] + (this.bytes[REGISTERS + 0x30 + channel] & 0x0f) * 8;
      const isOn = this.bytes[LEVELS + carrier] < ENVELOPE_END;
      const hertz = (SAMPLES_HZ * (this.#frequency(channel) << this.#octave(channel))) / 2 ** 19;
      into.set(at, hertz, isOn ? 1 - attenuation / ENVELOPE_END : 0);
      // Multipliers are in halves; a period is 1,024 steps.
      const modulatorStep = (MULTIPLIERS[this.patch(channel, 0) & 0x0f] * 512) / WAVE_SAMPLES;
      const carrierStep = (MULTIPLIERS[this.patch(channel, 1) & 0x0f] * 512) / WAVE_SAMPLES;
      const peak = Math.max(1, operatorOutput(256, false, this.#attenuation(channel, carrier, counter)));
      for (let i = 0; i < WAVE_SAMPLES; i++) {
        const bend = this.outputAt(channel, carrier - 1, Math.floor(i * modulatorStep), counter);
        const value = this.outputAt(channel, carrier, Math.floor(i * carrierStep) + (bend & ~1), counter);
        into.setWave(at, i, Math.max(0, Math.min(1, 0.5 + value / peak / 2)));
      }
    }
  }

  protected writeKey(channel: number, down: number): void {
    const bytes = this.bytes;
    if (bytes[KEYS + channel] === down) return;
    bytes[KEYS + channel] = down;
    bytes.fill(down === 1 ? DAMP : RELEASE, STATES + channel * 2, STATES + channel * 2 + 2);
  }

  /** Advances the envelopes and phases of both operators. */
  protected advance(channel: number, counter: number): void {
    const bytes = this.bytes;
    for (let operator = channel * 2; operator < channel * 2 + 2; operator++) {
      this.advanceEnvelope(channel, operator, counter);
      this.advancePhase(channel, operator, counter);
    }
    const carrier = channel * 2 + 1;
    if (bytes[STATES + carrier] === DAMP && bytes[LEVELS + carrier] >= ENVELOPE_END) {
      this.start(channel, carrier - 1);
      this.start(channel, carrier);
    }
  }

  protected start(channel: number, operator: number): void {
    const bytes = this.bytes;
    const rate = this.patch(channel, 4 + (operator & 1)) >> 4;
    const instant = rate * 4 + this.#rateScale(channel, operator) >= 60;
    bytes[STATES + operator] = instant ? DECAY : ATTACK;
    if (instant) bytes[LEVELS + operator] = 0;
    this.words[PHASES + operator] = 0;
  }

  protected advanceEnvelope(channel: number, operator: number, counter: number): void {
    const bytes = this.bytes;
    const level = bytes[LEVELS + operator];
    const rate = this.#rate(channel, operator);
    const state = bytes[STATES + operator];
    if (state === ATTACK) {
      bytes[LEVELS + operator] = attack(level, rate, counter);
      if (bytes[LEVELS + operator] === 0) bytes[STATES + operator] = DECAY;
      return;
    }
    bytes[LEVELS + operator] = decay(level, rate, counter);
    const sustainLevel = this.patch(channel, 6 + (operator & 1)) >> 4;
    if (state === DECAY && bytes[LEVELS + operator] >> 3 >= sustainLevel) bytes[STATES + operator] = SUSTAIN;
  }

  /** The effective rate, with key scaling: 0–63. */
  #rate(channel: number, operator: number): number {
    const rate = this.parameterRate(channel, operator);
    return rate === 0 ? 0 : Math.min(63, rate * 4 + this.#rateScale(channel, operator));
  }

  protected parameterRate(channel: number, operator: number): number {
    const bytes = this.bytes;
    const side = operator & 1;
    const isHeld = (this.patch(channel, side) & 0x20) !== 0;
    const release = this.patch(channel, 6 + side) & 0x0f;
    switch (bytes[STATES + operator]) {
      case DAMP:
        return DAMP_RATE;
      case ATTACK:
        return this.patch(channel, 4 + side) >> 4;
      case DECAY:
        return this.patch(channel, 4 + side) & 0x0f;
      case SUSTAIN:
        return isHeld ? 0 : release;
      default:
        // Only carriers are released: a modulator alone is not audible.
        if (side === 0) return 0;
        if ((bytes[REGISTERS + 0x20 + channel] & 0x20) !== 0) return RELEASE_SUSTAINED;
        return isHeld ? release : RELEASE_PERCUSSIVE;
    }
  }

  #rateScale(channel: number, operator: number): number {
    const pitch = this.bytes[REGISTERS + 0x20 + channel] & 0x0f; // octave and the frequency's highest bit
    return (this.patch(channel, operator & 1) & 0x10) !== 0 ? pitch : pitch >> 2;
  }

  protected advancePhase(channel: number, operator: number, counter: number): void {
    const control = this.patch(channel, operator & 1);
    const frequency = this.#frequency(channel);
    const vibrato = (control & 0x40) !== 0 ? VIBRATO[frequency >> 6][(counter >> 10) & 7] : 0;
    const step = (frequency * 2 + vibrato) * MULTIPLIERS[control & 0x0f];
    const increment = (step << this.#octave(channel)) >> 2;
    this.words[PHASES + operator] = (this.words[PHASES + operator] + increment) & PHASE_MASK;
  }

  protected channelOutput(channel: number, counter: number): number {
    const words = this.words;
    const modulator = channel * 2;
    const carrier = modulator + 1;
    const feedback = this.patch(channel, 3) & 7;
    const bent =
      feedback === 0 ? 0 : (words[OUTPUTS + modulator] + words[OLDER_OUTPUTS + modulator]) >> (9 - feedback);
    words[OLDER_OUTPUTS + modulator] = words[OUTPUTS + modulator];
    words[OUTPUTS + modulator] = this.#output(channel, modulator, bent, counter);
    words[OUTPUTS + carrier] = this.#output(channel, carrier, words[OUTPUTS + modulator] & ~1, counter);
    return words[OUTPUTS + carrier];
  }

  #output(channel: number, operator: number, modulation: number, counter: number): number {
    return this.outputAt(channel, operator, (this.words[PHASES + operator] >> 9) + modulation, counter);
  }

  protected outputAt(channel: number, operator: number, phase: number, counter: number): number {
    if (this.bytes[LEVELS + operator] >= ENVELOPE_END) return 0;
    const isHalfSine = (this.patch(channel, 3) & ((operator & 1) === 0 ? 0x08 : 0x10)) !== 0;
    return operatorOutput(phase, isHalfSine, this.#attenuation(channel, operator, counter));
  }

  #attenuation(channel: number, operator: number, counter: number): number {
    const side = operator & 1;
    const tremolo = (this.patch(channel, side) & 0x80) !== 0 ? tremoloAt(counter) : 0;
    const volume =
      side === 0 ? (this.patch(channel, 2) & 0x3f) * 2 : (this.bytes[REGISTERS + 0x30 + channel] & 0x0f) * 8;
    const scale = keyScaleLevel(
      this.#frequency(channel),
      this.#octave(channel),
      this.patch(channel, 2 + side) >> 6,
    );
    return this.bytes[LEVELS + operator] + volume + scale + tremolo;
  }

  protected patch(channel: number, byte: number): number {
    const instrument = this.bytes[REGISTERS + 0x30 + channel] >> 4;
    return instrument === 0 ? this.bytes[REGISTERS + byte] : this.#patches[instrument - 1][byte];
  }

  #frequency(channel: number): number {
    return this.bytes[REGISTERS + 0x10 + channel] | ((this.bytes[REGISTERS + 0x20 + channel] & 1) << 8);
  }

  #octave(channel: number): number {
    return (this.bytes[REGISTERS + 0x20 + channel] >> 1) & 7;
  }
}

/** The tremolo: a triangle of 4.9 dB, 3.7 times a second. */
function tremoloAt(counter: number): number {
  const step = (counter >> 6) % TREMOLO_STEPS;
  return (step < TREMOLO_STEPS / 2 ? step : TREMOLO_STEPS - 1 - step) >> 3;
}

import { type ChannelReadings, type SoundChip, WAVE_SAMPLES } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { PULSE_LEVELS } from "../../../apu/levels.ts";
import type { LevelSink } from "../../board.ts";

/** Number of bytes of a board's registers for the state of a `Vrc6Sound`. */
export const VRC6_SOUND_BYTES = 14;
export const VRC6_SOUND_WORDS = 3;

/** The level of a step of volume: a pulse at volume 15 is as loud as the APU's (wiki, below). */
export const VRC6_SOUND_UNIT = PULSE_LEVELS[15] / 15;

// Bytes: the nine registers of pulse 1, pulse 2 and saw, then the running state.
const SAW = 6;
const CONTROL = 9; // .....FFH: frequency × 256, × 16, halt
const STEPS = 10; // of the three channels
const ACCUMULATOR = 13;

const HALT = 1;
const ENABLED = 0x80;
const IGNORES_DUTY = 0x80;
/** The saw adds its rate at every second clock, six times, and then restarts. */
const SAW_CLOCKS = 14;

/**
 * VRC6's two pulse channels of 16 steps and its sawtooth, summed as whole numbers up to 61.
 * https://www.nesdev.org/wiki/VRC6_audio
 */
export class Vrc6Sound implements SoundChip {
  readonly channels = ["VRC6 pulse 1", "VRC6 pulse 2", "VRC6 saw"] as const;
  muted = 0;
  readonly #bytes: Uint8Array;
  /** Cycles until each channel's next clock. */
  readonly #timers: Int32Array;
  readonly #unit: number;

  /** `unit` is the level of one step of volume. */
  constructor(bytes: Uint8Array, words: Int32Array, unit: number) {
    this.#bytes = bytes;
    this.#timers = words;
    this.#unit = unit;
  }

  powerOn(): void {
    this.#timers.fill(1);
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("sound.control", this.#bytes, range(0, 7), CONTROL, 1);
    state.slots("sound.steps", this.#bytes, range(0, 15), STEPS, 3);
    state.slots("sound.timers", this.#timers, range(1, 0x1000));
  }

  /** Writes register `register` (0–2) of `channel` (0–2). Register 3 of channel 0 controls all channels. */
  write(channel: number, register: number, value: number): void {
    const bytes = this.#bytes;
    if (register === 3) {
      if (channel === 0) bytes[CONTROL] = value & 7;
      return;
    }
    bytes[channel * 3 + register] = value;
    if (register === 2 && (value & ENABLED) === 0) {
      bytes[STEPS + channel] = 0;
      if (channel === 2) bytes[ACCUMULATOR] = 0;
    }
  }

  /** Runs the channels for `cycles`, the first of which is `first`. */
  run(cycles: number, first: number, sink: LevelSink): void {
    const timers = this.#timers;
    this.#send(first, sink);
    if ((this.#bytes[CONTROL] & HALT) !== 0) return;
    let left = cycles;
    while (left > 0) {
      const step = Math.min(left, timers[0], timers[1], timers[2]);
      left -= step;
      for (let channel = 0; channel < 3; channel++) {
        timers[channel] -= step;
        if (timers[channel] === 0) this.#clock(channel);
      }
      this.#send(first + cycles - left, sink);
    }
  }

  #send(cycle: number, sink: LevelSink): void {
    const level = this.#level(0);
    sink.setExpansionLevel(cycle, level, this.muted === 0 ? level : this.#level(this.muted));
  }

  /** Cycles between a channel's clocks. */
  #period(channel: number): number {
    const bytes = this.#bytes;
    const control = bytes[CONTROL];
    const shift = (control & 4) !== 0 ? 8 : (control & 2) !== 0 ? 4 : 0;
    return ((bytes[channel * 3 + 1] | ((bytes[channel * 3 + 2] & 0x0f) << 8)) >> shift) + 1;
  }

  #clock(channel: number): void {
    const bytes = this.#bytes;
    const high = bytes[channel * 3 + 2];
    this.#timers[channel] = this.#period(channel);
    if ((high & ENABLED) === 0) return;
    if (channel < 2) {
      bytes[STEPS + channel] = (bytes[STEPS + channel] + 1) & 0x0f;
      return;
    }
    bytes[STEPS + 2]++;
    if (bytes[STEPS + 2] === SAW_CLOCKS) {
      bytes[STEPS + 2] = 0;
      bytes[ACCUMULATOR] = 0;
    } else if ((bytes[STEPS + 2] & 1) === 0) {
      bytes[ACCUMULATOR] += bytes[SAW] & 0x3f;
    }
  }

  /** The level without the channels in `muted`. */
  #level(muted: number): number {
    const pulse1 = (muted & 1) === 0 ? this.#pulse(0) : 0;
    const pulse2 = (muted & 2) === 0 ? this.#pulse(1) : 0;
    const saw = (muted & 4) === 0 ? this.#bytes[ACCUMULATOR] >> 3 : 0;
    return Math.round((pulse1 + pulse2 + saw) * this.#unit);
  }

  readChannels(into: ChannelReadings, first: number, clockHz: number): void {
    for (let channel = 0; channel < 2; channel++) this.#readPulse(channel, into, first, clockHz);
    const bytes = this.#bytes;
    const isOn = (bytes[8] & ENABLED) !== 0 && (bytes[CONTROL] & HALT) === 0;
    // Six additions of the rate, of which the highest five of eight bits are heard.
    const rate = bytes[SAW] & 0x3f;
    const peak = Math.min(0xff, 6 * rate) >> 3;
    into.set(first + 2, clockHz / (SAW_CLOCKS * this.#period(2)), isOn ? peak / 31 : 0);
    for (let i = 0; i < WAVE_SAMPLES; i++) {
      const step = Math.floor((i * 7) / WAVE_SAMPLES);
      into.setWave(first + 2, i, peak === 0 ? 0 : Math.min(1, ((step * rate) & 0xff) / 8 / peak));
    }
  }

  #readPulse(channel: number, into: ChannelReadings, first: number, clockHz: number): void {
    const bytes = this.#bytes;
    const control = bytes[channel * 3];
    const isOn = (bytes[channel * 3 + 2] & ENABLED) !== 0 && (bytes[CONTROL] & HALT) === 0;
    // Without a duty the output is constant.
    const isTone = (control & IGNORES_DUTY) === 0;
    into.set(
      first + channel,
      clockHz / (16 * this.#period(channel)),
      isOn && isTone ? (control & 0x0f) / 15 : 0,
    );
    const duty = (control >> 4) & 7;
    for (let i = 0; i < WAVE_SAMPLES; i++) into.setWave(first + channel, i, i >> 1 <= duty ? 1 : 0);
  }

  #pulse(channel: number): number {
    const bytes = this.#bytes;
    const control = bytes[channel * 3];
    if ((bytes[channel * 3 + 2] & ENABLED) === 0) return 0;
    const high = (control & IGNORES_DUTY) !== 0 || bytes[STEPS + channel] <= ((control >> 4) & 7);
    return high ? control & 0x0f : 0;
  }
}

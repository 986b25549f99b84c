import type { ChannelReadings, SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { PULSE_LEVELS } from "../../../apu/levels.ts";
import type { LevelSink } from "../../board.ts";

export const DRIP_SOUND_BYTES = 8;
export const DRIP_SOUND_WORDS = 4;
export const DRIP_FIFO_BYTES = 256;

// Bytes, for both channels: period and volume as written, the sample that is heard, the FIFO's read position.
const PERIOD_LOW = 0;
const VOLUME_AND_PERIOD = 2;
const SAMPLE = 4;
const READ_AT = 6;
// Words: samples in the FIFOs, and cycles until each channel's next sample, 0 while it is inactive.
const COUNT = 0;
const TIMER = 2;

const SILENCE = 0x80;

/**
 * The level of a step of a sample at volume 1. No measurement is known: the peak of a sample at volume 15 is
 * here as loud as a pulse.
 */
const STEP_LEVEL = PULSE_LEVELS[15] / (15 * 0x80);

/**
 * Drip's two channels of samples, each with a FIFO of 256 bytes. A period is a number of cycles.
 * https://www.nesdev.org/wiki/UNIF/UNL-DripGame
 */
export class DripSound implements SoundChip {
  readonly channels = ["Drip sample 1", "Drip sample 2"] as const;
  muted = 0;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  /** Both FIFOs. */
  readonly #fifos: Uint8Array;

  constructor(bytes: Uint8Array, words: Int32Array, fifos: Uint8Array) {
    this.#bytes = bytes;
    this.#words = words;
    this.#fifos = fifos;
  }

  powerOn(): void {
    this.#bytes.fill(SILENCE, SAMPLE, SAMPLE + 2);
  }

  declareState(state: StateCheck): void {
    state.slots("sound.samples", this.#words, range(0, DRIP_FIFO_BYTES), COUNT, 2);
    state.slots("sound.timers", this.#words, range(0, 0xfff), TIMER, 2);
  }

  /** Bits 7 and 6 of a channel's status: its FIFO is full, is empty. */
  status(channel: number): number {
    const count = this.#words[COUNT + channel];
    return count === DRIP_FIFO_BYTES ? 0x80 : count === 0 ? 0x40 : 0;
  }

  /** Writes register 0–3 of a channel: silence, data, low period, volume and high period. */
  write(channel: number, register: number, value: number): void {
    const bytes = this.#bytes;
    if (register === 2) bytes[PERIOD_LOW + channel] = value;
    else if (register === 3) bytes[VOLUME_AND_PERIOD + channel] = value;
    else if (register === 1) this.#push(channel, value);
    else {
      this.#words[COUNT + channel] = 0;
      this.#words[TIMER + channel] = 0;
      bytes[SAMPLE + channel] = SILENCE;
    }
  }

  /** Runs the channels for `cycles`, the first of which is `first`. */
  run(cycles: number, first: number, sink: LevelSink): void {
    const words = this.#words;
    this.#send(first, sink);
    for (let left = cycles; left > 0; ) {
      const step = Math.min(left, words[TIMER] || left, words[TIMER + 1] || left);
      left -= step;
      for (let channel = 0; channel < 2; channel++) {
        if (words[TIMER + channel] === 0) continue;
        words[TIMER + channel] -= step;
        if (words[TIMER + channel] === 0) this.#next(channel);
      }
      this.#send(first + cycles - left, sink);
    }
  }

  readChannels(into: ChannelReadings, first: number): void {
    for (let channel = 0; channel < 2; channel++) {
      const isActive = this.#words[TIMER + channel] !== 0;
      into.set(first + channel, 0, isActive ? (this.#bytes[VOLUME_AND_PERIOD + channel] >> 4) / 15 : 0);
      into.flatten(first + channel, this.#bytes[SAMPLE + channel] / 0xff);
    }
  }

  /** Data activates an inactive channel at once. A full FIFO takes no more. */
  #push(channel: number, value: number): void {
    const words = this.#words;
    const count = words[COUNT + channel];
    if (count === DRIP_FIFO_BYTES) return;
    const at = (this.#bytes[READ_AT + channel] + count) & 0xff;
    this.#fifos[channel * DRIP_FIFO_BYTES + at] = value;
    words[COUNT + channel]++;
    if (words[TIMER + channel] === 0) this.#next(channel);
  }

  /** Takes the next sample, or ends if there is none. A new period counts from here on. */
  #next(channel: number): void {
    const bytes = this.#bytes;
    const words = this.#words;
    if (words[COUNT + channel] === 0) {
      bytes[SAMPLE + channel] = SILENCE;
      return;
    }
    words[COUNT + channel]--;
    bytes[SAMPLE + channel] = this.#fifos[channel * DRIP_FIFO_BYTES + bytes[READ_AT + channel]];
    bytes[READ_AT + channel]++;
    const period = bytes[PERIOD_LOW + channel] | ((bytes[VOLUME_AND_PERIOD + channel] & 0x0f) << 8);
    words[TIMER + channel] = Math.max(1, period);
  }

  #send(cycle: number, sink: LevelSink): void {
    const level = this.#level(0);
    sink.setExpansionLevel(cycle, level, this.muted === 0 ? level : this.#level(this.muted));
  }

  #level(muted: number): number {
    const bytes = this.#bytes;
    let sum = 0;
    for (let channel = 0; channel < 2; channel++) {
      if (((muted >> channel) & 1) === 0)
        sum += (bytes[SAMPLE + channel] - SILENCE) * (bytes[VOLUME_AND_PERIOD + channel] >> 4);
    }
    return Math.round(sum * STEP_LEVEL);
  }
}

import { type ChannelReadings, type SoundChip, WAVE_SAMPLES } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import type { LevelSink } from "../../board.ts";

/** Number of bytes of a board's registers for the state of a `Namco163Sound`. */
export const NAMCO_163_SOUND_BYTES = 10;

/**
 * How much louder one channel is than the APU's pulse where no header says it: 11 dB, from the lowest to the
 * highest output (https://www.nesdev.org/wiki/NSFe#mixe). Measurements compare squares of all sixteen steps:
 * db_n163 of https://github.com/bbbradsmith/nes-audio-tests
 */
export const NAMCO_163_LOUDNESS = 3.55;

/** Each channel's last output, plus 128, then the next channel. */
const CHANNEL = 8;

const CHANNELS = 8;
/**
 * Channel n's eight registers are at $40 + 8n of the sound RAM; the last one's volume byte also holds the
 * number of channels.
 */
const REGISTERS = 0x40;
const COUNT = 0x7f;

/** CPU cycles between channel updates. */
export const CYCLES_PER_CHANNEL = 15;

/** The largest output: sample −8 at volume 15. */
const FULL_OUTPUT = 15 * 8;
/** From the lowest to the highest output. */
const OUTPUT_SWING = 15 * 15;

/**
 * Namco 163's sound: up to eight channels with waveforms in the sound RAM. The chip outputs one channel after
 * the other; here they are averaged, without the noise of the switching.
 * https://www.nesdev.org/wiki/Namco_163_audio
 */
export class Namco163Sound implements SoundChip {
  readonly channels = Array.from({ length: CHANNELS }, (_, channel) => `N163 ${channel + 1}`);
  muted = 0;
  readonly #state: Uint8Array;
  readonly #ram: Uint8Array;
  readonly #swingLevel: number;

  /** `ram` is the 128 bytes of sound RAM; `swingLevel` is the level of OUTPUT_SWING. */
  constructor(state: Uint8Array, ram: Uint8Array, swingLevel: number) {
    this.#state = state;
    this.#ram = ram;
    this.#swingLevel = swingLevel;
  }

  powerOn(): void {
    this.#state.fill(128, 0, CHANNELS);
    this.#state[CHANNEL] = CHANNELS - 1;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("sound.outputs", this.#state, range(128 - FULL_OUTPUT, 128 + FULL_OUTPUT), 0, CHANNELS);
    state.slots("sound.channel", this.#state, range(0, CHANNELS - 1), CHANNEL, 1);
  }

  /** Number of channels in use, counted from the last one. */
  get count(): number {
    return ((this.#ram[COUNT] >> 4) & 7) + 1;
  }

  /** Updates the next channel; `enabled` switches the sound. */
  update(cycle: number, enabled: boolean, sink: LevelSink): void {
    const state = this.#state;
    const first = CHANNELS - this.count;
    const channel = state[CHANNEL] < first ? CHANNELS - 1 : state[CHANNEL];
    state[channel] = 128 + this.#step(REGISTERS + channel * 8);
    state[CHANNEL] = channel <= first ? CHANNELS - 1 : channel - 1;
    if (!enabled) {
      sink.setExpansionLevel(cycle, 0, 0);
      return;
    }
    let sum = 0;
    let heard = 0;
    for (let active = first; active < CHANNELS; active++) {
      const output = state[active] - 128;
      sum += output;
      if (((this.muted >> (CHANNELS - 1 - active)) & 1) === 0) heard += output;
    }
    sink.setExpansionLevel(cycle, this.#levelOf(sum), this.#levelOf(heard));
  }

  #levelOf(sum: number): number {
    return Math.round((sum / this.count) * (this.#swingLevel / OUTPUT_SWING));
  }

  /** Channel 1 is the one at the end of the RAM, which is always in use. */
  readChannels(into: ChannelReadings, first: number, clockHz: number): void {
    const ram = this.#ram;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const at = first + channel;
      const base = REGISTERS + (CHANNELS - 1 - channel) * 8;
      const length = 256 - (ram[base + 4] & 0xfc);
      const frequency = ram[base] | (ram[base + 2] << 8) | ((ram[base + 4] & 3) << 16);
      const isOn = channel < this.count && frequency > 0;
      const hertz = (clockHz * frequency) / (CYCLES_PER_CHANNEL * 0x10000 * length * this.count);
      into.set(at, hertz, isOn ? (ram[base + 7] & 0x0f) / 15 : 0);
      for (let i = 0; i < WAVE_SAMPLES; i++) {
        const sample = (ram[base + 6] + Math.floor((i * length) / WAVE_SAMPLES)) & 0xff;
        into.setWave(at, i, ((ram[sample >> 1] >> ((sample & 1) * 4)) & 0x0f) / 15);
      }
    }
  }

  /** Advances one channel's phase; its output is (sample − 8) × volume. */
  #step(base: number): number {
    const ram = this.#ram;
    const frequency = ram[base] | (ram[base + 2] << 8) | ((ram[base + 4] & 3) << 16);
    const length = 256 - (ram[base + 4] & 0xfc);
    let phase = ram[base + 1] | (ram[base + 3] << 8) | (ram[base + 5] << 16);
    phase = (phase + frequency) % (length << 16);
    ram[base + 1] = phase & 0xff;
    ram[base + 3] = (phase >> 8) & 0xff;
    ram[base + 5] = phase >> 16;
    const at = ((phase >> 16) + ram[base + 6]) & 0xff;
    const sample = (ram[at >> 1] >> ((at & 1) * 4)) & 0x0f;
    return (sample - 8) * (ram[base + 7] & 0x0f);
  }
}

import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import type { LevelSink } from "../../board.ts";

/** Bytes of a board's registers that hold a `Namco163Sound`'s state. */
export const NAMCO_163_SOUND_BYTES = 10;

/** Each channel's last output, plus 128; the channel that is next. */
const CHANNEL = 8;

const CHANNELS = 8;
/** Channel n's eight registers are at $40 + 8 n of the sound RAM; the count is in the last one's volume. */
const REGISTERS = 0x40;
const COUNT = 0x7f;

/** CPU cycles between channel updates. */
export const CYCLES_PER_CHANNEL = 15;

/** The largest output: sample −8 at volume 15. */
const FULL_OUTPUT = 15 * 8;

/**
 * Namco 163's sound: up to eight channels with waveforms in the sound RAM. The chip puts one channel after
 * the other on its output; here it is their mean, without the whine of the switching.
 * https://www.nesdev.org/wiki/Namco_163_audio
 */
export class Namco163Sound {
  readonly #state: Uint8Array;
  readonly #ram: Uint8Array;
  readonly #fullLevel: number;

  /** `ram` is the 128 bytes of sound RAM, `fullLevel` the level of one channel alone at its loudest. */
  constructor(state: Uint8Array, ram: Uint8Array, fullLevel: number) {
    this.#state = state;
    this.#ram = ram;
    this.#fullLevel = fullLevel;
  }

  powerOn(): void {
    this.#state.fill(128, 0, CHANNELS);
    this.#state[CHANNEL] = CHANNELS - 1;
  }

  /** Declares what a state may hold. */
  declareState(state: StateCheck): void {
    state.slots("sound.outputs", this.#state, range(128 - FULL_OUTPUT, 128 + FULL_OUTPUT), 0, CHANNELS);
    state.slots("sound.channel", this.#state, range(0, CHANNELS - 1), CHANNEL, 1);
  }

  /** Channels in use: the last ones. */
  get count(): number {
    return ((this.#ram[COUNT] >> 4) & 7) + 1;
  }

  /** Updates the next channel; `enabled` is the sound's switch. */
  update(cycle: number, enabled: boolean, sink: LevelSink): void {
    const state = this.#state;
    const first = CHANNELS - this.count;
    const channel = state[CHANNEL] < first ? CHANNELS - 1 : state[CHANNEL];
    state[channel] = 128 + this.#step(REGISTERS + channel * 8);
    state[CHANNEL] = channel <= first ? CHANNELS - 1 : channel - 1;
    if (!enabled) {
      sink.setExpansionLevel(cycle, 0);
      return;
    }
    let sum = 0;
    for (let active = first; active < CHANNELS; active++) sum += state[active] - 128;
    sink.setExpansionLevel(cycle, Math.round((sum / this.count) * (this.#fullLevel / FULL_OUTPUT)));
  }

  /** Moves one channel's phase on; its output is sample − 8, times volume. */
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

import { type ChannelReadings, type SoundChip, WAVE_SAMPLES } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { PULSE_LEVELS, triangleNoiseDmcLevel } from "../../../apu/levels.ts";
import type { LevelSink } from "../../board.ts";

/** Number of bytes and words of a board's registers for the state of an `Mmc5Sound`. */
export const MMC5_SOUND_BYTES = 22;
export const MMC5_SOUND_WORDS = 3;

// Bytes: $5000–$5007, which are like the APU's $4000–$4007, then the running state of both pulses.
const CONTROL = 0; // DDLCVVVV: duty, loop and halt, constant volume, volume
const STEP = 8;
const LENGTH = 10;
const DECAY = 12;
const DECAY_DIVIDER = 14;
const DECAY_START = 16;
const ENABLES = 18; // $5015
const PCM = 19; // $5011
const PCM_MODE = 20; // $5010
const PCM_IRQ = 21; // 1 after a zero was read or written

/** CPU cycles until the end of each pulse's step, and of the 240 Hz divider. */
const FRAME_WORD = 2;
const FRAME_CYCLES = 7457;

const DUTIES = [0b00000010, 0b00000110, 0b00011110, 0b11111001];

/** https://www.nesdev.org/wiki/APU_Length_Counter */
const LENGTHS = [
  10, 254, 20, 2, 40, 4, 80, 6, 160, 8, 60, 10, 14, 12, 26, 14, 12, 16, 24, 18, 48, 20, 96, 22, 192, 24, 72,
  26, 16, 28, 32, 30,
];

/** A pulse is as loud as one of the APU's. The chip's output is inverted. */
const PULSE_STEP_LEVEL = -PULSE_LEVELS[15] / 15;

/**
 * The PCM is like the APU's $4011 with eight bits (https://www.nesdev.org/wiki/MMC5_audio), so the DMC's
 * curve is continued to 255. Its level has not been measured; see
 * https://github.com/nesdev-org/MesenCE/pull/111.
 */
const PCM_LEVELS = Int32Array.from({ length: 256 }, (_, output) => -triangleNoiseDmcLevel(0, 0, output));

const PCM_READ_MODE = 0x01; // of $5010
const PCM_IRQ_ENABLE = 0x80;

/**
 * MMC5's two pulse channels and its PCM. The pulses are the APU's without sweep; envelopes and lengths are
 * both clocked at 240 Hz. The PCM takes writes to $5011, or in read mode every byte that the CPU reads from
 * $8000–$BFFF. A zero does not change the DAC and raises an IRQ instead.
 * https://www.nesdev.org/wiki/MMC5_audio
 */
export class Mmc5Sound implements SoundChip {
  readonly channels = ["MMC5 pulse 1", "MMC5 pulse 2", "MMC5 PCM"] as const;
  muted = 0;
  readonly #bytes: Uint8Array;
  readonly #timers: Int32Array;

  constructor(bytes: Uint8Array, words: Int32Array) {
    this.#bytes = bytes;
    this.#timers = words;
  }

  powerOn(): void {
    this.#timers.fill(2);
    this.#timers[FRAME_WORD] = FRAME_CYCLES;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("sound.steps", this.#bytes, range(0, 7), STEP, 2);
    state.slots("sound.lengths", this.#bytes, range(0, 254), LENGTH, 2);
    state.slots("sound.envelopes", this.#bytes, range(0, 15), DECAY, 4);
    state.slots("sound.pcmIrq", this.#bytes, FLAG, PCM_IRQ, 1);
    state.slots("sound.timers", this.#timers, range(1, 0x1000), 0, 2);
    state.slots("sound.frame", this.#timers, range(1, FRAME_CYCLES), FRAME_WORD, 1);
  }

  /** Writes $5000–$5015. */
  write(address: number, value: number): void {
    const bytes = this.#bytes;
    if (address < 0x5008) this.#writePulse((address >> 2) & 1, address & 3, value);
    else if (address === 0x5010) bytes[PCM_MODE] = value;
    else if (address === 0x5011) {
      if (!this.isInReadMode) this.#setPcm(value);
    } else if (address === 0x5015) {
      bytes[ENABLES] = value & 3;
      for (let pulse = 0; pulse < 2; pulse++) if (((value >> pulse) & 1) === 0) bytes[LENGTH + pulse] = 0;
    }
  }

  /** True while reads from $8000–$BFFF set the DAC. */
  get isInReadMode(): boolean {
    return (this.#bytes[PCM_MODE] & PCM_READ_MODE) !== 0;
  }

  /** The CPU has read `value` from $8000–$BFFF in read mode. */
  readSample(value: number): void {
    this.#setPcm(value);
  }

  /** True while the PCM pulls IRQ low. */
  get irq(): boolean {
    return this.#bytes[PCM_IRQ] !== 0 && (this.#bytes[PCM_MODE] & PCM_IRQ_ENABLE) !== 0;
  }

  /** Value of $5010: bit 7 is the IRQ, bit 0 the mode. */
  get pcmStatus(): number {
    return (this.irq ? 0x80 : 0) | (this.#bytes[PCM_MODE] & PCM_READ_MODE);
  }

  acknowledgeIrq(): void {
    this.#bytes[PCM_IRQ] = 0;
  }

  /** Value of $5015: the pulses that still sound. */
  get status(): number {
    return (this.#bytes[LENGTH] > 0 ? 1 : 0) | (this.#bytes[LENGTH + 1] > 0 ? 2 : 0);
  }

  /** Runs the channels for `cycles`, the first of which is `first`. */
  run(cycles: number, first: number, sink: LevelSink): void {
    const timers = this.#timers;
    this.#send(first, sink);
    let left = cycles;
    while (left > 0) {
      const step = Math.min(left, timers[0], timers[1], timers[FRAME_WORD]);
      left -= step;
      for (let pulse = 0; pulse < 2; pulse++) {
        timers[pulse] -= step;
        if (timers[pulse] === 0) this.#clock(pulse);
      }
      timers[FRAME_WORD] -= step;
      if (timers[FRAME_WORD] === 0) this.#clockFrame();
      this.#send(first + cycles - left, sink);
    }
  }

  #setPcm(value: number): void {
    if (value !== 0) this.#bytes[PCM] = value;
    this.#bytes[PCM_IRQ] = value === 0 ? 1 : 0;
  }

  #writePulse(pulse: number, register: number, value: number): void {
    const bytes = this.#bytes;
    bytes[pulse * 4 + register] = value;
    if (register !== 3) return;
    if (((bytes[ENABLES] >> pulse) & 1) !== 0) bytes[LENGTH + pulse] = LENGTHS[value >> 3];
    bytes[STEP + pulse] = 0;
    bytes[DECAY_START + pulse] = 1;
  }

  #period(pulse: number): number {
    return this.#bytes[pulse * 4 + 2] | ((this.#bytes[pulse * 4 + 3] & 7) << 8);
  }

  #clock(pulse: number): void {
    const bytes = this.#bytes;
    this.#timers[pulse] = 2 * (this.#period(pulse) + 1);
    bytes[STEP + pulse] = (bytes[STEP + pulse] + 1) & 7;
  }

  #clockFrame(): void {
    this.#timers[FRAME_WORD] = FRAME_CYCLES;
    const bytes = this.#bytes;
    for (let pulse = 0; pulse < 2; pulse++) {
      const control = bytes[CONTROL + pulse * 4];
      const loops = (control & 0x20) !== 0;
      if (!loops && bytes[LENGTH + pulse] > 0) bytes[LENGTH + pulse]--;
      if (bytes[DECAY_START + pulse] !== 0) {
        bytes[DECAY_START + pulse] = 0;
        bytes[DECAY + pulse] = 15;
        bytes[DECAY_DIVIDER + pulse] = control & 0x0f;
      } else if (bytes[DECAY_DIVIDER + pulse] > 0) {
        bytes[DECAY_DIVIDER + pulse]--;
      } else {
        bytes[DECAY_DIVIDER + pulse] = control & 0x0f;
        if (bytes[DECAY + pulse] > 0) bytes[DECAY + pulse]--;
        else if (loops) bytes[DECAY + pulse] = 15;
      }
    }
  }

  #send(cycle: number, sink: LevelSink): void {
    const level = this.#level(0);
    sink.setExpansionLevel(cycle, level, this.muted === 0 ? level : this.#level(this.muted));
  }

  /** The level without the channels in `muted`. */
  #level(muted: number): number {
    const pulse1 = (muted & 1) === 0 ? this.#pulse(0) : 0;
    const pulse2 = (muted & 2) === 0 ? this.#pulse(1) : 0;
    const pcm = (muted & 4) === 0 ? PCM_LEVELS[this.#bytes[PCM]] : 0;
    return Math.round((pulse1 + pulse2) * PULSE_STEP_LEVEL) + pcm;
  }

  #pulse(pulse: number): number {
    const bytes = this.#bytes;
    const duty = DUTIES[bytes[CONTROL + pulse * 4] >> 6];
    return ((duty >> bytes[STEP + pulse]) & 1) === 0 ? 0 : this.#volume(pulse);
  }

  #volume(pulse: number): number {
    const bytes = this.#bytes;
    const control = bytes[CONTROL + pulse * 4];
    if (bytes[LENGTH + pulse] === 0) return 0;
    return (control & 0x10) !== 0 ? control & 0x0f : bytes[DECAY + pulse];
  }

  readChannels(into: ChannelReadings, first: number, clockHz: number): void {
    const bytes = this.#bytes;
    for (let pulse = 0; pulse < 2; pulse++) {
      into.set(first + pulse, clockHz / (16 * (this.#period(pulse) + 1)), this.#volume(pulse) / 15);
      const duty = DUTIES[bytes[CONTROL + pulse * 4] >> 6];
      for (let i = 0; i < WAVE_SAMPLES; i++)
        into.setWave(first + pulse, i, (duty >> ((i * 8) / WAVE_SAMPLES)) & 1);
    }
    // A level that programs write; whether it moves cannot be seen here.
    into.set(first + 2, 0, bytes[PCM] === 0 ? 0 : 1);
    into.flatten(first + 2, bytes[PCM] / 255);
  }
}

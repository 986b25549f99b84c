import { type ChannelReadings, type SoundChip, WAVE_SAMPLES } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range, WORD } from "../../../../state-fields.ts";
import { PULSE_LEVELS } from "../../../apu/levels.ts";
import type { LevelSink } from "../../board.ts";

/** Number of bytes and words of a board's registers for the state of a `Sunsoft5bSound`. */
export const SUNSOFT_5B_BYTES = 24;
export const SUNSOFT_5B_WORDS = 6;

/**
 * The level of a tone at volume 15: 7.7 dB above the APU's pulse. At volume 12, where the chip's amplifier
 * does not saturate, it is 1.3 dB below; each step is 3 dB. https://www.nesdev.org/wiki/NSFe#mixe
 */
export const SUNSOFT_5B_LEVEL = 2.43 * PULSE_LEVELS[15];

// Bytes: the chip's sixteen registers, then the running state.
const NOISE_PERIOD = 6;
const DISABLES = 7; // ..CBAcba: noise off, tone off
const VOLUMES = 8; // ...EVVVV, three
const ENVELOPE_PERIOD = 11;
const ENVELOPE_SHAPE = 13; // ....CAaH: continue, attack, alternate, hold
const SELECTED = 16;
const HIGH_HALVES = 17; // one bit for each tone, set in its high half
const ENVELOPE_STEP = 18; // 0–31
const ENVELOPE_FLAGS = 19; // bit 0 rising, bit 1 holding
const NOISE_HALF = 20;

// Words: ticks until each tone's next half and until the next step of noise and envelope; the noise register.
const NOISE_TIMER = 3;
const ENVELOPE_TIMER = 4;
const NOISE_REGISTER = 5;

/** All dividers run at a sixteenth of the CPU's clock. */
export const CYCLES_PER_TICK = 16;

const CONTINUE = 8;
const ATTACK = 4;
const ALTERNATE = 2;
const HOLD = 1;
const USES_ENVELOPE = 0x10;
const RISING = 1;
const HOLDING = 2;
const LAST_STEP = 31;

/** Each step of the 5-bit volume is 1.5 dB; a 4-bit volume v is step 2v + 1, and 0 is silence. */
const AMPLITUDES = Float64Array.from({ length: 32 }, (_, step) =>
  step < 2 ? 0 : 10 ** ((-1.5 * (LAST_STEP - step)) / 20),
);

/**
 * Sunsoft 5B's sound: a YM2149 with three tones, noise and one envelope.
 * https://www.nesdev.org/wiki/Sunsoft_5B_audio
 */
export class Sunsoft5bSound implements SoundChip {
  readonly channels: readonly string[];
  muted = 0;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #fullLevel: number;

  /** `fullLevel` is the maximum level of a single tone; `name` begins the names of the channels. */
  constructor(bytes: Uint8Array, words: Int32Array, fullLevel: number, name = "5B") {
    this.#bytes = bytes;
    this.#words = words;
    this.#fullLevel = fullLevel;
    this.channels = [`${name} A`, `${name} B`, `${name} C`];
  }

  powerOn(): void {
    this.#words.fill(1);
    this.#bytes[DISABLES] = 0x3f;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("sound.halves", this.#bytes, range(0, 7), HIGH_HALVES, 1);
    state.slots("sound.envelopeStep", this.#bytes, range(0, LAST_STEP), ENVELOPE_STEP, 1);
    state.slots("sound.envelopeFlags", this.#bytes, range(0, RISING | HOLDING), ENVELOPE_FLAGS, 1);
    state.slots("sound.noiseHalf", this.#bytes, FLAG, NOISE_HALF, 1);
    state.slots("sound.timers", this.#words, WORD, 0, ENVELOPE_TIMER + 1);
    state.slots("sound.noise", this.#words, range(0, 0x1ffff), NOISE_REGISTER, 1);
  }

  /** Writes $C000, a register number; set high bits disable writes. */
  select(value: number): void {
    this.#bytes[SELECTED] = value;
  }

  /** Writes $E000, the selected register. */
  write(value: number): void {
    const bytes = this.#bytes;
    const register = bytes[SELECTED];
    if (register > 0x0f) return;
    bytes[register] = value;
    if (register !== ENVELOPE_SHAPE) return;
    const rising = (value & ATTACK) !== 0;
    bytes[ENVELOPE_FLAGS] = rising ? RISING : 0;
    bytes[ENVELOPE_STEP] = rising ? 0 : LAST_STEP;
    this.#words[ENVELOPE_TIMER] = this.#envelopePeriod();
  }

  /** Runs one tick, at `cycle`. */
  tick(cycle: number, sink: LevelSink): void {
    const words = this.#words;
    for (let tone = 0; tone < 3; tone++) {
      if (--words[tone] > 0) continue;
      words[tone] = this.#tonePeriod(tone);
      this.#bytes[HIGH_HALVES] ^= 1 << tone;
    }
    if (--words[NOISE_TIMER] <= 0) this.#clockNoise();
    if (--words[ENVELOPE_TIMER] <= 0) this.#clockEnvelope();
    const level = this.#level(0);
    sink.setExpansionLevel(cycle, level, this.muted === 0 ? level : this.#level(this.muted));
  }

  #envelopePeriod(): number {
    return Math.max(1, this.#bytes[ENVELOPE_PERIOD] | (this.#bytes[ENVELOPE_PERIOD + 1] << 8));
  }

  /** The noise is shifted every second time. */
  #clockNoise(): void {
    const words = this.#words;
    words[NOISE_TIMER] = Math.max(1, this.#bytes[NOISE_PERIOD] & 0x1f);
    this.#bytes[NOISE_HALF] ^= 1;
    if (this.#bytes[NOISE_HALF] !== 0) return;
    words[NOISE_REGISTER] = shiftedNoise(words[NOISE_REGISTER]);
  }

  #clockEnvelope(): void {
    const bytes = this.#bytes;
    this.#words[ENVELOPE_TIMER] = this.#envelopePeriod();
    if ((bytes[ENVELOPE_FLAGS] & HOLDING) !== 0) return;
    const rising = (bytes[ENVELOPE_FLAGS] & RISING) !== 0;
    if (bytes[ENVELOPE_STEP] !== (rising ? LAST_STEP : 0)) bytes[ENVELOPE_STEP] += rising ? 1 : -1;
    else this.#endEnvelope(rising);
  }

  /** Handles the end of a ramp: the envelope's shape selects what follows. */
  #endEnvelope(rising: boolean): void {
    const bytes = this.#bytes;
    const shape = bytes[ENVELOPE_SHAPE];
    if ((shape & CONTINUE) === 0) {
      bytes[ENVELOPE_STEP] = 0;
      bytes[ENVELOPE_FLAGS] = HOLDING;
    } else if ((shape & HOLD) !== 0) {
      const high = rising !== ((shape & ALTERNATE) !== 0);
      bytes[ENVELOPE_STEP] = high ? LAST_STEP : 0;
      bytes[ENVELOPE_FLAGS] = HOLDING;
    } else {
      const next = rising !== ((shape & ALTERNATE) !== 0);
      bytes[ENVELOPE_FLAGS] = next ? RISING : 0;
      bytes[ENVELOPE_STEP] = next ? 0 : LAST_STEP;
    }
  }

  /** The level without the tones in `muted`. */
  #level(muted: number): number {
    const bytes = this.#bytes;
    const noise = this.#words[NOISE_REGISTER] & 1;
    let sum = 0;
    for (let tone = 0; tone < 3; tone++) {
      const toneOn = ((bytes[DISABLES] | bytes[HIGH_HALVES]) >> tone) & 1;
      const noiseOn = ((bytes[DISABLES] >> (tone + 3)) & 1) | noise;
      if ((toneOn & noiseOn) === 0 || ((muted >> tone) & 1) !== 0) continue;
      sum += AMPLITUDES[this.#step(tone)];
    }
    return Math.round(sum * this.#fullLevel);
  }

  /** A tone's volume, 0–31. */
  #step(tone: number): number {
    const volume = this.#bytes[VOLUMES + tone];
    return (volume & USES_ENVELOPE) !== 0 ? this.#bytes[ENVELOPE_STEP] : (volume & 0x0f) * 2 + 1;
  }

  #tonePeriod(tone: number): number {
    return Math.max(1, this.#bytes[tone * 2] | ((this.#bytes[tone * 2 + 1] & 0x0f) << 8));
  }

  readChannels(into: ChannelReadings, first: number, clockHz: number): void {
    const disables = this.#bytes[DISABLES];
    for (let tone = 0; tone < 3; tone++) {
      const at = first + tone;
      const isTone = ((disables >> tone) & 1) === 0;
      const isNoise = ((disables >> (tone + 3)) & 1) === 0;
      const step = this.#step(tone);
      const hertz = isTone ? clockHz / (2 * CYCLES_PER_TICK * this.#tonePeriod(tone)) : 0;
      into.set(at, hertz, (isTone || isNoise) && step > 1 ? step / LAST_STEP : 0);
      let noise = this.#words[NOISE_REGISTER];
      for (let i = 0; i < WAVE_SAMPLES; i++) {
        const high = !isTone || i >= WAVE_SAMPLES / 2;
        into.setWave(at, i, high && (!isNoise || (noise & 1) === 1) ? 1 : 0);
        noise = shiftedNoise(noise);
      }
    }
  }
}

/** The noise's 17-bit register, with taps at bits 0 and 3, after a shift. */
function shiftedNoise(register: number): number {
  return (register >> 1) | (((register ^ (register >> 3)) & 1) << 16);
}

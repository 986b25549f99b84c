import { type ChannelReadings, WAVE_SAMPLES } from "../../sound-channels.ts";
import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";
import {
  BANK_BYTES,
  FM_CHANNELS,
  FOURTH,
  OPERATOR_BYTES,
  OPERATOR_SLOTS,
  OPERATOR_WORDS,
  OpnOperators,
  registerOf,
  SECOND,
  THIRD,
} from "./opn-operators.ts";
import type { OpnRhythm } from "./opn-rhythm.ts";
import {
  CARRIERS,
  LFO_PERIODS,
  LFO_STEPS,
  MAX_ATTENUATION,
  MODULATORS_2,
  MODULATORS_3,
  MODULATORS_4,
  tremolo,
} from "./opn-tables.ts";

/** The slot of each operator's bit in a key register. */
const KEY_SLOTS = [0, SECOND, THIRD, FOURTH] as const;

// Words behind the operators': each channel's last outputs, and counters.
const LAST = OPERATOR_WORDS;
const ENVELOPE_COUNTER = LAST + 3 * FM_CHANNELS;
/** Where the last outputs are: of the first operator, of the same a sample earlier, and of the second. */
const LAST_ONE = 0;
const OLDER_ONE = 1;
const LAST_TWO = 2;
const ENVELOPE_DIVIDER = ENVELOPE_COUNTER + 1;
const LFO_STEP = ENVELOPE_DIVIDER + 1;
const LFO_TIMER = LFO_STEP + 1;
export const FM_WORDS = LFO_TIMER + 1;

// Bytes behind the operators': the latches of the frequencies' high bits, $A4 and $AC.
const LATCHES = OPERATOR_BYTES;
export const FM_BYTES = LATCHES + 2;

const SAMPLES_PER_ENVELOPE_STEP = 3;
/** The counter's highest bit selects the last step of the slowest pattern. */
const ENVELOPE_COUNTER_MASK = 0x3fff;
const MAX_OUTPUT = 8191;
const MAX_SIDE = 32_767;
/** Attenuation of 48 dB, at which a channel counts as silent in readings. */
const SILENT = 0x200;

const LFO = 0x22;
const MODE = 0x27;
const KEY = 0x28;
const CHANNEL_COUNT = 0x29; // bit 7: six channels instead of three
const FREQUENCY = 0xa0;
const FREQUENCY_HIGH = 0xa4;
const CONNECTION = 0xb0; // ..FFFAAA: feedback, algorithm
const SIDES = 0xb4; // LRAA.PPP: left, right, sensitivity of tremolo and vibrato
/** Channel 3's frequencies of the first, third and second operator in its special mode. */
const THIRD_CHANNEL = 2;
const SPECIAL_FREQUENCIES = [0xa9, 0xa8, 0xaa] as const;

/**
 * The FM part of a YMF288 (OPN3): six channels of four operators with an LFO, SSG-type envelopes and a
 * separate frequency for each operator of channel 3. All channels are computed at the same time here; the
 * chip computes them one after the other. It has no CSM mode. The drums are added to the output.
 */
export class OpnFm {
  /** Bits of channels that are not in `heard`. */
  muted = 0;
  /** True if the drums are not in `heard`. */
  mutesDrums = false;
  /** The mean of the left and right output, ±32,767, and the same without muted channels. */
  output = 0;
  heard = 0;

  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #operators: OpnOperators;
  readonly #rhythm: OpnRhythm | undefined;
  /** 1 for each channel that `mayBeHeard`. Others stand still, because a key begins at phase 0. */
  readonly #active = new Uint8Array(FM_CHANNELS);

  /** `words` are FM_WORDS, `bytes` FM_BYTES of the mutable run. */
  constructor(words: Int32Array, bytes: Uint8Array, rhythm?: OpnRhythm) {
    this.#words = words;
    this.#bytes = bytes;
    this.#rhythm = rhythm;
    this.#operators = new OpnOperators(words, bytes);
  }

  /** Sets all registers and counters as they are after a reset. */
  powerOn(): void {
    this.#words.fill(0);
    this.#bytes.fill(0);
    this.#operators.powerOn();
    for (let channel = 0; channel < FM_CHANNELS; channel++) this.#bytes[registerOf(channel, SIDES)] = 0xc0;
    this.stateLoaded();
  }

  /** Computes everything that a state does not hold. */
  stateLoaded(): void {
    for (let channel = 0; channel < FM_CHANNELS; channel++) this.#derive(channel);
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    this.#operators.declareState(state);
    const words = this.#words;
    state.slots("epsm.outputs", words, range(-MAX_OUTPUT, MAX_OUTPUT), LAST, 3 * FM_CHANNELS);
    state.slots("epsm.envelopeCounter", words, range(0, ENVELOPE_COUNTER_MASK), ENVELOPE_COUNTER, 1);
    state.slots("epsm.envelopeDivider", words, range(0, SAMPLES_PER_ENVELOPE_STEP - 1), ENVELOPE_DIVIDER, 1);
    state.slots("epsm.lfoStep", words, range(0, LFO_STEPS - 1), LFO_STEP, 1);
    state.slots("epsm.lfoTimer", words, range(0, LFO_PERIODS[0] - 1), LFO_TIMER, 1);
  }

  /** Writes a register; those of the second bank begin at BANK_BYTES. */
  write(register: number, value: number): void {
    const bytes = this.#bytes;
    const low = register & 0xff;
    const latch = LATCHES + ((low >> 3) & 1);
    if ((low & 0xf4) === FREQUENCY_HIGH) {
      // Takes effect with the next write of a low byte.
      bytes[latch] = value;
      return;
    }
    bytes[register] = value;
    if ((low & 0xf4) === FREQUENCY) bytes[register + (FREQUENCY_HIGH - FREQUENCY)] = bytes[latch];
    if (register === KEY) this.#writeKeys(value);
    else if (register === MODE || (low & 0xf8) === 0xa8) this.#derive(THIRD_CHANNEL);
    else if (low >= 0x30 && (low & 3) !== 3) this.#derive((low & 3) + (register < BANK_BYTES ? 0 : 3));
  }

  /** Computes a sample. */
  sample(): void {
    const words = this.#words;
    const bytes = this.#bytes;
    this.#advanceLfo();
    const counter = this.#advanceCounter();
    const channels = this.#channelCount();
    const rhythm = this.#rhythm;
    if (counter >= 0) rhythm?.clock(counter);
    let left = rhythm?.left ?? 0;
    let right = rhythm?.right ?? 0;
    let leftHeard = this.mutesDrums ? 0 : left;
    let rightHeard = this.mutesDrums ? 0 : right;
    for (let channel = 0; channel < FM_CHANNELS; channel++) {
      if (this.#active[channel] === 0) continue;
      const sides = bytes[registerOf(channel, SIDES)];
      const sensitivity = (bytes[LFO] & 8) === 0 ? 0 : sides & 7;
      const first = channel * OPERATOR_SLOTS;
      for (let operator = first; operator < first + OPERATOR_SLOTS; operator++)
        this.#operators.advance(operator, counter, words[LFO_STEP], sensitivity);
      const output = this.#channelOutput(channel);
      if (channel >= channels) continue;
      const toLeft = (sides & 0x80) !== 0 ? output : 0;
      const toRight = (sides & 0x40) !== 0 ? output : 0;
      left += toLeft;
      right += toRight;
      if (((this.muted >> channel) & 1) !== 0) continue;
      leftHeard += toLeft;
      rightHeard += toRight;
    }
    this.output = meanOf(left, right);
    this.heard = meanOf(leftHeard, rightHeard);
  }

  /** The waveform is that of the operators' present levels, without feedback. */
  readChannels(into: ChannelReadings, first: number, samplesHz: number): void {
    const wave = new Float64Array(WAVE_SAMPLES);
    for (let channel = 0; channel < FM_CHANNELS; channel++) {
      const pitch = this.#pitch(channel, FOURTH);
      const hertz = (((pitch & 0x7ff) << (pitch >> 11)) / 2 ** 21) * samplesHz;
      const isConnected = (this.#bytes[registerOf(channel, SIDES)] & 0xc0) !== 0;
      const isHeard = channel < this.#channelCount() && isConnected && this.#active[channel] === 1;
      into.set(first + channel, hertz, isHeard ? 1 - this.#quietness(channel) / SILENT : 0);
      let peak = 1;
      for (let i = 0; i < WAVE_SAMPLES; i++) {
        wave[i] = this.#waveAt(channel, (i * 1024) / WAVE_SAMPLES);
        peak = Math.max(peak, Math.abs(wave[i]));
      }
      for (let i = 0; i < WAVE_SAMPLES; i++) into.setWave(first + channel, i, 0.5 + wave[i] / peak / 2);
    }
  }

  #channelCount(): number {
    return (this.#bytes[CHANNEL_COUNT] & 0x80) !== 0 ? FM_CHANNELS : 3;
  }

  #writeKeys(value: number): void {
    if ((value & 3) === 3) return;
    const channel = (value & 3) + ((value & 4) !== 0 ? 3 : 0);
    for (let bit = 0; bit < OPERATOR_SLOTS; bit++)
      this.#operators.setKey(channel * OPERATOR_SLOTS + KEY_SLOTS[bit], (value >> (4 + bit)) & 1);
    this.#active[channel] = this.#mayBeHeard(channel);
  }

  /** 1 unless every operator has faded until its key is pressed again. */
  #mayBeHeard(channel: number): number {
    const last = LAST + 3 * channel;
    for (let at = last; at < last + 3; at++) if (this.#words[at] !== 0) return 1;
    for (let slot = 0; slot < OPERATOR_SLOTS; slot++)
      if (this.#operators.mayBeHeard(channel * OPERATOR_SLOTS + slot)) return 1;
    return 0;
  }

  /** The frequency number (11 bits) and the block (3 bits above) of an operator. */
  #pitch(channel: number, slot: number): number {
    const bytes = this.#bytes;
    const isSpecial = channel === THIRD_CHANNEL && slot !== FOURTH && (bytes[MODE] & 0x40) !== 0;
    const low = isSpecial ? SPECIAL_FREQUENCIES[slot] : registerOf(channel, FREQUENCY);
    return bytes[low] | ((bytes[low + (FREQUENCY_HIGH - FREQUENCY)] & 0x3f) << 8);
  }

  /** Computes what follows from the registers of a channel. */
  #derive(channel: number): void {
    for (let slot = 0; slot < OPERATOR_SLOTS; slot++)
      this.#operators.derive(channel * OPERATOR_SLOTS + slot, this.#pitch(channel, slot));
    this.#active[channel] = this.#mayBeHeard(channel);
  }

  /** Returns the envelopes' counter if it counts with this sample, else −1. */
  #advanceCounter(): number {
    const words = this.#words;
    if (++words[ENVELOPE_DIVIDER] < SAMPLES_PER_ENVELOPE_STEP) return -1;
    words[ENVELOPE_DIVIDER] = 0;
    words[ENVELOPE_COUNTER] = (words[ENVELOPE_COUNTER] + 1) & ENVELOPE_COUNTER_MASK;
    return words[ENVELOPE_COUNTER];
  }

  /** The LFO stands at its start while it is off. */
  #advanceLfo(): void {
    const words = this.#words;
    const control = this.#bytes[LFO];
    if ((control & 8) === 0) {
      words[LFO_STEP] = 0;
      words[LFO_TIMER] = 0;
    } else if (++words[LFO_TIMER] >= LFO_PERIODS[control & 7]) {
      words[LFO_TIMER] = 0;
      words[LFO_STEP] = (words[LFO_STEP] + 1) % LFO_STEPS;
    }
  }

  /** How much the LFO attenuates the operators of a channel that have tremolo. */
  #fade(channel: number): number {
    if ((this.#bytes[LFO] & 8) === 0) return 0;
    return tremolo(this.#words[LFO_STEP], (this.#bytes[registerOf(channel, SIDES)] >> 4) & 3);
  }

  /**
   * The sum of a channel's carriers, in half of the operators' units: ±16,336. The chip computes the third
   * operator before the second, and the second right before the fourth: they are modulated by the outputs of
   * the sample before.
   */
  #channelOutput(channel: number): number {
    const words = this.#words;
    const operators = this.#operators;
    const connection = this.#bytes[registerOf(channel, CONNECTION)];
    const algorithm = connection & 7;
    const feedback = (connection >> 3) & 7;
    const fade = this.#fade(channel);
    const first = channel * OPERATOR_SLOTS;
    const last = LAST + 3 * channel;
    const lastOne = words[last + LAST_ONE];
    const lastTwo = words[last + LAST_TWO];
    const bend1 = feedback === 0 ? 0 : (lastOne + words[last + OLDER_ONE]) >> (10 - feedback);
    const one = operators.output(first, bend1, fade);
    const two = operators.output(first + SECOND, bend(MODULATORS_2[algorithm], one, 0, 0), fade);
    const three = operators.output(first + THIRD, bend(MODULATORS_3[algorithm], lastOne, lastTwo, 0), fade);
    const four = operators.output(first + FOURTH, bend(MODULATORS_4[algorithm], one, lastTwo, three), fade);
    words[last + OLDER_ONE] = lastOne;
    words[last + LAST_ONE] = one;
    words[last + LAST_TWO] = two;
    const output = mix(CARRIERS[algorithm], one, two, three, four);
    if (output === 0) this.#active[channel] = this.#mayBeHeard(channel);
    return output;
  }

  /** The same at the phase `at` (10 bits) of the channel's pitch, without feedback. */
  #waveAt(channel: number, at: number): number {
    const operators = this.#operators;
    const algorithm = this.#bytes[registerOf(channel, CONNECTION)] & 7;
    const fade = this.#fade(channel);
    const first = channel * OPERATOR_SLOTS;
    const one = operators.outputAt(first, at, 0, fade);
    const two = operators.outputAt(first + SECOND, at, bend(MODULATORS_2[algorithm], one, 0, 0), fade);
    const three = operators.outputAt(first + THIRD, at, bend(MODULATORS_3[algorithm], one, two, 0), fade);
    const four = operators.outputAt(first + FOURTH, at, bend(MODULATORS_4[algorithm], one, two, three), fade);
    return mix(CARRIERS[algorithm], one, two, three, four);
  }

  /** The lowest attenuation of a channel's carriers. */
  #quietness(channel: number): number {
    const carriers = CARRIERS[this.#bytes[registerOf(channel, CONNECTION)] & 7];
    let least = MAX_ATTENUATION;
    for (const [bit, slot] of KEY_SLOTS.entries())
      if (((carriers >> bit) & 1) !== 0)
        least = Math.min(least, this.#operators.attenuation(channel * OPERATOR_SLOTS + slot, 0));
    return least;
  }
}

/** How far an operator's phase is moved by the sum of the outputs whose bits are in `modulators`. */
function bend(modulators: number, one: number, two: number, three: number): number {
  const sum =
    (one & -(modulators & 1)) + (two & -((modulators >> 1) & 1)) + (three & -((modulators >> 2) & 1));
  return sum >> 1;
}

/** The sum of the outputs whose bits are in `carriers`. */
function mix(carriers: number, one: number, two: number, three: number, four: number): number {
  return (
    ((one >> 1) & -(carriers & 1)) +
    ((two >> 1) & -((carriers >> 1) & 1)) +
    ((three >> 1) & -((carriers >> 2) & 1)) +
    (four >> 1)
  );
}

/** The mean of both sides, each as its DAC clips it. */
function meanOf(left: number, right: number): number {
  return (clipped(left) + clipped(right)) / 2;
}

function clipped(side: number): number {
  return Math.max(-MAX_SIDE, Math.min(MAX_SIDE, side));
}

/** The YM2413 (OPLL): nine channels of two operators, the last three of which can be five drums. */
import type { ChannelReadings, SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { BYTE, range } from "../../../../state-fields.ts";
import { PULSE_LEVELS } from "../../../apu/levels.ts";
import type { LevelSink } from "../../board.ts";
import {
  DAMP,
  LEVELS,
  OPLL_BYTES,
  OPLL_FREE_WORD,
  OPLL_SWING,
  Opll,
  REGISTERS,
  RELEASE,
  RELEASE_SUSTAINED,
  STATES,
} from "../parts/opll.ts";
import { ENVELOPE_END, ENVELOPE_MUTE } from "../parts/opll-operator.ts";

/**
 * The fifteen instruments and the drums as in the chip's ROM, read from a photograph of the VRC7's die and
 * from the chip's test mode. https://github.com/nukeykt/Nuked-OPLL
 */
const PATCHES: readonly (readonly number[])[] = [
  [0x71, 0x61, 0x1e, 0x17, 0xd0, 0x78, 0x00, 0x17],
  [0x13, 0x41, 0x1a, 0x0d, 0xd8, 0xf7, 0x23, 0x13],
  [0x13, 0x01, 0x99, 0x00, 0xf2, 0xc4, 0x11, 0x23],
  [0x31, 0x61, 0x0e, 0x07, 0xa8, 0x64, 0x70, 0x27],
  [0x32, 0x21, 0x1e, 0x06, 0xe0, 0x76, 0x00, 0x28],
  [0x31, 0x22, 0x16, 0x05, 0xe0, 0x71, 0x00, 0x18],
  [0x21, 0x61, 0x1d, 0x07, 0x82, 0x81, 0x10, 0x07],
  [0x23, 0x21, 0x2d, 0x14, 0xa2, 0x72, 0x00, 0x07],
  [0x61, 0x61, 0x1b, 0x06, 0x64, 0x65, 0x10, 0x17],
  [0x41, 0x61, 0x0b, 0x18, 0x85, 0xf7, 0x71, 0x07],
  [0x13, 0x01, 0x83, 0x11, 0xfa, 0xe4, 0x10, 0x04],
  [0x17, 0xc1, 0x24, 0x07, 0xf8, 0xf8, 0x22, 0x12],
  [0x61, 0x50, 0x0c, 0x05, 0xc2, 0xf5, 0x20, 0x42],
  [0x01, 0x01, 0x55, 0x03, 0xc9, 0x95, 0x03, 0x02],
  [0x61, 0x41, 0x89, 0x03, 0xf1, 0xe4, 0x40, 0x13],
];
/** Bass drum; hi-hat and snare drum; tom-tom and cymbal. */
const DRUM_PATCHES: readonly (readonly number[])[] = [
  [0x01, 0x01, 0x18, 0x0f, 0xdf, 0xf8, 0x6a, 0x6d],
  [0x01, 0x01, 0x00, 0x00, 0xc8, 0xd8, 0xa7, 0x48],
  [0x05, 0x01, 0x00, 0x00, 0xf8, 0xaa, 0x59, 0x55],
];

/** ..RBSTCH: rhythm mode, and the key of each drum. */
const RHYTHM_REGISTER = REGISTERS + 0x0e;
const RHYTHM = 0x20;
/** The bit of each operator's drum: bass drum (two operators), hi-hat, snare drum, tom-tom, cymbal. */
const DRUM_BITS = [4, 4, 0, 3, 2, 1] as const;
const HI_HAT = 2;
const SNARE = 3;
const TOM_TOM = 4;
const CYMBAL = 5;

const FIRST_DRUM_CHANNEL = 6;
const DRUM_CHANNELS = 3;
const CHANNELS = FIRST_DRUM_CHANNEL + DRUM_CHANNELS;

/**
 * The level of one step of a channel's output. No measurement is published; the only cartridge with this chip
 * has no other sound, so that only the sum matters. At its loudest, a channel has twice the swing of the
 * APU's pulse.
 */
const UNIT = (2 * PULSE_LEVELS[15]) / OPLL_SWING;

/**
 * Channels 7 to 9, whose six operators are five drums in rhythm mode. The noise and how phases become those
 * of hi-hat, snare drum and cymbal are as in https://github.com/nukeykt/Nuked-OPLL; the noise is as measured:
 * https://github.com/andete/ym2413/blob/master/results/lfsr/lfsr.txt
 */
class OpllWithDrums extends Opll {
  readonly #noise: Int32Array;

  constructor(bytes: Uint8Array) {
    super(bytes, UNIT, PATCHES, DRUM_CHANNELS);
    this.#noise = new Int32Array(bytes.buffer, bytes.byteOffset + 4 * OPLL_FREE_WORD, 1);
  }

  override powerOn(): void {
    super.powerOn();
    this.#noise[0] = 1;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("sound.noise", this.#noise, range(1, 0x7fffff));
  }

  override write(value: number): void {
    super.write(value);
    this.#updateKeys();
  }

  override sample(cycle: number, sink: LevelSink): void {
    // The register shifts in each of the 18 slots of a sample. Its taps are 14 bits apart: nine shifts can
    // be made at once.
    for (let i = 0; i < 2; i++) {
      const noise = this.#noise[0];
      this.#noise[0] = (noise >> 9) | (((noise ^ (noise >> 14)) & 0x1ff) << 14);
    }
    super.sample(cycle, sink);
  }

  /** Hi-hat, snare drum and cymbal are noise, so the last two channels have no pitch. */
  override readChannels(into: ChannelReadings, first: number): void {
    super.readChannels(into, first);
    if (!this.#isRhythm) return;
    for (let channel = 1; channel < DRUM_CHANNELS; channel++) {
      const operator = LEVELS + 2 * channel;
      const level = Math.min(this.bytes[operator], this.bytes[operator + 1]);
      into.set(first + channel, 0, level < ENVELOPE_END ? 1 - level / ENVELOPE_MUTE : 0);
    }
  }

  get #isRhythm(): boolean {
    return (this.bytes[RHYTHM_REGISTER] & RHYTHM) !== 0;
  }

  /** Returns true if the two operators of a channel are drums of their own, without modulation. */
  #isPair(channel: number): boolean {
    return channel > 0 && this.#isRhythm;
  }

  /** Keys are `#updateKeys`'s. */
  protected override writeKey(): void {}

  /** A drum sounds while its bit or its channel's key is down. */
  #updateKeys(): void {
    const { bytes } = this;
    const drums = this.#isRhythm ? bytes[RHYTHM_REGISTER] : 0;
    for (let operator = 0; operator < 2 * DRUM_CHANNELS; operator++) {
      const key = bytes[REGISTERS + 0x20 + (operator >> 1)] >> 4;
      const at = STATES + operator;
      if (((key | (drums >> DRUM_BITS[operator])) & 1) === 0) bytes[at] = RELEASE;
      else if (bytes[at] === RELEASE) bytes[at] = DAMP;
    }
  }

  protected override advance(channel: number, counter: number): void {
    if (!this.#isPair(channel)) {
      super.advance(channel, counter);
      return;
    }
    for (let operator = 2 * channel; operator < 2 * channel + 2; operator++) {
      this.advanceEnvelope(channel, operator, counter);
      this.advancePhase(channel, operator, counter);
      const isFaded = this.bytes[LEVELS + operator] >= ENVELOPE_END;
      if (this.bytes[STATES + operator] === DAMP && isFaded) this.start(channel, operator);
    }
  }

  protected override patch(channel: number, byte: number): number {
    if (!this.#isRhythm) return super.patch(channel, byte);
    // The volume of hi-hat and tom-tom takes the place of the instrument.
    if (byte === 2 && channel > 0) return (this.bytes[REGISTERS + 0x30 + channel] >> 4) << 2;
    return DRUM_PATCHES[channel][byte];
  }

  /** Hi-hat and tom-tom, unlike modulators, are heard while they are released. */
  protected override parameterRate(channel: number, operator: number): number {
    const isReleased = this.bytes[STATES + operator] === RELEASE;
    if ((operator & 1) !== 0 || !isReleased || !this.#isPair(channel))
      return super.parameterRate(channel, operator);
    const isSustained = (this.bytes[REGISTERS + 0x20 + channel] & 0x20) !== 0;
    return isSustained ? RELEASE_SUSTAINED : this.patch(channel, 6) & 0x0f;
  }

  /** Drums are in two of the time slots of a sample each, so they are twice as loud. */
  protected override channelOutput(channel: number, counter: number): number {
    if (!this.#isRhythm) return super.channelOutput(channel, counter);
    if (channel === 0) return 2 * super.channelOutput(channel, counter);
    const hiHat = this.words[HI_HAT] >> 9;
    const cymbal = this.words[CYMBAL] >> 9;
    const mixed =
      ((hiHat >> 2) ^ (hiHat >> 7)) | ((hiHat >> 3) ^ (cymbal >> 5)) | ((cymbal >> 3) ^ (cymbal >> 5));
    const ring = (mixed & 1) << 9;
    if (channel === 2) {
      const tom = this.outputAt(channel, TOM_TOM, this.words[TOM_TOM] >> 9, counter);
      return 2 * (tom + this.outputAt(channel, CYMBAL, ring | 0x100, counter));
    }
    // The register is that of the tenth slot; those of hi-hat and snare drum are the 14th and the 17th.
    const noise = this.#noise[0];
    const high = (hiHat >> 8) & 1;
    const hiHatPhase = ring | (((mixed ^ (noise >> 4)) & 1) !== 0 ? 0xd0 : 0x34);
    const snarePhase = (high << 9) | ((high ^ ((noise >> 7) & 1)) << 8);
    const snare = this.outputAt(channel, SNARE, snarePhase, counter);
    return 2 * (this.outputAt(channel, HI_HAT, hiHatPhase, counter) + snare);
  }
}

/** Bytes of RAM for the state of a `Ym2413Sound`: both halves, then the selected register. */
export const YM2413_SOUND_BYTES = 2 * OPLL_BYTES + 4;
const SELECTED = 2 * OPLL_BYTES;
const TEST_REGISTER = REGISTERS + 0x0f;

/** A YM2413 in `bytes`, YM2413_SOUND_BYTES aligned to 4. https://www.smspower.org/Development/YM2413 */
export class Ym2413Sound implements SoundChip {
  readonly channels = Array.from({ length: CHANNELS }, (_, channel) => `YM2413 ${channel + 1}`);
  readonly #bytes: Uint8Array;
  readonly #melody: Opll;
  readonly #drums: OpllWithDrums;
  readonly #sum = new LevelSum();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#melody = new Opll(bytes.subarray(0, OPLL_BYTES), UNIT, PATCHES, FIRST_DRUM_CHANNEL);
    this.#drums = new OpllWithDrums(bytes.subarray(OPLL_BYTES, 2 * OPLL_BYTES));
  }

  get muted(): number {
    return this.#melody.muted | (this.#drums.muted << FIRST_DRUM_CHANNEL);
  }

  set muted(channels: number) {
    this.#melody.muted = channels & ((1 << FIRST_DRUM_CHANNEL) - 1);
    this.#drums.muted = channels >> FIRST_DRUM_CHANNEL;
  }

  powerOn(): void {
    this.#melody.powerOn();
    this.#drums.powerOn();
  }

  declareState(state: StateCheck): void {
    this.#melody.declareState(state);
    this.#drums.declareState(state);
    state.slots("sound.register", this.#bytes, BYTE, SELECTED, 1);
  }

  /** Writes the index port. */
  select(register: number): void {
    this.#bytes[SELECTED] = register;
  }

  /** Writes the data port. Registers from $40 on do not exist; channels 10 to 16 are 1 to 7 again. */
  write(value: number): void {
    const register = this.#bytes[SELECTED];
    if (register >= 0x40) return;
    const channel = (register & 0x0f) % CHANNELS;
    const isShared = register < 0x10; // the program's instrument, rhythm and test
    const isMelody = channel < FIRST_DRUM_CHANNEL;
    const group = register & 0x30;
    if (isShared || isMelody) writeTo(this.#melody, isShared ? register : group | channel, value);
    if (isShared) writeTo(this.#drums, register, value);
    else if (!isMelody) writeTo(this.#drums, group | (channel - FIRST_DRUM_CHANNEL), value);
  }

  /** The test register, which the program can read. */
  get testRegister(): number {
    return this.#bytes[TEST_REGISTER];
  }

  /** Computes one sample, at `cycle`. */
  sample(cycle: number, sink: LevelSink): void {
    const sum = this.#sum;
    sum.level = 0;
    sum.heard = 0;
    this.#melody.sample(cycle, sum);
    this.#drums.sample(cycle, sum);
    sink.setExpansionLevel(cycle, sum.level, sum.heard);
  }

  readChannels(into: ChannelReadings, first: number): void {
    this.#melody.readChannels(into, first);
    this.#drums.readChannels(into, first + FIRST_DRUM_CHANNEL);
  }
}

/** Adds the levels of both halves. */
class LevelSum implements LevelSink {
  level = 0;
  heard = 0;

  setExpansionLevel(_cycle: number, level: number, heard: number): void {
    this.level += level;
    this.heard += heard;
  }
}

function writeTo(half: Opll, register: number, value: number): void {
  half.select(register);
  half.write(value);
}

import { type ChannelReadings, type SoundChip, WAVE_SAMPLES } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { PULSE_LEVELS } from "../../../apu/levels.ts";
import type { LevelSink } from "../../board.ts";
import { lowPassShare } from "../parts/low-pass.ts";

/** Number of bytes and words of a board's registers for the state of an `FdsSound`. */
export const FDS_SOUND_BYTES = 64 + 64 + 17;
export const FDS_SOUND_WORDS = 5;

/** 2.4 times a pulse channel at its loudest, as measured. https://www.nesdev.org/wiki/FDS_audio */
export const FDS_FULL_LEVEL = 2.4 * PULSE_LEVELS[15];
/** The cutoff of the adapter's output filter on a Famicom. */
const CUTOFF_HZ = 2000;
const FAMICOM_CPU_HZ = 1_789_773;
export const FDS_CUTOFF_SHARE = lowPassShare(CUTOFF_HZ, FAMICOM_CPU_HZ);

// Bytes: the waveform, the modulation table, the registers as written, then values derived from them.
const WAVE = 0;
const TABLE = 64;
const VOLUME_CONTROL = 128; // $4080: MDVVVVVV
const FREQUENCY_LOW = 129; // $4082
const FREQUENCY_HIGH = 130; // $4083: HE..FFFF
const SWEEP_CONTROL = 131; // $4084: like $4080
const MOD_LOW = 132; // $4086
const MOD_HIGH = 133; // $4087: H...FFFF
const WAVE_CONTROL = 134; // $4089: W.....VV
const MASTER_SPEED = 135; // $408A
const VOLUME = 136;
const SWEEP = 137;
const MOD_COUNTER = 138; // 7 bits, signed
const MOD_POSITION = 139;
const WAVE_POSITION = 140;
const HELD_LEVEL = 141; // the sample while the waveform is being written
const VOLUME_LATCH = 142; // the volume in use since the waveform last restarted

const WAVE_PHASE = 0; // 22 bits below a position
const MOD_PHASE = 1;
const VOLUME_TICK = 2; // cycles until the next step of the envelope
const SWEEP_TICK = 3;
const PITCH = 4; // the modulated frequency, 20 bits, which is added each cycle

const HALT = 0x80;
const ENVELOPES_OFF = 0x40;
const ENVELOPE_OFF = 0x80;
const INCREASE = 0x40;
const WRITE_ENABLE = 0x80;

// The chip adds the frequency every 16 cycles, to 18 and to 12 bits. Here it is added each cycle, to four
// more bits.
const WAVE_UNIT = 1 << 22;
const MOD_UNIT = 1 << 16;
const MAX_GAIN = 32;
/** The common speed of the envelopes that the BIOS sets; no game changes it. */
const POWER_ON_SPEED = 0xe8;

/** What the entries of the modulation table add to the counter; entry 4 sets it to 0. */
const TABLE_STEPS: readonly number[] = [0, 1, 2, 4, 0, -4, -2, -1];
const TABLE_RESET = 4;

/** Volumes of $4089 bits 0–1, in thirtieths. */
const MASTER_VOLUMES: readonly number[] = [30, 20, 15, 12];

/**
 * The 2C33's sound channel: a loop of 64 samples of 6 bits, whose pitch is modulated by a table of 64 steps.
 * Volume and modulation depth have envelopes. Each step happens in the cycle in which it is due on the chip.
 * https://www.nesdev.org/wiki/FDS_audio
 */
export class FdsSound implements SoundChip {
  readonly channels = ["FDS"] as const;
  muted = 0;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #levelUnit: number;

  /** `fullLevel` is the level, in units of the mixer, of the highest sample at full volume. */
  constructor(bytes: Uint8Array, words: Int32Array, fullLevel: number) {
    this.#bytes = bytes;
    this.#words = words;
    this.#levelUnit = fullLevel / (63 * MAX_GAIN * 30);
  }

  powerOn(): void {
    this.#bytes[MASTER_SPEED] = POWER_ON_SPEED;
    this.#bytes[VOLUME_CONTROL] = ENVELOPE_OFF;
    this.#bytes[SWEEP_CONTROL] = ENVELOPE_OFF;
    this.#bytes[FREQUENCY_HIGH] = HALT;
    this.#bytes[MOD_HIGH] = HALT;
    this.#restartEnvelopes();
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    const bytes = this.#bytes;
    const words = this.#words;
    const slowest = 8 * 0x40 * 0x100;
    state.slots("sound.wave", bytes, range(0, 0x3f), WAVE, 64);
    state.slots("sound.table", bytes, range(0, 7), TABLE, 64);
    state.slots("sound.gains", bytes, range(0, 0x3f), VOLUME, 2);
    state.slots("sound.counter", bytes, range(0, 0x7f), MOD_COUNTER, 1);
    state.slots("sound.positions", bytes, range(0, 0x3f), MOD_POSITION, 2);
    state.slots("sound.heldLevel", bytes, range(0, 0x3f), HELD_LEVEL, 1);
    state.slots("sound.volume", bytes, range(0, MAX_GAIN), VOLUME_LATCH, 1);
    state.slots("sound.wavePhase", words, range(0, WAVE_UNIT - 1), WAVE_PHASE, 1);
    state.slots("sound.modulatorPhase", words, range(0, MOD_UNIT - 1), MOD_PHASE, 1);
    state.slots("sound.envelopes", words, range(1, slowest), VOLUME_TICK, 2);
    state.slots("sound.pitch", words, range(0, 0xfffff), PITCH, 1);
  }

  /** The current level: the current sample, scaled by both volumes. */
  get level(): number {
    const bytes = this.#bytes;
    const control = bytes[WAVE_CONTROL];
    const sample = (control & WRITE_ENABLE) !== 0 ? bytes[HELD_LEVEL] : bytes[WAVE + bytes[WAVE_POSITION]];
    return Math.round(sample * bytes[VOLUME_LATCH] * MASTER_VOLUMES[control & 3] * this.#levelUnit);
  }

  readChannels(into: ChannelReadings, at: number, clockHz: number): void {
    const bytes = this.#bytes;
    const isOn = this.#waveRuns() && (bytes[WAVE_CONTROL] & WRITE_ENABLE) === 0;
    const hertz = (clockHz * this.#words[PITCH]) / (WAVE_UNIT * 64);
    const volume = (bytes[VOLUME_LATCH] * MASTER_VOLUMES[bytes[WAVE_CONTROL] & 3]) / (MAX_GAIN * 30);
    into.set(at, hertz, isOn ? volume : 0);
    for (let i = 0; i < WAVE_SAMPLES; i++) into.setWave(at, i, bytes[WAVE + (i * 64) / WAVE_SAMPLES] / 63);
  }

  /** Reads $4040–$4092; addresses without a register return `openBus`. Bits 6 and 7 read as 01. */
  read(address: number, openBus: number): number {
    const bytes = this.#bytes;
    if (address < 0x4080) {
      const position = (bytes[WAVE_CONTROL] & WRITE_ENABLE) !== 0 ? address & 0x3f : bytes[WAVE_POSITION];
      return (openBus & 0xc0) | bytes[WAVE + position];
    }
    if (address === 0x4090) return 0x40 | bytes[VOLUME];
    return address === 0x4092 ? 0x40 | bytes[SWEEP] : openBus;
  }

  /** Writes $4040–$408A. The channel must have run to the cycle of the write. */
  write(address: number, value: number): void {
    if (address < 0x4080) {
      if ((this.#bytes[WAVE_CONTROL] & WRITE_ENABLE) !== 0)
        this.#bytes[WAVE + (address & 0x3f)] = value & 0x3f;
      return;
    }
    this.#writeRegister(address, value);
    this.#bend();
  }

  #writeRegister(address: number, value: number): void {
    const bytes = this.#bytes;
    switch (address) {
      case 0x4080:
        this.#writeEnvelope(VOLUME_CONTROL, VOLUME, VOLUME_TICK, value);
        break;
      case 0x4082:
        bytes[FREQUENCY_LOW] = value;
        break;
      case 0x4083:
        this.#writeFrequencyHigh(value);
        break;
      case 0x4084:
        this.#writeEnvelope(SWEEP_CONTROL, SWEEP, SWEEP_TICK, value);
        break;
      case 0x4085:
        bytes[MOD_COUNTER] = value & 0x7f;
        break;
      case 0x4086:
        bytes[MOD_LOW] = value;
        break;
      case 0x4087:
        bytes[MOD_HIGH] = value;
        if ((value & HALT) !== 0) this.#words[MOD_PHASE] = 0;
        break;
      case 0x4088:
        this.#writeTable(value & 7);
        break;
      case 0x4089:
        bytes[HELD_LEVEL] = bytes[WAVE + bytes[WAVE_POSITION]];
        bytes[WAVE_CONTROL] = value;
        break;
      case 0x408a:
        bytes[MASTER_SPEED] = value;
        this.#restartEnvelopes();
        break;
    }
  }

  /** Bit 7 disables the envelope and sets the gain; the speed is set in both cases. */
  #writeEnvelope(control: number, gain: number, tick: number, value: number): void {
    this.#bytes[control] = value;
    if ((value & ENVELOPE_OFF) !== 0) this.#bytes[gain] = value & 0x3f;
    this.#words[tick] = this.#tickCycles(value);
    this.#latchVolume();
  }

  #writeFrequencyHigh(value: number): void {
    const bytes = this.#bytes;
    bytes[FREQUENCY_HIGH] = value;
    if ((value & HALT) !== 0) {
      bytes[WAVE_POSITION] = 0;
      this.#words[WAVE_PHASE] = 0;
      this.#latchVolume();
    }
    if ((value & ENVELOPES_OFF) !== 0) this.#restartEnvelopes();
  }

  #restartEnvelopes(): void {
    this.#words[VOLUME_TICK] = this.#tickCycles(this.#bytes[VOLUME_CONTROL]);
    this.#words[SWEEP_TICK] = this.#tickCycles(this.#bytes[SWEEP_CONTROL]);
  }

  /** Each entry covers two positions. The table can be written while the modulator is halted. */
  #writeTable(value: number): void {
    const bytes = this.#bytes;
    if ((bytes[MOD_HIGH] & HALT) === 0) return;
    for (let count = 0; count < 2; count++) {
      bytes[TABLE + bytes[MOD_POSITION]] = value;
      bytes[MOD_POSITION] = (bytes[MOD_POSITION] + 1) & 0x3f;
    }
  }

  #tickCycles(control: number): number {
    return 8 * ((control & 0x3f) + 1) * (this.#bytes[MASTER_SPEED] + 1);
  }

  /**
   * The volume changes only when the waveform restarts, which reloads the counter that the volume is compared
   * with.
   */
  #latchVolume(): void {
    const bytes = this.#bytes;
    if (bytes[WAVE_POSITION] === 0) bytes[VOLUME_LATCH] = Math.min(MAX_GAIN, bytes[VOLUME]);
  }

  /** Runs the channel for `cycles`, the first of which is `first`; changes of the level go to `sink`. */
  run(cycles: number, first: number, sink: LevelSink): void {
    let left = cycles;
    let next = first;
    for (let span = this.#cyclesToStep(); span <= left; span = this.#cyclesToStep()) {
      this.#advance(span);
      left -= span;
      next += span;
      // The filter behind it leaves it out where it is muted.
      const { level } = this;
      sink.setExpansionLevel(next - 1, level, level);
    }
    if (left > 0) this.#advance(left);
  }

  #waveRuns(): boolean {
    const bytes = this.#bytes;
    return (bytes[FREQUENCY_HIGH] & HALT) === 0 && this.#words[PITCH] > 0;
  }

  #modFrequency(): number {
    const high = this.#bytes[MOD_HIGH];
    return (high & HALT) !== 0 ? 0 : ((high & 0x0f) << 8) | this.#bytes[MOD_LOW];
  }

  #envelopesRun(): boolean {
    const bytes = this.#bytes;
    return (bytes[FREQUENCY_HIGH] & (HALT | ENVELOPES_OFF)) === 0 && bytes[MASTER_SPEED] !== 0;
  }

  #cyclesToStep(): number {
    const words = this.#words;
    let cycles = Infinity;
    if (this.#waveRuns()) cycles = Math.ceil((WAVE_UNIT - words[WAVE_PHASE]) / words[PITCH]);
    const modFrequency = this.#modFrequency();
    if (modFrequency > 0) cycles = Math.min(cycles, Math.ceil((MOD_UNIT - words[MOD_PHASE]) / modFrequency));
    if (this.#envelopesRun()) cycles = Math.min(cycles, words[VOLUME_TICK], words[SWEEP_TICK]);
    return cycles;
  }

  /**
   * `cycles` must not exceed `#cyclesToStep`, so that each part makes at most one step, in the last cycle.
   * The wave comes first: a step of modulator or envelope changes the pitch, which applies from the next
   * cycle.
   */
  #advance(cycles: number): void {
    this.#advanceWave(cycles);
    this.#advanceModulator(cycles);
    if (this.#envelopesRun()) this.#advanceEnvelopes(cycles);
  }

  #advanceWave(cycles: number): void {
    if (!this.#waveRuns()) return;
    const words = this.#words;
    words[WAVE_PHASE] += words[PITCH] * cycles;
    if (words[WAVE_PHASE] >= WAVE_UNIT) this.#stepWave();
  }

  #advanceModulator(cycles: number): void {
    const frequency = this.#modFrequency();
    if (frequency === 0) return;
    this.#words[MOD_PHASE] += frequency * cycles;
    if (this.#words[MOD_PHASE] >= MOD_UNIT) this.#stepModulator();
  }

  #stepWave(): void {
    this.#words[WAVE_PHASE] -= WAVE_UNIT;
    this.#bytes[WAVE_POSITION] = (this.#bytes[WAVE_POSITION] + 1) & 0x3f;
    this.#latchVolume();
  }

  #stepModulator(): void {
    const bytes = this.#bytes;
    this.#words[MOD_PHASE] -= MOD_UNIT;
    const entry = bytes[TABLE + bytes[MOD_POSITION]];
    bytes[MOD_POSITION] = (bytes[MOD_POSITION] + 1) & 0x3f;
    bytes[MOD_COUNTER] = entry === TABLE_RESET ? 0 : (bytes[MOD_COUNTER] + TABLE_STEPS[entry]) & 0x7f;
    this.#bend();
  }

  #advanceEnvelopes(cycles: number): void {
    this.#advanceEnvelope(VOLUME_CONTROL, VOLUME, VOLUME_TICK, cycles);
    this.#advanceEnvelope(SWEEP_CONTROL, SWEEP, SWEEP_TICK, cycles);
  }

  #advanceEnvelope(control: number, gain: number, tick: number, cycles: number): void {
    const bytes = this.#bytes;
    this.#words[tick] -= cycles;
    if (this.#words[tick] > 0) return;
    this.#words[tick] = this.#tickCycles(bytes[control]);
    if ((bytes[control] & ENVELOPE_OFF) !== 0) return;
    if ((bytes[control] & INCREASE) !== 0) {
      if (bytes[gain] < MAX_GAIN) bytes[gain]++;
    } else if (bytes[gain] > 0) bytes[gain]--;
    if (gain === SWEEP) this.#bend();
    else this.#latchVolume();
  }

  /** The frequency modulated by counter × gain around $40, with the chip's own rounding and wrapping. */
  #bend(): void {
    const bytes = this.#bytes;
    const frequency = ((bytes[FREQUENCY_HIGH] & 0x0f) << 8) | bytes[FREQUENCY_LOW];
    const counter = (bytes[MOD_COUNTER] << 25) >> 25;
    let product = counter * bytes[SWEEP];
    if ((product & 0x0f) !== 0 && (product & 0x800) === 0) product += 0x20;
    const factor = ((product + 0x400) >> 4) & 0xff;
    this.#words[PITCH] = (frequency * factor) & 0xfffff;
  }
}

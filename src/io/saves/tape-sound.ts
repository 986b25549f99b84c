/** The Data Recorder's tape as sound: to recorders of real cassettes, and from them. */
import { InputError } from "../../emu/input-error.ts";
import { TAPE_CYCLES_PER_BIT } from "../../emu/nes/input/storage-devices.ts";
import { cpuClockHz, REGIONS } from "../../emu/nes/region.ts";
import type { MonoSound } from "../capture/read-wav.ts";

/** Bits per second of the tape, on an NTSC console. */
export const TAPE_BITS_PER_SECOND = cpuClockHz(REGIONS.ntsc) / TAPE_CYCLES_PER_BIT;

const SOUND_RATE_HZ = 44_100;
/** Half of the full level, as sound cards and recorders take without distortion. */
const LEVEL = 16_384;

/** Time in which the distance between the remembered highest and lowest level shrinks to a third. */
const MEMORY_SECONDS = 0.05;
/** Share of their distance by which the sound must pass the middle, so that ripples on a wave do not. */
const HYSTERESIS = 0.25;
/** Distance, in shares of the full level, below which there is silence: the hiss of a tape. */
const SILENCE = 0.02;

/** Returns the number of bits up to the last that differs from the one after it: the recorded part. */
export function recordedBits(tape: Uint8Array): number {
  let last = 8 * tape.length - 1;
  while (last >= 0 && bitAt(tape, last) === 0) last--;
  return last + 1;
}

/** The recorded part of a tape as a square wave of 44.1 kHz, 16 bits. */
export function soundOfTape(tape: Uint8Array): { readonly rateHz: number; readonly samples: Int16Array } {
  const seconds = recordedBits(tape) / TAPE_BITS_PER_SECOND;
  const samples = new Int16Array(Math.ceil(seconds * SOUND_RATE_HZ) + 1);
  for (let i = 0; i < samples.length; i++) {
    const bit = Math.floor(((i + 0.5) / SOUND_RATE_HZ) * TAPE_BITS_PER_SECOND);
    samples[i] = bit < 8 * tape.length && bitAt(tape, bit) === 1 ? LEVEL : -LEVEL;
  }
  return { rateHz: SOUND_RATE_HZ, samples };
}

/**
 * The tape of `bytes` bytes that has recorded a sound: a bit is 1 while the wave is in its upper half. Slow
 * changes, hiss and ripples on the wave are left out. Throws `InputError` ("data") if there is nothing on it,
 * or more than fits.
 */
export function tapeOfSound(sound: MonoSound, bytes: number): Uint8Array {
  const { rateHz, length } = sound;
  const tape = new Uint8Array(bytes);
  const bits = 8 * bytes;
  const placeOf = (bit: number): number => Math.floor(((bit + 0.5) / TAPE_BITS_PER_SECOND) * rateHz);
  const fitting = placeOf(bits);
  const wave = new WaveLevel(rateHz);
  let at = 0;
  let bit = 0;
  let place = placeOf(0);
  let isEmpty = true;
  const setBit = (which: number): void => {
    tape[which >> 3]! |= 1 << (which & 7);
    isEmpty = false;
  };
  for (const block of sound.blocks()) {
    for (let i = 0; i < block.length; i++, at++) {
      const before = wave.level;
      const level = wave.hear(block[i]!);
      // The first edge shows what was before it.
      const wasHigh = before < 0 && level === 0;
      if (wasHigh) for (let earlier = 0; earlier < bit; earlier++) setBit(earlier);
      if ((level === 1 && at >= fitting) || (wasHigh && at > fitting)) throw tooLong(length / rateHz, bytes);
      for (; bit < bits && place === at; place = placeOf(++bit)) if (level === 1) setBit(bit);
    }
  }
  if (isEmpty) throw new InputError("data", "there is nothing on this tape: its sound is silent");
  return tape;
}

/**
 * In which half of its wave a sound is. The middle is between the recent highest and lowest levels, so that
 * neither an offset nor hum moves it.
 */
class WaveLevel {
  /** 1 in the upper half, 0 in the lower, −1 before the first edge. */
  level = -1;
  readonly #share: number;
  #high = Number.NaN;
  #low = Number.NaN;

  constructor(rateHz: number) {
    this.#share = 1 - Math.exp(-1 / (MEMORY_SECONDS * rateHz));
  }

  /** Takes the next sample and returns `level`. */
  hear(sample: number): number {
    if (Number.isNaN(this.#high)) {
      this.#high = sample;
      this.#low = sample;
    }
    const high = sample > this.#high ? sample : this.#high + (sample - this.#high) * this.#share;
    const low = sample < this.#low ? sample : this.#low + (sample - this.#low) * this.#share;
    this.#high = high;
    this.#low = low;
    const distance = high - low;
    const above = sample - (high + low) / 2;
    const isEdge = distance >= SILENCE && Math.abs(above) > (HYSTERESIS * distance) / 2;
    if (isEdge) this.level = above > 0 ? 1 : 0;
    return this.level;
  }
}

function tooLong(seconds: number, bytes: number): InputError {
  const holds = Math.floor((8 * bytes) / TAPE_BITS_PER_SECOND);
  const what = `the sound has ${Math.ceil(seconds)} seconds, the tape holds ${holds}`;
  return new InputError("data", what, "", "cut out the part that the game needs");
}

function bitAt(tape: Uint8Array, bit: number): number {
  return (tape[bit >> 3]! >> (bit & 7)) & 1;
}

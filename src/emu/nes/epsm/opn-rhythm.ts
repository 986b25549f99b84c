import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";
import { DRUM_ROM_BYTES } from "./drum-rom.ts";

/** Where each drum begins in the ROM: bass drum, snare, cymbal, hi-hat, tom, rim shot; then the end. */
const STARTS = [0x0000, 0x01c0, 0x0440, 0x1b80, 0x1d00, 0x1f80, DRUM_ROM_BYTES] as const;
const DRUMS = 6;
/** The tom and the rim shot run at half the rate of the others. */
const FULL_RATE_DRUMS = 4;
/** Words: how far each drum is. 0 if it is silent, else 1 + the number of samples since its key. */
export const RHYTHM_WORDS = DRUMS;

// Registers.
const KEYS = 0x10; // D.RTHCSB: drums whose key is pressed, or released if D is 1
const TOTAL_LEVEL = 0x11; // ..LLLLLL
const LEVELS = 0x18; // LR.VVVVV of each drum: left, right, level
/** Both sides at the highest level, as on the YM2610, which has the same channels. */
const POWER_ON_LEVEL = 0xdf;
/** Attenuation in steps of 0.75 dB from which a drum is silent. */
const SILENT_STEPS = 63;

const STEPS = 49;
const STEP_SIZES = Array.from({ length: STEPS }, (_, at) => Math.floor(16 * 1.1 ** at));
/** How far a sample moves the step, by its lower three bits. */
const STEP_CHANGES = [-1, -1, -1, -1, 2, 5, 7, 9] as const;

/**
 * The rhythm section of a YMF288: six drums with samples of 4 bits, which are decoded to 12. It counts with
 * the envelopes, at a third of the FM part's rate. Without the ROM it is silent and counts all the same, so
 * states do not depend on the ROM. Registers, ROM addresses, rates and levels are those of the ADPCM-A part
 * of ymfm's YMF288. https://github.com/aaronsgiles/ymfm
 */
export class OpnRhythm {
  /** The sums of both sides, in the units of the FM part's output. */
  left = 0;
  right = 0;

  readonly #words: Int32Array;
  readonly #registers: Uint8Array;
  /** The sample after each 4 bits of the ROM, counted from the start of its drum; empty without a ROM. */
  readonly #samples: Int16Array;

  /** `words` are RHYTHM_WORDS of the mutable run, `registers` the first bank of the chip's. */
  constructor(words: Int32Array, registers: Uint8Array, rom?: Uint8Array) {
    this.#words = words;
    this.#registers = registers;
    this.#samples = rom === undefined ? new Int16Array(0) : decode(rom);
  }

  /** Sets the registers as they are after a reset; the mutable run has been cleared. */
  powerOn(): void {
    this.#registers.fill(POWER_ON_LEVEL, LEVELS, LEVELS + DRUMS);
    this.update();
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    for (let drum = 0; drum < DRUMS; drum++)
      state.slots(`epsm.drum${drum + 1}`, this.#words, range(0, 1 + samplesOf(drum)), drum, 1);
  }

  /** A register from $10 to $1F has been written. */
  write(register: number, value: number): void {
    if (register === KEYS)
      for (let drum = 0; drum < DRUMS; drum++)
        if (((value >> drum) & 1) !== 0) this.#words[drum] = 1 - (value >> 7);
    this.update();
  }

  /** Advances the drums when the envelopes' counter has become `counter`. */
  clock(counter: number): void {
    const words = this.#words;
    const drums = (counter & 1) === 0 ? DRUMS : FULL_RATE_DRUMS;
    let isPlaying = false;
    for (let drum = 0; drum < drums; drum++) {
      const position = words[drum];
      if (position === 0) continue;
      isPlaying = true;
      words[drum] = position > samplesOf(drum) ? 0 : position + 1;
    }
    if (isPlaying) this.update();
  }

  /** How loud the loudest playing drum can be, from 0 to 1. */
  loudness(): number {
    let most = 0;
    for (let drum = 0; drum < DRUMS; drum++) {
      if (this.#words[drum] === 0 || this.#samples.length === 0) continue;
      most = Math.max(most, 1 - this.#attenuation(drum) / SILENT_STEPS);
    }
    return most;
  }

  /** Computes both sides from the registers and the positions. */
  update(): void {
    this.left = 0;
    this.right = 0;
    if (this.#samples.length === 0) return;
    for (let drum = 0; drum < DRUMS; drum++) {
      const position = this.#words[drum];
      const steps = this.#attenuation(drum);
      if (position < 2 || steps >= SILENT_STEPS) continue;
      const sample = this.#samples[2 * STARTS[drum] + position - 2];
      const output = ((sample * 16 * (15 - (steps & 7))) >> (5 + (steps >> 3))) & ~3;
      const sides = this.#registers[LEVELS + drum];
      if ((sides & 0x80) !== 0) this.left += output;
      if ((sides & 0x40) !== 0) this.right += output;
    }
  }

  #attenuation(drum: number): number {
    const own = ~this.#registers[LEVELS + drum] & 0x1f;
    return own + (~this.#registers[TOTAL_LEVEL] & 0x3f);
  }
}

function samplesOf(drum: number): number {
  return 2 * (STARTS[drum + 1] - STARTS[drum]);
}

/** Decodes all drums. The sum wraps at 12 bits, as in an MSM5205. */
function decode(rom: Uint8Array): Int16Array {
  const samples = new Int16Array(2 * DRUM_ROM_BYTES);
  for (let drum = 0; drum < DRUMS; drum++) {
    let sum = 0;
    let step = 0;
    for (let at = 2 * STARTS[drum]; at < 2 * STARTS[drum + 1]; at++) {
      const bits = (rom[at >> 1] >> ((at & 1) === 0 ? 4 : 0)) & 0xf;
      const size = Math.floor(((2 * (bits & 7) + 1) * STEP_SIZES[step]) / 8);
      sum = ((sum + ((bits & 8) === 0 ? size : -size)) << 20) >> 20;
      step = Math.max(0, Math.min(STEPS - 1, step + STEP_CHANGES[bits & 7]));
      samples[at] = sum;
    }
  }
  return samples;
}

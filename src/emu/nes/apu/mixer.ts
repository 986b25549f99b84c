import { defineFields, range } from "../../state-fields.ts";
import { LEVEL_UNIT, OTHER_LEVELS, PULSE_LEVELS, ultrasonicTriangleLevel } from "./levels.ts";
import type { LevelResampler } from "./resampler.ts";

/** Names of the APU's channels, in the order of the bits of `Mixer.muted`. */
export const SOUND_CHANNELS = ["pulse 1", "pulse 2", "triangle", "noise", "DMC"] as const;

/** Bits of `Mixer.muted`. */
export const MUTE_PULSE_1 = 1;
export const MUTE_PULSE_2 = 2;
export const MUTE_TRIANGLE = 4;
export const MUTE_NOISE = 8;
export const MUTE_DMC = 16;

/**
 * Mixes the channels' outputs as the two DACs do, and sends changes to the resampler. The pulses share one
 * DAC, the other three channels share the other; the cartridge's sound is added after them.
 */
export class Mixer {
  /** The levels of all channels, muted or not, in LEVEL_UNIT. */
  pulseLevel = 0;
  otherLevel = 0;
  expansionLevel = 0;
  /**
   * MUTE_ bits of channels that are not heard. Not part of the state: muted channels change what is sent to
   * the resampler and nothing else.
   */
  muted = 0;

  /** The levels that were sent last. */
  #heardPulses = 0;
  #heardOthers = 0;
  #heardExpansion = 0;
  readonly #sound: LevelResampler;

  constructor(sound: LevelResampler) {
    this.#sound = sound;
  }

  /** The sum of all levels that are heard, in LEVEL_UNIT. */
  get level(): number {
    return this.#heardPulses + this.#heardOthers + this.#heardExpansion;
  }

  /** Sets the pulses' outputs (0–15) from `cycle` on. */
  setPulses(cycle: number, output1: number, output2: number): void {
    this.pulseLevel = PULSE_LEVELS[output1 + output2];
    const heard = this.muted === 0 ? this.pulseLevel : this.#mutedPulses(output1, output2);
    if (heard === this.#heardPulses) return;
    this.#sound.step(cycle, heard - this.#heardPulses);
    this.#heardPulses = heard;
  }

  #mutedPulses(output1: number, output2: number): number {
    const heard1 = (this.muted & MUTE_PULSE_1) === 0 ? output1 : 0;
    const heard2 = (this.muted & MUTE_PULSE_2) === 0 ? output2 : 0;
    return PULSE_LEVELS[heard1 + heard2];
  }

  /**
   * Sets the outputs of triangle and noise (0–15) and DMC (0–127) from `cycle` on. −1 is a triangle that is
   * too fast to hear.
   */
  setOthers(cycle: number, triangle: number, noise: number, dmc: number): void {
    this.otherLevel = othersLevel(triangle, noise, dmc);
    const heard = this.muted === 0 ? this.otherLevel : this.#mutedOthers(triangle, noise, dmc);
    if (heard === this.#heardOthers) return;
    this.#sound.step(cycle, heard - this.#heardOthers);
    this.#heardOthers = heard;
  }

  #mutedOthers(triangle: number, noise: number, dmc: number): number {
    const { muted } = this;
    return othersLevel(
      (muted & MUTE_TRIANGLE) === 0 ? triangle : 0,
      (muted & MUTE_NOISE) === 0 ? noise : 0,
      (muted & MUTE_DMC) === 0 ? dmc : 0,
    );
  }

  /**
   * Sets the cartridge's output, in LEVEL_UNIT, from `cycle` on; `heard` is the same without its muted
   * channels.
   */
  setExpansion(cycle: number, level: number, heard: number): void {
    this.expansionLevel = level;
    if (heard === this.#heardExpansion) return;
    this.#sound.step(cycle, heard - this.#heardExpansion);
    this.#heardExpansion = heard;
  }

  /** The cartridge is silent, as at power-on. */
  silenceExpansion(): void {
    this.expansionLevel = 0;
    this.#heardExpansion = 0;
  }

  /**
   * Call after a state was loaded, with the channels' outputs. `held` is the sum of all levels that the
   * resampler got before the state was saved, perhaps with other channels muted. The part of it that is not
   * the APU's is the cartridge's.
   */
  resume(held: number, output1: number, output2: number, triangle: number, noise: number, dmc: number): void {
    const isMuted = this.muted !== 0;
    this.#heardPulses = isMuted ? this.#mutedPulses(output1, output2) : this.pulseLevel;
    this.#heardOthers = isMuted ? this.#mutedOthers(triangle, noise, dmc) : this.otherLevel;
    const expansion = held - this.#heardPulses - this.#heardOthers;
    const isValid = Number.isInteger(expansion) && Math.abs(expansion) <= MAX_EXPANSION_LEVEL;
    this.#heardExpansion = isValid ? expansion : this.expansionLevel;
  }
}

function othersLevel(triangle: number, noise: number, dmc: number): number {
  return triangle < 0
    ? ultrasonicTriangleLevel(noise, dmc)
    : OTHER_LEVELS[(dmc << 8) | (noise << 4) | triangle];
}

/** 64 times full scale: more than any cartridge outputs. */
const MAX_EXPANSION_LEVEL = 64 * LEVEL_UNIT;

export const MIXER_FIELDS = defineFields<Mixer, "muted">()({
  pulseLevel: range(0, LEVEL_UNIT),
  otherLevel: range(0, LEVEL_UNIT),
  expansionLevel: range(-MAX_EXPANSION_LEVEL, MAX_EXPANSION_LEVEL),
});

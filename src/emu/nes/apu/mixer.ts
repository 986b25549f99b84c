import { defineFields, range } from "../../state-fields.ts";
import { LEVEL_UNIT, OTHER_LEVELS, PULSE_LEVELS, ultrasonicTriangleLevel } from "./levels.ts";
import type { LevelResampler } from "./resampler.ts";

/** Names of the channels, in the order of the bits of `Mixer.muted`. */
export const SOUND_CHANNELS = ["pulse 1", "pulse 2", "triangle", "noise", "DMC", "cartridge"] as const;

/** Bits of `Mixer.muted`. */
export const MUTE_PULSE_1 = 1;
export const MUTE_PULSE_2 = 2;
export const MUTE_TRIANGLE = 4;
export const MUTE_NOISE = 8;
export const MUTE_DMC = 16;
export const MUTE_EXPANSION = 32;

/**
 * Mixes the channels' outputs as the two DACs do, and sends changes to the resampler. The pulses share one
 * DAC, the other three channels share the other; the cartridge's sound is added after them.
 */
export class Mixer {
  /** The levels that were sent last, in LEVEL_UNIT. */
  pulseLevel = 0;
  otherLevel = 0;
  expansionLevel = 0;
  /** MUTE_ bits of channels that are not mixed. Not part of the state. */
  muted = 0;

  readonly #sound: LevelResampler;

  constructor(sound: LevelResampler) {
    this.#sound = sound;
  }

  /** The sum of all levels that are heard, in LEVEL_UNIT. */
  get level(): number {
    const expansion = (this.muted & MUTE_EXPANSION) === 0 ? this.expansionLevel : 0;
    return this.pulseLevel + this.otherLevel + expansion;
  }

  /** Sets the pulses' outputs (0–15) from `cycle` on. */
  setPulses(cycle: number, output1: number, output2: number): void {
    const heard1 = (this.muted & MUTE_PULSE_1) === 0 ? output1 : 0;
    const heard2 = (this.muted & MUTE_PULSE_2) === 0 ? output2 : 0;
    const level = PULSE_LEVELS[heard1 + heard2];
    if (level === this.pulseLevel) return;
    this.#sound.step(cycle, level - this.pulseLevel);
    this.pulseLevel = level;
  }

  /**
   * Sets the outputs of triangle and noise (0–15) and DMC (0–127) from `cycle` on. −1 is a triangle that is
   * too fast to hear.
   */
  setOthers(cycle: number, triangle: number, noise: number, dmc: number): void {
    const heardNoise = (this.muted & MUTE_NOISE) === 0 ? noise : 0;
    const heardDmc = (this.muted & MUTE_DMC) === 0 ? dmc : 0;
    const heardTriangle = (this.muted & MUTE_TRIANGLE) === 0 ? triangle : 0;
    const level =
      heardTriangle < 0
        ? ultrasonicTriangleLevel(heardNoise, heardDmc)
        : OTHER_LEVELS[(heardDmc << 8) | (heardNoise << 4) | heardTriangle];
    if (level === this.otherLevel) return;
    this.#sound.step(cycle, level - this.otherLevel);
    this.otherLevel = level;
  }

  /** Sets the cartridge's output, in LEVEL_UNIT, from `cycle` on. */
  setExpansion(cycle: number, level: number): void {
    const delta = level - this.expansionLevel;
    this.expansionLevel = level;
    if (delta !== 0 && (this.muted & MUTE_EXPANSION) === 0) this.#sound.step(cycle, delta);
  }

  /** Changes `muted`. The cartridge's sound changes in `cycle`, the others with their next change. */
  setMuted(cycle: number, muted: number): void {
    if (((muted ^ this.muted) & MUTE_EXPANSION) !== 0) {
      this.#sound.step(cycle, (muted & MUTE_EXPANSION) === 0 ? this.expansionLevel : -this.expansionLevel);
    }
    this.muted = muted;
  }
}

/** 64 times full scale: more than any cartridge outputs. */
const MAX_EXPANSION_LEVEL = 64 * LEVEL_UNIT;

export const MIXER_FIELDS = defineFields<Mixer, "muted">()({
  pulseLevel: range(0, LEVEL_UNIT),
  otherLevel: range(0, LEVEL_UNIT),
  expansionLevel: range(-MAX_EXPANSION_LEVEL, MAX_EXPANSION_LEVEL),
});

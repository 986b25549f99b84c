import { defineFields } from "../../state-fields.ts";
import type { Resampler } from "./resampler.ts";

/**
 * Whole-number units of the DACs' output: 1.0 of the mixer's formulas. Steps are made in these units,
 * those of expansion sound too.
 */
export const LEVEL_UNIT = 1 << 18;

/**
 * Levels of the two pulse channels together, by the sum of their outputs (0–30).
 * https://www.nesdev.org/wiki/APU_Mixer
 */
export const PULSE_LEVELS = new Int32Array(31).map((_, sum) =>
  sum === 0 ? 0 : Math.round((LEVEL_UNIT * 95.88) / (8128 / sum + 100)),
);

/** The level of triangle (0–15), noise (0–15) and DMC (0–127) together. */
export function triangleNoiseDmcLevel(triangle: number, noise: number, dmc: number): number {
  const conductance = triangle / 8227 + noise / 12241 + dmc / 22638;
  return ((LEVEL_UNIT * 159.79 * conductance) / (1 + 100 * conductance) + 0.5) | 0;
}

/** The same with a triangle too fast to hear: the mean over its sixteen levels. */
export function ultrasonicTriangleLevel(noise: number, dmc: number): number {
  let sum = 0;
  for (let triangle = 0; triangle < 16; triangle++) sum += triangleNoiseDmcLevel(triangle, noise, dmc);
  return Math.round(sum / 16);
}

const DMC_LEVELS = 128;
/** `triangleNoiseDmcLevel` of DMC × 256 + noise × 16 + triangle. */
const OTHER_LEVELS = Int32Array.from({ length: DMC_LEVELS << 8 }, (_, outputs) =>
  triangleNoiseDmcLevel(outputs & 0x0f, (outputs >> 4) & 0x0f, outputs >> 8),
);

/** The channels by the bits of `Mixer.muted`. */
export const SOUND_CHANNELS = ["pulse 1", "pulse 2", "triangle", "noise", "DMC", "cartridge"] as const;

/** Bits of `Mixer.muted`. */
export const MUTE_PULSE_1 = 1;
export const MUTE_PULSE_2 = 2;
export const MUTE_TRIANGLE = 4;
export const MUTE_NOISE = 8;
export const MUTE_DMC = 16;
export const MUTE_EXPANSION = 32;

/**
 * Mixes the channels' outputs as the two DACs do, and sends what changes to the resampler. The pulses
 * share one DAC, the other three channels the other; the cartridge's sound is added behind them.
 */
export class Mixer {
  /** The levels that have been sent, in LEVEL_UNIT. */
  pulseLevel = 0;
  otherLevel = 0;
  expansionLevel = 0;
  /** MUTE_ bits of channels that are left out. Not part of the state. */
  muted = 0;

  private readonly sound: Resampler;

  constructor(sound: Resampler) {
    this.sound = sound;
  }

  /** The pulses' outputs (0–15) from `cycle` on. */
  setPulses(cycle: number, output1: number, output2: number): void {
    const heard1 = (this.muted & MUTE_PULSE_1) === 0 ? output1 : 0;
    const heard2 = (this.muted & MUTE_PULSE_2) === 0 ? output2 : 0;
    const level = PULSE_LEVELS[heard1 + heard2];
    if (level === this.pulseLevel) return;
    this.sound.step(cycle, level - this.pulseLevel);
    this.pulseLevel = level;
  }

  /** Triangle and noise (0–15) and DMC (0–127) from `cycle` on. A triangle of −1 is too fast to hear. */
  setOthers(cycle: number, triangle: number, noise: number, dmc: number): void {
    const heardNoise = (this.muted & MUTE_NOISE) === 0 ? noise : 0;
    const heardDmc = (this.muted & MUTE_DMC) === 0 ? dmc : 0;
    const heardTriangle = (this.muted & MUTE_TRIANGLE) === 0 ? triangle : 0;
    const level =
      heardTriangle < 0
        ? ultrasonicTriangleLevel(heardNoise, heardDmc)
        : OTHER_LEVELS[(heardDmc << 8) | (heardNoise << 4) | heardTriangle];
    if (level === this.otherLevel) return;
    this.sound.step(cycle, level - this.otherLevel);
    this.otherLevel = level;
  }

  /** The cartridge's output, in LEVEL_UNIT, from `cycle` on. */
  setExpansion(cycle: number, level: number): void {
    const delta = level - this.expansionLevel;
    this.expansionLevel = level;
    if (delta !== 0 && (this.muted & MUTE_EXPANSION) === 0) this.sound.step(cycle, delta);
  }

  /** Changes `muted`; the cartridge's sound comes or goes in `cycle`, the others with their next change. */
  setMuted(cycle: number, muted: number): void {
    if (((muted ^ this.muted) & MUTE_EXPANSION) !== 0) {
      this.sound.step(cycle, (muted & MUTE_EXPANSION) === 0 ? this.expansionLevel : -this.expansionLevel);
    }
    this.muted = muted;
  }
}

export const MIXER_FIELDS = defineFields<Mixer, "muted">()("pulseLevel", "otherLevel", "expansionLevel");

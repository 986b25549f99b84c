/**
 * The level of an output of 1.0 in the mixer's formulas. All levels, including those of expansion sound, are
 * whole numbers in this scale.
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

/** The same for a triangle that is too fast to hear: the mean over its sixteen levels. */
export function ultrasonicTriangleLevel(noise: number, dmc: number): number {
  let sum = 0;
  for (let triangle = 0; triangle < 16; triangle++) sum += triangleNoiseDmcLevel(triangle, noise, dmc);
  return Math.round(sum / 16);
}

const DMC_LEVELS = 128;
/** `triangleNoiseDmcLevel`, indexed by DMC × 256 + noise × 16 + triangle. */
export const OTHER_LEVELS = Int32Array.from({ length: DMC_LEVELS << 8 }, (_, outputs) =>
  triangleNoiseDmcLevel(outputs & 0x0f, (outputs >> 4) & 0x0f, outputs >> 8),
);

/**
 * What Yamaha's FM chips have in common: the two tables in their ROM, and the patterns of their envelopes.
 * Attenuation is in 1/256 of 6.02 dB, so that applying a volume is an addition.
 * http://www.smspower.org/Development/YM2413ReverseEngineeringNotes
 */

/** One quarter of a period of −log₂ sin. */
export const LOG_SINE = Uint16Array.from({ length: 256 }, (_, i) =>
  Math.round(-Math.log2(Math.sin(((i + 0.5) * Math.PI) / 512)) * 256),
);

/** 2^x − 1 for x from 0 to 255/256, in 1/1024. */
export const EXPONENTS = Uint16Array.from({ length: 256 }, (_, i) => Math.round((2 ** (i / 256) - 1) * 1024));

/** Which of eight ticks change an envelope, by the low two bits of its rate. */
export const STEP_PATTERNS: readonly (readonly number[])[] = [
  [0, 1, 0, 1, 0, 1, 0, 1],
  [0, 1, 0, 1, 1, 1, 0, 1],
  [0, 1, 1, 1, 0, 1, 1, 1],
  [0, 1, 1, 1, 1, 1, 1, 1],
];

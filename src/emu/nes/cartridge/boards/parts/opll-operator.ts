import { EXPONENTS, LOG_SINE, STEP_PATTERNS } from "../parts/fm-tables.ts";

/**
 * The arithmetic of one OPLL operator. The sine is looked up as a logarithm, so that applying a volume is an
 * addition. Attenuation in the logarithmic domain is in 1/256 of 6.02 dB; envelope levels are in 0.375 dB,
 * 0–127. https://www.nesdev.org/wiki/VRC7_audio and
 * http://www.smspower.org/Development/YM2413ReverseEngineeringNotes
 */

const QUARTER = 256;
const SIGN = 0x8000;
const SILENT = 0xfff;

/** A whole period of the log sine with its sign. The half-sine is silent in the negative half. */
const SINE = Uint16Array.from({ length: 4 * QUARTER }, (_, i) => {
  const quarter = LOG_SINE[(i & QUARTER) === 0 ? i & 0xff : 0xff - (i & 0xff)];
  return i < 2 * QUARTER ? quarter : SIGN | quarter;
});
const HALF_SINE = SINE.map((value, i) => (i < 2 * QUARTER ? value : SILENT));

/** Highest audible envelope level. */
export const ENVELOPE_END = 123;
export const ENVELOPE_MUTE = 127;

/** The output of a sine or half-sine at `phase` (10 bits), attenuated by `level`: about ±4,084. */
export function operatorOutput(phase: number, isHalfSine: boolean, level: number): number {
  const logarithm = (isHalfSine ? HALF_SINE : SINE)[phase & 0x3ff];
  const sum = (logarithm & 0x7fff) + (Math.min(ENVELOPE_MUTE, level) << 4);
  const magnitude = (EXPONENTS[(sum & 0xff) ^ 0xff] + 1024) >> (sum >> 8);
  return ((logarithm & SIGN) !== 0 ? ~magnitude : magnitude) * 2;
}

/** Frequency multipliers of MULT 0–15, doubled. */
export const MULTIPLIERS = [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 20, 24, 24, 30, 30];

/**
 * Pitch change by vibrato, by the high three bits of the frequency number and the position in the vibrato
 * cycle.
 */
export const VIBRATO = [
  [0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 1, 0, 0, 0, -1, 0],
  [0, 1, 2, 1, 0, -1, -2, -1],
  [0, 1, 3, 1, 0, -1, -3, -1],
  [0, 2, 4, 2, 0, -2, -4, -2],
  [0, 2, 5, 2, 0, -2, -5, -2],
  [0, 3, 6, 3, 0, -3, -6, -3],
  [0, 3, 7, 3, 0, -3, -7, -3],
];

/** Key scale level for 6 dB per octave, in dB, by the high four bits of the frequency number in octave 7. */
const KEY_SCALE_DB = [
  0, 18, 24, 27.75, 30, 32.25, 33.75, 35.25, 36, 37.5, 38.25, 39, 39.75, 40.5, 41.25, 42,
].map(Math.trunc);

/** Attenuation by pitch, as an envelope level; `rate` is KSL 0–3. */
export function keyScaleLevel(frequency: number, octave: number, rate: number): number {
  if (rate === 0) return 0;
  const db = KEY_SCALE_DB[frequency >> 5] - 6 * (7 - octave);
  return db <= 0 ? 0 : Math.trunc((db >> (3 - rate)) / 0.375);
}

function shiftOf(rate: number): number {
  const high = rate >> 2;
  return high > 0 && high < 12 ? 13 - high : 0;
}

/** The level after one sample of attack at `rate` (0–63); `counter` counts samples. */
export function attack(level: number, rate: number, counter: number): number {
  const high = rate >> 2;
  const shift = shiftOf(rate);
  if (level === 0 || high === 0 || high === 15 || (counter & ((1 << shift) - 1) & ~3) !== 0) return level;
  const pattern = STEP_PATTERNS[rate & 3];
  let by = pattern[(counter >> shift) & 7] !== 0 ? 4 : 0;
  if (high >= 12) by = 16 - high - pattern[(counter & 0xc) >> 1];
  return by === 0 ? level : Math.max(0, level - (level >> by) - 1);
}

/** The level after one sample of decay, sustain or release at `rate`. */
export function decay(level: number, rate: number, counter: number): number {
  const high = rate >> 2;
  const shift = shiftOf(rate);
  if (high === 0 || (counter & ((1 << shift) - 1)) !== 0) return level;
  const pattern = STEP_PATTERNS[rate & 3];
  let step = pattern[(counter >> shift) & 7];
  if (high === 13) step = pattern[((counter & 0xc) >> 1) | (counter & 1)];
  else if (high === 14) step = pattern[(counter & 0xc) >> 1] + 1;
  else if (high === 15) step = 2;
  return Math.min(ENVELOPE_MUTE, level + step);
}

import { EXPONENTS, LOG_SINE, STEP_PATTERNS } from "../cartridge/boards/parts/fm-tables.ts";

/**
 * Tables of the OPN family's FM part. Attenuation of envelopes is in 1/64 of 6.02 dB, 0–0x3ff; the sine's is
 * in 1/256. Sources: Yamaha's YM2608 application manual, and the measurements behind ymfm and Nuked OPN2.
 */
export const MAX_ATTENUATION = 0x3ff;

/** The bit of `SINE` that is set in the negative half. */
export const SINE_SIGN = 0x8000;

/** The attenuation of a sine by its phase (10 bits), and its sign. */
export const SINE = Uint16Array.from({ length: 1024 }, (_, phase) => {
  const quarter = LOG_SINE[(phase & 0x100) === 0 ? phase & 0xff : 0xff - (phase & 0xff)];
  return phase < 0x200 ? quarter : SINE_SIGN | quarter;
});

const SUMS = LOG_SINE[0] + MAX_ATTENUATION * 4 + 1;
/** The output (13 bits) by the sum of the sine's attenuation and four times the envelope's. */
export const OUTPUTS = Uint16Array.from(
  { length: SUMS },
  (_, sum) => ((EXPONENTS[(sum & 0xff) ^ 0xff] + 1024) << 2) >> (sum >> 8),
);

/** Which of four steps are doubled at rates of 48 and above. */
const FAST_PATTERNS = [
  [0, 0, 0, 0],
  [0, 0, 0, 1],
  [0, 1, 0, 1],
  [0, 1, 1, 1],
] as const;

/**
 * How much an envelope changes, by its rate (0–63) × 8 and the step. Rates below 48 skip most steps of the
 * counter instead (`stepShift`).
 */
export const INCREMENTS = Uint8Array.from({ length: 64 * 8 }, (_, at) => increment(at >> 3, at & 7));

function increment(rate: number, step: number): number {
  if (rate < 2) return 0;
  // The slowest rates have the patterns of others.
  if (rate < 8) return STEP_PATTERNS[rate < 6 ? 0 : 2][step];
  if (rate < 48) return STEP_PATTERNS[rate & 3][step];
  if (rate >= 60) return 8;
  const doubled = (rate & 3) === 0 ? 0 : FAST_PATTERNS[rate & 3][step & 3];
  return 1 << ((rate >> 2) - 12 + doubled);
}

/** Number of low bits of the envelope counter that must be 0 for a step at `rate`. */
export function stepShift(rate: number): number {
  return rate < 48 ? 11 - (rate >> 2) : 0;
}

/** Change of the phase step by DT1, for each key code from 0 to 31: DT1 1, 2 and 3. 0 changes nothing. */
const DETUNES = [
  [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 8, 8, 8],
  [1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14, 16, 16, 16, 16],
  [
    2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 20, 22, 22, 22,
    22,
  ],
] as const;

/** The change of a phase step by `detune`, the three bits of the register: bit 2 is the sign. */
export function detuneBy(detune: number, keyCode: number): number {
  if ((detune & 3) === 0) return 0;
  const change = DETUNES[(detune & 3) - 1][keyCode];
  return (detune & 4) === 0 ? change : -change;
}

/** The five bits of a pitch that scale rates and detune: the block and two bits from the frequency number. */
export function keyCodeOf(block: number, frequency: number): number {
  const low = (frequency >> 7) & 7;
  const isUpper = frequency >= 0x400;
  const note = (isUpper ? low !== 0 : low === 7) ? 1 : 0;
  return (block << 2) | (isUpper ? 2 : 0) | note;
}

/** Samples for each of the LFO's 128 steps, by its rate: 3.98 to 72.2 Hz with a clock of 8 MHz. */
export const LFO_PERIODS = [109, 78, 72, 68, 63, 45, 9, 6] as const;
export const LFO_STEPS = 128;

/** How far the LFO's tremolo is shifted right, by AMS: 0, 1.4, 5.9 and 11.8 dB at most. */
const TREMOLO_SHIFTS = [8, 3, 1, 0] as const;

/** The attenuation by the LFO at `step`: it falls in the first half of the cycle and rises in the second. */
export function tremolo(step: number, sensitivity: number): number {
  const depth = (step & 0x40) === 0 ? (step & 0x3f) ^ 0x3f : step & 0x3f;
  return (depth * 2) >> TREMOLO_SHIFTS[sensitivity];
}

/** Quarters of the frequency number's high bits that vibrato adds, by PMS 1–5 and the eighth of the wave. */
const VIBRATO_QUARTERS = [
  [0, 0, 0, 0, 1, 1, 1, 1],
  [0, 0, 0, 1, 1, 1, 2, 2],
  [0, 0, 1, 1, 2, 2, 3, 3],
  [0, 0, 1, 2, 2, 2, 3, 4],
  [0, 0, 2, 3, 4, 4, 5, 6],
] as const;

/**
 * The change of twice the frequency number by the LFO at `step`: up in the first half of its cycle, down in
 * the second, by up to 80 cents at PMS 7.
 */
export function vibrato(step: number, sensitivity: number, frequency: number): number {
  if (sensitivity === 0) return 0;
  const eighth = (step & 0x20) === 0 ? (step >> 2) & 7 : ((step >> 2) & 7) ^ 7;
  const quarters = VIBRATO_QUARTERS[Math.min(sensitivity, 5) - 1][eighth];
  const high = frequency >> 4;
  let sum = 0;
  if ((quarters & 4) !== 0) sum += high;
  if ((quarters & 2) !== 0) sum += high >> 1;
  if ((quarters & 1) !== 0) sum += high >> 2;
  const change = (sum << Math.max(0, sensitivity - 5)) >> 2;
  return (step & 0x40) === 0 ? change : -change;
}

/**
 * The eight ways to connect four operators: which ones modulate the second, the third and the fourth, and
 * which ones are heard. Operator n is bit n − 1.
 */
export const MODULATORS_2 = [1, 0, 0, 1, 1, 1, 1, 0] as const;
export const MODULATORS_3 = [2, 3, 2, 0, 0, 1, 0, 0] as const;
export const MODULATORS_4 = [4, 4, 5, 6, 4, 1, 0, 0] as const;
export const CARRIERS = [8, 8, 8, 8, 10, 14, 14, 15] as const;

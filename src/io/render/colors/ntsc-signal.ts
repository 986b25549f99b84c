/** The 2C02's video signal. */

/**
 * Volts of the 2C02G's output above sync, by the upper two bits of the colour: the low and the high half of
 * the square wave, first unattenuated, then attenuated by emphasis.
 * https://www.nesdev.org/wiki/NTSC_video#Terminated_measurement
 */
const LOW_VOLTS = [0.228, 0.312, 0.552, 0.88];
const HIGH_VOLTS = [0.616, 0.84, 1.1, 1.1];
const LOW_VOLTS_ATTENUATED = [0.192, 0.256, 0.448, 0.712];
const HIGH_VOLTS_ATTENUATED = [0.5, 0.676, 0.896, 0.896];
export const BLACK_VOLTS = 0.312;
export const WHITE_VOLTS = 1.1;
/**
 * The colour burst has the phase of the generator's colour 8, and lies at -U: 180 degrees in the colour
 * plane. A wave of colour c is high while (c + phase) % 12 < 6; its middle is at 2.5 - c.
 */
export const BURST_PHASE: number = 8 - 2.5;
/** Colour generator phases whose half waves each emphasis bit attenuates: red, green, blue. */
const EMPHASIS_PHASES = [12, 4, 8];

function inPhase(color: number, phase: number): boolean {
  return (color + phase) % 12 < 6;
}

/** Volts of colour `entry` (index and emphasis) in one of the 12 phases of the colour subcarrier. */
export function signalVolts(entry: number, phase: number): number {
  const hue = entry & 0x0f;
  const level = (entry >> 4) & 3;
  if (hue >= 0x0e) return BLACK_VOLTS;
  const high = hue === 0 || (hue !== 0x0d && inPhase(hue, phase));
  let attenuated = false;
  for (let bit = 0; bit < 3; bit++)
    if ((entry >> (6 + bit)) & 1 && inPhase(EMPHASIS_PHASES[bit]!, phase)) attenuated = true;
  if (attenuated) return (high ? HIGH_VOLTS_ATTENUATED : LOW_VOLTS_ATTENUATED)[level]!;
  return (high ? HIGH_VOLTS : LOW_VOLTS)[level]!;
}

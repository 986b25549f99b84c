export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * Returns the simplest fraction that equals `value` within a double's precision, by continued fractions: file
 * formats need frame rates and pixel shapes as whole numbers.
 */
export function toFraction(value: number): Fraction {
  let [numerator, denominator] = [1, 0];
  let [lastNumerator, lastDenominator] = [0, 1];
  let rest = value;
  for (let i = 0; i < 32; i++) {
    const whole = Math.floor(rest);
    [lastNumerator, numerator] = [numerator, whole * numerator + lastNumerator];
    [lastDenominator, denominator] = [denominator, whole * denominator + lastDenominator];
    if (Math.abs(numerator / denominator - value) <= value * Number.EPSILON * 2) break;
    rest = 1 / (rest - whole);
  }
  return { numerator, denominator };
}

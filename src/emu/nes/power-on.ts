import { InputError } from "../input-error.ts";
import { MAX_ALIGNMENT, MIN_ALIGNMENT } from "./region.ts";

/** One of the four ways in which a console can power up; blargg's and AccuracyCoin's tests pass in this one. */
const DEFAULT_ALIGNMENT = 3;

/**
 * Master clocks by which the PPU's first line starts after the CPU's first cycle, as `NesOptions.alignment`
 * says. Throws `InputError` ("usage") for a value outside its range.
 */
export function lagOf(alignment = DEFAULT_ALIGNMENT): number {
  if (Number.isInteger(alignment) && alignment >= MIN_ALIGNMENT && alignment <= MAX_ALIGNMENT)
    return alignment;
  const wanted = `a whole number from ${MIN_ALIGNMENT} to ${MAX_ALIGNMENT}`;
  throw new InputError("usage", `an alignment is ${wanted}, not ${alignment}`);
}

/** The remainder from 0 on, of negative values too. */
export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

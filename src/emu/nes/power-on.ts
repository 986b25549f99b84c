import { InputError } from "../input-error.ts";
import type { Chip } from "./cartridge/memory.ts";
import { ALIGNMENT_MAX, ALIGNMENT_MIN } from "./region.ts";

/** What RAM holds at power-on: zeros, ones, or bytes from a seed. */
export type RamFill = "zero" | "ones" | number;

/** One of the four ways in which a console can power up; blargg's and AccuracyCoin's tests pass in this one. */
const DEFAULT_ALIGNMENT = 3;

/**
 * Master clocks by which the PPU's first line starts after the CPU's first cycle, as `NesOptions.alignment`
 * says. Throws `InputError` ("usage") for a value outside its range.
 */
export function lagOf(alignment = DEFAULT_ALIGNMENT): number {
  if (Number.isInteger(alignment) && alignment >= ALIGNMENT_MIN && alignment <= ALIGNMENT_MAX)
    return alignment;
  const wanted = `a whole number from ${ALIGNMENT_MIN} to ${ALIGNMENT_MAX}`;
  throw new InputError("usage", `an alignment is ${wanted}, not ${alignment}`);
}

/** The remainder from 0 on, of negative values too. */
export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

/** Fills a chip as it is at power-on. Seeded bytes come from xorshift32, so that the same seed gives the same RAM everywhere. */
export function fillRam(bytes: Uint8Array, chip: Chip, fill: RamFill): void {
  const end = chip.offset + chip.bytes;
  if (typeof fill === "string") {
    bytes.fill(fill === "ones" ? 0xff : 0, chip.offset, end);
    return;
  }
  let state = (fill ^ 0x9e3779b9) | 1;
  for (let at = chip.offset; at < end; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
}

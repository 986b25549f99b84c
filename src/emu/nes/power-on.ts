import { InputError } from "../input-error.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import type { CartridgeMemory } from "./cartridge/memory.ts";
import { MAX_ALIGNMENT, MIN_ALIGNMENT } from "./region.ts";

/**
 * One of the four alignments in which a console can power up; blargg's and AccuracyCoin's tests pass with
 * this one.
 */
const DEFAULT_ALIGNMENT = 3;

/**
 * Master clocks from the CPU's first cycle to the start of the PPU's first line, from `NesOptions.alignment`.
 * Throws `InputError` ("usage") for a value outside its range.
 */
export function lagOf(alignment = DEFAULT_ALIGNMENT): number {
  if (Number.isInteger(alignment) && alignment >= MIN_ALIGNMENT && alignment <= MAX_ALIGNMENT)
    return alignment;
  const wanted = `a whole number from ${MIN_ALIGNMENT} to ${MAX_ALIGNMENT}`;
  throw new InputError("usage", `an alignment is ${wanted}, not ${alignment}`);
}

/** The remainder, never negative, even for negative values. */
export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

/** Where a trainer is in RAM, and the size of RAM that it needs. https://www.nesdev.org/wiki/INES#Trainer */
const TRAINER_OFFSET = 0x1000;
const TRAINER_RAM_BYTES = 0x1200;

/** Copies the image's trainer, if it has one, to $7000. */
export function loadTrainer({ trainer }: CartridgeImage, { prgRam, bytes }: CartridgeMemory): void {
  if (trainer !== undefined && prgRam.bytes >= TRAINER_RAM_BYTES)
    bytes.set(trainer, prgRam.offset + TRAINER_OFFSET);
}

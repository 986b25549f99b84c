import type { Chip } from "../../memory.ts";

/**
 * Part `index` of a chip, in parts of `bytes`, for games that share one. Boards put it in the place of
 * `memory.prg` or `memory.chr`, so that their banks wrap in it. The number wraps at the end of the chip.
 */
export function chipWindow(chip: Chip, bytes: number, index: number): Chip {
  const start = (index % Math.max(1, Math.floor(chip.bytes / bytes))) * bytes;
  return { ...chip, offset: chip.offset + start, bytes: Math.min(bytes, chip.bytes) };
}

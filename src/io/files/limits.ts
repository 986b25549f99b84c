import { MIB } from "../../emu/units.ts";

/**
 * The largest file that is read as a ROM, and the largest ROM that an archive may unfold to. The biggest
 * boards hold 4 MiB; an archive, what it unfolds to and the decompressor's own buffers (16, 16 and some 10 MiB)
 * stay under 64 MiB in all.
 */
export const MAX_ROM_BYTES = 16 * MIB;

/** What a 7z or RAR archive may unfold to: solid ones unfold all that comes before the ROM. */
export const MAX_UNPACKED_BYTES = 64 * MIB;

/** The most entries that a zip may have: each is looked into for a ROM. */
export const MAX_ZIP_ENTRIES = 1024;

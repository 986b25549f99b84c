import { MIB } from "../../emu/units.ts";

/**
 * The largest file that is read as a ROM, and the largest ROM in an archive. The largest boards hold 4 MiB.
 * An archive, its unpacked contents and the decompressor's buffers (16, 16 and about 10 MiB) stay below 64
 * MiB in total.
 */
export const MAX_ROM_BYTES = 16 * MIB;

/**
 * Limit on the unpacked size of a 7z or RAR archive. In a solid one, everything before the ROM is unpacked
 * too.
 */
export const MAX_UNPACKED_BYTES = 64 * MIB;

/** Limit on the files in an archive, since each is checked for a ROM. */
export const MAX_ARCHIVE_ENTRIES = 1024;

import { KIB } from "../../units.ts";

/** The ROM of drum samples inside a YMF288, which emu cannot include. A YM2608 has the same. */
export const DRUM_ROM_BYTES = 8 * KIB;
/** The usual name of its file. */
export const DRUM_ROM_NAME = "ym2608_adpcm_rom.bin";

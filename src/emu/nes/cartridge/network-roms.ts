import { KIB } from "../../units.ts";

/** The ROM of characters of the Famicom Network System: 16 × 16 pixels each, in 32 bytes. */
export const KANJI_ROM_NAME = "lh5323m1.bin";
export const KANJI_ROM_BYTES = 256 * KIB;

/** The program of its second CPU, which is at $E000–$FFFF. */
export const CPU2_ROM_NAME = "rf5a18.bin";
export const CPU2_ROM_BYTES = 8 * KIB;

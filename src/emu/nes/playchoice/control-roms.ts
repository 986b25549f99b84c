import { KIB } from "../../units.ts";

export const CONTROL_PROGRAM_BYTES = 16 * KIB;
/** Size of each of the three ROMs with the tiles, which have one bit of each pixel. */
export const CONTROL_PLANE_BYTES = 8 * KIB;
export const CONTROL_TILE_BYTES = 3 * CONTROL_PLANE_BYTES;
/** Number of colours of the control side's picture: 32 palettes of 8. */
export const CONTROL_COLORS = 256;
export const CONTROL_COLOR_BYTES = 3 * CONTROL_COLORS;

/** The ROMs of a PlayChoice-10's control side, which are in the machine and in no image of a game. */
export interface ControlRoms {
  /** The Z80's program, CONTROL_PROGRAM_BYTES. */
  readonly program: Uint8Array;
  /** The tile ROMs at 8K, 8M and 8P, one after the other, CONTROL_TILE_BYTES. */
  readonly tiles: Uint8Array;
  /** The PROMs at 6F, 6E and 6D: red, green and blue of each colour, inverted, in bits 0–3. */
  readonly colors: Uint8Array;
}

/** What a cartridge of the PlayChoice-10 has beside the game. */
export interface PlayChoiceCartridge {
  /** The cartridge's part of the control program, 8 KiB. */
  readonly instRom: Uint8Array;
  /** What its RP5H01 puts out, bit 0 of the first byte first: PROM_DATA_BYTES. Undefined in old images. */
  readonly prom: Uint8Array | undefined;
}

export const INST_ROM_BYTES = 8 * KIB;
/** The data of an RP5H01: 128 bits, as its counter reads them with seven bits. */
export const PROM_DATA_BYTES = 16;

/**
 * What each of the four bits of a colour adds to its brightness, the lowest bit first: a resistor network
 * with its weights as in MAME. https://github.com/mamedev/mame/blob/master/src/mame/nintendo/playch10.cpp
 */
const BIT_WEIGHTS = [0x0e, 0x1f, 0x43, 0x8f] as const;

/** Returns 0xRRGGBB of each colour of the control side. `colors` are the PROMs of `ControlRoms`. */
export function controlColors(colors: Uint8Array): Uint32Array {
  const level = (channel: number, entry: number): number => {
    const bits = ~colors[channel * CONTROL_COLORS + entry];
    return BIT_WEIGHTS.reduce((sum, weight, bit) => sum + weight * ((bits >> bit) & 1), 0);
  };
  return Uint32Array.from(
    { length: CONTROL_COLORS },
    (_, entry) => (level(0, entry) << 16) | (level(1, entry) << 8) | level(2, entry),
  );
}

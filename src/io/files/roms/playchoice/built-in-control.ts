import {
  CONTROL_COLOR_BYTES,
  CONTROL_COLORS,
  type ControlRoms,
} from "../../../../emu/nes/playchoice/control-roms.ts";
import { controlProgram } from "./control-program.ts";
import { controlTiles } from "./control-tiles.ts";

/** Red, green and blue digits of background, shadow and ink, by palette. Palette 0 is black. */
const PALETTES = [
  ["000", "000", "000"],
  ["014", "002", "fff"],
  ["014", "002", "fd2"],
  ["014", "002", "6df"],
  ["014", "002", "f64"],
  ["014", "002", "28c"],
] as const;

/** The PROMs with the colours: colour 0 of a palette is its background, 1 its shadow, the others its ink. */
function controlPalettes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: CONTROL_COLOR_BYTES }, (_, at) => {
    const entry = at % CONTROL_COLORS;
    const palette = PALETTES[entry >> 3] ?? PALETTES[0];
    const digit = palette[Math.min(entry & 7, 2)]![Math.floor(at / CONTROL_COLORS)]!;
    return 15 - Number.parseInt(digit, 16);
  });
}

/** ROMs for the control side of a PlayChoice-10 that are emu's own, for those who have not Nintendo's. */
export function builtInControlRoms(): ControlRoms {
  return { program: controlProgram(), tiles: controlTiles(), colors: controlPalettes() };
}

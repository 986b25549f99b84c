import { KIB } from "../../units.ts";
import type { CartridgeImage } from "../cartridge/image.ts";
import type { DeviceStorage } from "../input/devices.ts";
import { SCREEN_WIDTH } from "../ppu/ppu.ts";
import { controlColors } from "./control-roms.ts";

/** RAM with a battery, which is saved with the game's: bookkeeping, and what was played. */
const CONTROL_BATTERY_BYTES = 2 * KIB;

/** The battery RAM as a part of save files. */
export const CONTROL_STORAGE: DeviceStorage = { device: "playchoice-10", bytes: CONTROL_BATTERY_BYTES };

/** Bytes of arena for a control side without its battery RAM. */
export const CONTROL_SIDE_BYTES = 8 * KIB;

/** Width of the picture of both sides. */
export const PLAY_CHOICE_WIDTH = 2 * SCREEN_WIDTH;

/** Colours of the control side follow the palette of the PPU, whose pixels are below. */
export const FIRST_CONTROL_PIXEL = 512;

/** True if a PlayChoice-10's control side runs beside the console: its ROMs and the game's are there. */
export function hasControlSide({ playChoice, controlRoms }: CartridgeImage): boolean {
  return playChoice !== undefined && controlRoms !== undefined;
}

/** The colours of both sides by pixel value. `game` are those of the PPU. */
export function sideColors(game: Uint32Array, { controlRoms }: CartridgeImage): Uint32Array {
  return Uint32Array.from([...game, ...controlColors(controlRoms!.colors)]);
}

import { KIB } from "../units.ts";
import { boardChips } from "./cartridge/boards/index.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import { keptPart } from "./cartridge/memory.ts";
import { splitDual, vsHardware } from "./cartridge/vs-hardware.ts";
import { CHEAT_BYTES } from "./cheats.ts";
import { chooseHardware, type NesOptions } from "./hardware.ts";
import type { DeviceStorage } from "./input/devices.ts";
import { CONTROL_SIDE_BYTES, hasControlSide, PLAY_CHOICE_WIDTH } from "./playchoice/control-side.ts";
import { SCREEN_WIDTH } from "./ppu/ppu.ts";
import { DUAL_WIDTH } from "./vs-dual.ts";

/** An upper bound for the fields of chips, sound buffers and alignment, checked when the arena is divided. */
const FIXED_STATE_BYTES = 96 * KIB;

/** Bytes of arena that a machine with this cartridge and these options needs. */
export function machineBytes(image: CartridgeImage, options: NesOptions = {}): number {
  if (vsHardware(image)?.isDual !== true) return consoleBytes(image, options);
  const { main, sub } = splitDual(image);
  // The sub console's memory, and its state in that of the main console.
  return consoleBytes(main, options) + 2 * consoleBytes(sub, { ...options, devices: {} });
}

/** Bytes of arena of one console. */
export function consoleBytes(image: CartridgeImage, options: NesOptions): number {
  const chips = boardChips(image);
  const rom = image.prgRom.length * (chips.flash === true ? 2 : 1) + image.chrRom.length;
  const ram = (chips.prgRamBytes ?? image.prgRamBytes) + (chips.prgNvramBytes ?? image.prgNvramBytes);
  const chrRam = (chips.chrRamBytes ?? image.chrRamBytes) + (chips.chrNvramBytes ?? image.chrNvramBytes);
  const device = deviceStorage(image, options)?.bytes ?? 0;
  const fixed = FIXED_STATE_BYTES + CHEAT_BYTES + (hasControlSide(image) ? CONTROL_SIDE_BYTES : 0);
  return rom + ram + chrRam + (chips.ciramBytes ?? 0) + (chips.extraRamBytes ?? 0) + device + fixed;
}

/**
 * Number of bytes that are preserved without power, the length of `batteryRam`: RAM with a battery, flash or
 * the sides of a disk, and then the memory of a connected device; 0 if there are none. Throws `InputError` if
 * the board is not supported.
 */
export function batteryBytes(image: CartridgeImage, options: NesOptions = {}): number {
  return keptPart(image, boardChips(image)).bytes + (deviceStorage(image, options)?.bytes ?? 0);
}

/** The memory of a device that the options connect, or the header, or of a PlayChoice-10. */
export function deviceStorage(image: CartridgeImage, options: NesOptions = {}): DeviceStorage | undefined {
  return chooseHardware(image, options).storage;
}

/**
 * Width of the picture: two screens for a VS. DualSystem, and for a PlayChoice-10 with its control side
 * unless it shows one at a time.
 */
export function pictureWidth(image: CartridgeImage, { screens }: Pick<NesOptions, "screens"> = {}): number {
  if (hasControlSide(image)) return screens === "one" ? SCREEN_WIDTH : PLAY_CHOICE_WIDTH;
  return vsHardware(image)?.isDual === true ? DUAL_WIDTH : SCREEN_WIDTH;
}

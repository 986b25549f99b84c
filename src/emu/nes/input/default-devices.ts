import type { CartridgeImage } from "../cartridge/image.ts";
import { vsHardware } from "../cartridge/vs-hardware.ts";
import { type DeviceSetup, devicesFromHeader } from "./devices.ts";

/** The Datach's barcode reader is in its cartridge. */
const DATACH_MAPPER = 157;
/** Programs of the PEC-586, a computer with a keyboard. */
const PEC_MAPPERS: readonly number[] = [257, 371];
/** Headers with this or a lower number in byte 15 name no device. */
const STANDARD_CONTROLLERS = 1;

/**
 * The devices of a game if no option names any: those that its header names, and those that its machine or
 * its cartridge has.
 */
export function defaultDevices(image: CartridgeImage): DeviceSetup {
  if (vsHardware(image)?.hasGun === true) return { port1: "vs-zapper" };
  if (image.console === "famicom-network") return { expansion: "network-controller" };
  if (image.mapper === DATACH_MAPPER) return { expansion: "datach-reader" };
  return PEC_MAPPERS.includes(image.mapper) && image.expansionDevice <= STANDARD_CONTROLLERS
    ? { expansion: "pec-586-keyboard" }
    : devicesFromHeader(image.expansionDevice);
}

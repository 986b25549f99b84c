import { mapperFacts } from "../cartridge/boards/index.ts";
import type { CartridgeImage } from "../cartridge/image.ts";
import { vsHardware } from "../cartridge/vs-hardware.ts";
import { type DeviceSetup, devicesFromHeader } from "./devices.ts";

/** Headers with this or a lower number in byte 15 name no device. */
const STANDARD_CONTROLLERS = 1;

/**
 * The devices of a game if no option names any: those that its header names, and those that its machine or
 * its cartridge has.
 */
export function defaultDevices(image: CartridgeImage): DeviceSetup {
  if (vsHardware(image)?.hasGun === true) return { port1: "vs-zapper" };
  if (image.console === "famicom-network") return { expansion: "network-controller" };
  const expansion = mapperFacts(image.mapper)?.device;
  return expansion !== undefined && image.expansionDevice <= STANDARD_CONTROLLERS
    ? { expansion }
    : devicesFromHeader(image.expansionDevice);
}

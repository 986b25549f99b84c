import type { PadDevices } from "./gamepads.ts";
import { LinuxPads } from "./linux-pads.ts";
import { MacPads } from "./mac-pads.ts";
import { XInputPads } from "./xinput-pads.ts";

/** The pad source of the system that emu runs on. */
export function systemPads(platform: NodeJS.Platform = process.platform): PadDevices {
  if (platform === "win32") return new XInputPads();
  if (platform === "darwin") return new MacPads();
  return new LinuxPads();
}

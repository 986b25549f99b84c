import type { ArcadeSwitches } from "../machine.ts";
import { boardOf } from "./cartridge/boards/index.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import { hasBoard } from "./cartridge/support.ts";
import { vsHardware } from "./cartridge/vs-hardware.ts";
import { hasControlSide } from "./playchoice/control-side.ts";
import {
  PLAY_CHOICE_DIPS,
  PLAY_CHOICE_SWITCH_NAMES,
  PLAY_CHOICE_SWITCHES,
} from "./playchoice/dip-switches.ts";

const PLAY_CHOICE: ArcadeSwitches = {
  switches: PLAY_CHOICE_SWITCH_NAMES,
  switchCount: PLAY_CHOICE_SWITCHES,
  defaultDips: PLAY_CHOICE_DIPS,
};

/** The switches of the arcade machine that an image runs on; undefined for a home console. */
export function arcadeSwitches(image: CartridgeImage): ArcadeSwitches | undefined {
  if (hasControlSide(image)) return PLAY_CHOICE;
  const hardware = vsHardware(image);
  if (hardware === undefined) return hasBoard(image) ? boardOf(image).arcade : undefined;
  const { dips: switches, switchCount, defaultDips } = hardware;
  return { switches, switchCount, defaultDips };
}

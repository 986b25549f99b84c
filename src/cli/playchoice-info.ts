import { arcadeSwitches } from "../emu/nes/arcade-switches.ts";
import type { CartridgeImage } from "../emu/nes/cartridge/image.ts";
import { dipTexts } from "../io/shared/dip-texts.ts";

/** Facts about the PlayChoice-10 that a game is for. */
export interface PlayChoiceInfo {
  /** True if the file has the cartridge's part of the menu, and the PROM that decrypts it. */
  readonly hasInstRom: boolean;
  readonly hasProm: boolean;
  /** True if the ROMs of the control side were found: the game runs in its menu. */
  readonly hasControlRoms: boolean;
  /** The DIP switches, if there is a control side to read them. */
  readonly dips: readonly string[];
}

/** The facts of a PlayChoice-10's game for `emu info`; no key for other games. */
export function playChoiceInfo(image: CartridgeImage): { playChoice?: PlayChoiceInfo } {
  const { playChoice, controlRoms } = image;
  if (image.console !== "playchoice" && playChoice === undefined) return {};
  const arcade = controlRoms === undefined ? undefined : arcadeSwitches(image);
  return {
    playChoice: {
      hasInstRom: playChoice !== undefined,
      hasProm: playChoice?.prom !== undefined,
      hasControlRoms: controlRoms !== undefined,
      dips: arcade === undefined ? [] : dipTexts(arcade.switches, arcade.defaultDips),
    },
  };
}

/** The machine in a few words. */
export function playChoiceText({ hasInstRom, hasProm, hasControlRoms }: PlayChoiceInfo): string {
  const file = hasInstRom ? `INST-ROM ${hasProm ? "and PROM" : "without its PROM"}` : "no INST-ROM";
  return `PlayChoice-10, ${file}, ${hasControlRoms ? "with its menu" : "runs without its menu"}`;
}

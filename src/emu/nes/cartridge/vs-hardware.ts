import type { DipSwitch } from "../../machine.ts";
import type { RgbPpu } from "../revisions.ts";
import { crc32 } from "./crc32.ts";
import type { CartridgeImage } from "./image.ts";
import { findVsGame, PROTECTED_DIPS, type VsProtection } from "./vs-games.ts";

/** A VS. UniSystem as a game expects it. */
export interface VsHardware {
  readonly ppu: RgbPpu;
  readonly protection: VsProtection;
  /** True if the game runs on both halves of a VS. DualSystem. */
  readonly isDual: boolean;
  /** True if player 1 uses the left stick, which $4017 reads. */
  readonly usesLeftStick: boolean;
  /** True if the game is played with the light gun. */
  readonly hasGun: boolean;
  /** The game's title and what its DIP switches mean; undefined if the game is unknown. */
  readonly title: string | undefined;
  readonly dips: readonly DipSwitch[];
  /** The switches that the game needs if nobody changes them. */
  readonly defaultDips: number;
}

const VS_MAPPER = 99;

/** Values of byte 13, by nibble; the gaps are reserved. */
const PPUS: Readonly<Record<number, RgbPpu>> = {
  0: "2C03",
  2: "2C04-0001",
  3: "2C04-0002",
  4: "2C04-0003",
  5: "2C04-0004",
  8: "2C05-01",
  9: "2C05-02",
  10: "2C05-03",
  11: "2C05-04",
};
const PROTECTIONS: readonly VsProtection[] = [
  "none",
  "rbi-baseball",
  "tko-boxing",
  "super-xevious",
  "ice-climber",
  "none",
  "ice-climber",
];
const FIRST_DUAL_TYPE = 5;

/** Values of byte 15. https://www.nesdev.org/wiki/NES_2.0#Default_Expansion_Device */
const DEVICE_LEFT_STICK = 5;
const DEVICE_VS_ZAPPER = 7;

const cache = new WeakMap<CartridgeImage, VsHardware>();

/**
 * Returns the arcade hardware of an image, or undefined if it is for a home console. A NES 2.0 header
 * contains it. An iNES 1.0 header cannot, so it comes from the list in vs-games.ts.
 */
export function vsHardware(image: CartridgeImage): VsHardware | undefined {
  if (image.console !== "vs" && image.mapper !== VS_MAPPER) return undefined;
  const known = cache.get(image);
  if (known !== undefined) return known;
  const game = findVsGame(crc32([image.prgRom, image.chrRom]));
  const { vsHardware: byte13, expansionDevice, exactHeader } = image;
  const type = byte13 >> 4;
  const protection = (exactHeader ? PROTECTIONS[type] : game?.protection) ?? "none";
  const hardware: VsHardware = {
    ppu: (exactHeader ? PPUS[byte13 & 0xf] : game?.ppu) ?? "2C03",
    protection,
    isDual: exactHeader ? type >= FIRST_DUAL_TYPE : game?.isDual === true,
    usesLeftStick: exactHeader ? expansionDevice === DEVICE_LEFT_STICK : game?.usesLeftStick === true,
    hasGun: exactHeader ? expansionDevice === DEVICE_VS_ZAPPER : game?.hasGun === true,
    title: game?.title,
    dips: game?.dips ?? PROTECTED_DIPS[protection] ?? [],
    defaultDips: game?.defaultDips ?? 0,
  };
  cache.set(image, hardware);
  return hardware;
}

import type { DipSwitch } from "../../machine.ts";
import { KIB } from "../../units.ts";
import type { RgbPpu } from "../revisions.ts";
import { crc32 } from "./crc32.ts";
import type { CartridgeImage } from "./image.ts";
import { findVsGame, ppuSetting, switchesOf, type VsProtection } from "./vs-games.ts";

/** A VS. UniSystem or DualSystem as a game expects it. */
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
  /** The default switches of the game. */
  readonly defaultDips: number;
  /** 8 for each console. Those of a sub console follow. */
  readonly switchCount: number;
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
/** Types of the DualSystem; those above are reserved. */
const DUAL_TYPES = [5, 6];
/** Values that once named further revisions of the 2C03. https://www.nesdev.org/wiki/NES_2.0 */
const OTHER_2C03 = [1, 6, 7];
/** Number of DIP switches of a console. */
const SIDE_SWITCHES = 8;
/** Least size of images with both consoles' programs; UniSystem games of mapper 99 have up to 48 KiB. */
const DUAL_PRG_BYTES = 64 * KIB;

/** Values of byte 15. https://www.nesdev.org/wiki/NES_2.0#Default_Expansion_Device */
const DEVICE_LEFT_STICK = 5;
const DEVICE_VS_ZAPPER = 7;

const cache = new WeakMap<CartridgeImage, VsHardware>();

/** What byte 13 names that no VS. System has: sentences without a full stop, for warnings. */
export function unknownVsHardware(byte13: number): string[] {
  const type = byte13 >> 4;
  const ppu = byte13 & 0xf;
  const unknown: string[] = [];
  if (type >= PROTECTIONS.length)
    unknown.push(`byte 13 names type ${type} of the VS. System, which is reserved: it runs as a UniSystem`);
  if (PPUS[ppu] === undefined && !OTHER_2C03.includes(ppu))
    unknown.push(`byte 13 names PPU ${ppu} of the VS. System, which is reserved: it runs with the 2C03`);
  return unknown;
}

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
  const isDual = exactHeader
    ? DUAL_TYPES.includes(type)
    : game?.isDual === true || (image.mapper === VS_MAPPER && image.prgRom.length >= DUAL_PRG_BYTES);
  const protection = (exactHeader ? PROTECTIONS[type] : game?.protection) ?? "none";
  const ppu = (exactHeader ? PPUS[byte13 & 0xf] : game?.ppu) ?? "2C03";
  const hardware: VsHardware = {
    ppu,
    protection,
    isDual,
    usesLeftStick: exactHeader ? expansionDevice === DEVICE_LEFT_STICK : game?.usesLeftStick === true,
    hasGun: exactHeader ? expansionDevice === DEVICE_VS_ZAPPER : game?.hasGun === true,
    title: game?.title,
    dips: switchesOf(game, protection, ppu),
    defaultDips: (game?.defaultDips ?? 0) | ppuSetting(game, protection, ppu),
    switchCount: isDual ? 2 * SIDE_SWITCHES : SIDE_SWITCHES,
  };
  cache.set(image, hardware);
  return hardware;
}

/** The images of the main and the sub console of a VS. DualSystem. */
export interface DualImages {
  readonly main: CartridgeImage;
  readonly sub: CartridgeImage;
}

/** Size of the program of one console, and of its CHR ROM. */
const SIDE_PRG_BYTES = 32 * KIB;
const SIDE_CHR_BYTES = 16 * KIB;
/** Both programs without their empty first 8 KiB. */
const UNPADDED_PRG_BYTES = 48 * KIB;

/**
 * Splits the image of a DualSystem game: first the main console's ROM, then the sub console's. An image with
 * one console's ROM is for both. https://www.nesdev.org/wiki/INES_Mapper_099
 */
export function splitDual(image: CartridgeImage): DualImages {
  const hardware = vsHardware(image);
  const { prgRom, chrRom } = image;
  const isUnpadded = prgRom.length === UNPADDED_PRG_BYTES && hardware?.protection !== "ice-climber";
  const prgBytes = isUnpadded ? UNPADDED_PRG_BYTES / 2 : SIDE_PRG_BYTES;
  const chrBytes = chrRom.length > SIDE_CHR_BYTES ? SIDE_CHR_BYTES : chrRom.length;
  const side = (prg: Uint8Array, chrRom: Uint8Array, ram: Partial<CartridgeImage>): CartridgeImage => {
    const half = { ...image, prgRom: padded(prg, isUnpadded), chrRom, ...ram };
    if (hardware !== undefined) cache.set(half, hardware);
    return half;
  };
  const prgRamBytes = image.prgNvramBytes > 0 ? image.prgRamBytes : Math.max(2 * KIB, image.prgRamBytes);
  const noRam = { prgRamBytes: 0, prgNvramBytes: 0, battery: false };
  return {
    main: side(prgRom.subarray(0, prgBytes), chrRom.subarray(0, chrBytes), { prgRamBytes }),
    sub: side(rest(prgRom, prgBytes, prgBytes), rest(chrRom, chrBytes, chrBytes), noRam),
  };
}

/** Returns up to `length` bytes from `start`, or all of a ROM that ends there. */
function rest(rom: Uint8Array, start: number, length: number): Uint8Array {
  return rom.length > start ? rom.subarray(start, start + length) : rom;
}

function padded(prg: Uint8Array, isUnpadded: boolean): Uint8Array {
  if (!isUnpadded) return prg;
  const whole = new Uint8Array(SIDE_PRG_BYTES);
  whole.set(prg, SIDE_PRG_BYTES - prg.length);
  return whole;
}

import type { ArcadeSwitches } from "../../machine.ts";
import type { ExpansionDeviceName } from "../input/devices.ts";
import type { BoardClass } from "./board.ts";
import type { CartridgeImage, ForeignConsole, Mirroring } from "./image.ts";

/**
 * The first number of boards that have none: only UNIF files name them, and no header can hold their numbers,
 * which have 12 bits.
 */
export const FIRST_UNNUMBERED = 0x1000;

/** A board's RAM sizes. The defaults are 8 KiB of PRG RAM and, without CHR ROM, 8 KiB of CHR RAM. */
interface UsualRam {
  /** PRG RAM or EEPROM in bytes, battery-backed when the header says so. */
  readonly prgBytes?: number;
  /** CHR RAM in addition to CHR ROM. */
  readonly besideRomBytes?: number;
  /** CHR RAM if there is no CHR ROM. */
  readonly insteadOfRomBytes?: number;
  /** The RAM is non-volatile (EEPROM), even if the header's battery bit is 0. */
  readonly alwaysKept?: boolean;
}

/** Names of circuit boards in UNIF files, without their maker's prefix (NES-, HVC-, UNL-, …). */
interface UnifNames {
  /** Separated by spaces. */
  readonly names: string;
  readonly submapper?: number;
  /** Mirroring that is wired on the board. It overrides the MIRR chunk. */
  readonly mirroring?: Mirroring;
}

/** Facts about a mapper number, supported or not. */
export interface MapperFacts {
  /** For boards without a mapper number: from FIRST_UNNUMBERED on. */
  readonly mapper: number;
  /** The name of most of its circuit boards, or of the maker and the chip. */
  readonly name: string;
  /** https://www.nesdev.org/wiki/UNIF_to_NES_2.0_Mapping and https://www.nesdev.org/wiki/List_of_PCBs */
  readonly unif?: readonly UnifNames[];
  /** The submappers that this board serves. If absent, all that no other board of this mapper names. */
  readonly submappers?: readonly number[];
  /** The board has four nametables, whatever the header says. */
  readonly fourScreens?: true;
  /** For headers that have no RAM sizes. */
  readonly ram?: UsualRam;
  /** The device that the machine or the cartridge has, if the header names none. */
  readonly device?: ExpansionDeviceName;
  /** True if the cartridge has a microphone: Start of controller 3 is sound, A and B are its buttons. */
  readonly hasMicrophone?: boolean;
  /** Hardware that games need and that is missing: sentences without a full stop, for `emu info`. */
  readonly lacks?: readonly string[];
}

/** A board's name, the images that it serves, and the class that builds it. */
export interface BoardDescriptor extends MapperFacts {
  readonly board: BoardClass;
  /**
   * Nonzero submappers that this board emulates, including those that behave like submapper 0. All others
   * run as submapper 0, with a warning. https://www.nesdev.org/wiki/NES_2.0_submappers
   */
  readonly knownSubmappers?: readonly number[];
  /** Returns true if an image of this mapper needs this board although its submapper does not name it. */
  readonly claims?: (image: CartridgeImage) => boolean;
  /** The console whose hardware the board has. */
  readonly console?: ForeignConsole;
  /** Like `lacks`, for what depends on the image. */
  readonly lacksOf?: (image: CartridgeImage) => readonly string[];
  /** The DIP switches of an arcade board. */
  readonly arcade?: ArcadeSwitches;
  /** Pages of https://www.nesdev.org/wiki/ that describe it. */
  readonly wiki?: readonly string[];
}

import type { BoardClass } from "./board.ts";
import type { CartridgeImage, Mirroring } from "./image.ts";

/** RAM of a board where it differs from 8 KiB of PRG RAM and, without CHR ROM, 8 KiB of CHR RAM. */
interface UsualRam {
  /** PRG RAM or EEPROM in bytes, battery-backed when the header says so. */
  readonly prgBytes?: number;
  /** CHR RAM beside CHR ROM. */
  readonly besideRomBytes?: number;
  /** CHR RAM when there is no CHR ROM. */
  readonly insteadOfRomBytes?: number;
  /** The RAM is non-volatile whatever the battery bit says: EEPROM. */
  readonly alwaysKept?: boolean;
}

/** Names of circuit boards in UNIF files, without their maker's prefix (NES-, HVC-, UNL-, …). */
interface UnifNames {
  /** Separated by spaces. */
  readonly names: string;
  readonly submapper?: number;
  /** Wired on the board, whatever the MIRR chunk says. */
  readonly mirroring?: Mirroring;
}

/** What is known of a mapper number, whether emu has a board for it or not. */
export interface MapperFacts {
  readonly mapper: number;
  /** The name on most of its circuit boards, or the maker's and the chip's. */
  readonly name: string;
  /** https://www.nesdev.org/wiki/UNIF_to_NES_2.0_Mapping and https://www.nesdev.org/wiki/List_of_PCBs */
  readonly unif?: readonly UnifNames[];
  /** For headers that have no RAM sizes. */
  readonly ram?: UsualRam;
}

/** A board: what it is called, which images are its own, and the class that builds it. */
export interface BoardDescriptor extends MapperFacts {
  readonly board: BoardClass;
  /** The submappers that this board serves; without it, all that no other board of the number names. */
  readonly submappers?: readonly number[];
  /**
   * Further submappers besides 0 that this board tells apart, or that need no telling apart. The others run as
   * submapper 0, with a warning. https://www.nesdev.org/wiki/NES_2.0_submappers
   */
  readonly knownSubmappers?: readonly number[];
  /** Returns true for images of the number that belong to this board though their submapper does not say so. */
  readonly claims?: (image: CartridgeImage) => boolean;
  /** Pages of https://www.nesdev.org/wiki/ that describe it. */
  readonly wiki?: readonly string[];
}

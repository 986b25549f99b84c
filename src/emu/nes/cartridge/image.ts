import type { ControlRoms, PlayChoiceCartridge } from "../playchoice/control-roms.ts";
import type { RegionName } from "../region.ts";
import type { NsfProgram } from "./nsf-program.ts";

/** Clones with other chips that a header can name. */
export type CloneChip = "VT01" | "VT02" | "VT03" | "VT09" | "VT32" | "VT369" | "UM6578";
/** Consoles other than NES and Famicom that a header can name; "other" are numbers without a meaning. */
export type ForeignConsole =
  | "vs"
  | "playchoice"
  | "epsm"
  | "decimal-famiclone"
  | "famicom-network"
  | CloneChip
  | "other";

/** A block of data on a tape of the Study Box. Several blocks may have the same page number. */
export interface TapePage {
  /** The number that the block's data has, from 0. */
  readonly number: number;
  /** Where its data is in `prgRom`. */
  readonly start: number;
  readonly length: number;
  /** The sample of the tape's sound at which its data begin. */
  readonly soundStart: number;
}

/** The sound of a tape of the Study Box: 16 bits, one channel. */
export interface TapeSound {
  readonly rateHz: number;
  readonly samples: Int16Array;
}

export type Mirroring = "horizontal" | "vertical" | "single-0" | "single-1" | "four-screen";

/**
 * A cartridge as its file describes it: everything that is needed to build its board. Produced by the header
 * parsers and the database. Sizes are in bytes and have been checked against the file.
 */
export interface CartridgeImage {
  readonly format: "ines" | "nes2" | "unif" | "fds" | "nsf" | "studybox";
  /** FIRST_UNNUMBERED and above are boards without a mapper number, which only UNIF files name. */
  readonly mapper: number;
  readonly submapper: number;
  readonly mirroring: Mirroring;
  /** True if any RAM on the board is preserved without power. */
  readonly battery: boolean;
  readonly region: RegionName;
  readonly prgRom: Uint8Array;
  /** Empty if the board has CHR RAM. */
  readonly chrRom: Uint8Array;
  /** RAM in the CPU's space: volatile and battery-backed, in bytes. */
  readonly prgRamBytes: number;
  readonly prgNvramBytes: number;
  readonly chrRamBytes: number;
  readonly chrNvramBytes: number;
  /** 512 bytes that some dumps need at $7000; undefined in nearly all files. */
  readonly trainer?: Uint8Array;
  /** The bytes after CHR ROM, if the board has a further ROM (NES 2.0 byte 14). Never empty. */
  readonly miscRom?: Uint8Array;
  /** False for iNES 1.0, which has no RAM sizes and no bus conflicts: boards then use the usual ones. */
  readonly exactHeader: boolean;
  /** SHA-1 of PRG ROM followed by CHR ROM, lower-case hex: how databases and states identify a game. */
  readonly sha1: string;
  /** NES 2.0 byte 15 (default expansion device) and byte 13 (VS hardware); 0 when unknown. */
  readonly expansionDevice: number;
  readonly vsHardware: number;
  /** The console that the game is for, unless it is an NES, Famicom or PlayChoice-10. */
  readonly console?: ForeignConsole;
  /** The samples of an EPSM's drums, which are in a ROM of its chip; undefined if the user has none. */
  readonly drumRom?: Uint8Array;
  /** What the cartridge of a PlayChoice-10 has beside the game; undefined if the file has only the game. */
  readonly playChoice?: PlayChoiceCartridge;
  /** The ROMs of the PlayChoice-10's control side, if the user has them: the game then runs in its menu. */
  readonly controlRoms?: ControlRoms;
  /** The Famicom Network System's ROMs of characters and of CPU2; undefined if the user has none. */
  readonly kanjiRom?: Uint8Array;
  readonly cpu2Rom?: Uint8Array;
  /** For music files: what the player calls, and its tracks. */
  readonly nsf?: NsfProgram;
  /** For tapes of the Study Box: the blocks on the tape, whose data are in `prgRom`. */
  readonly tape?: readonly TapePage[];
  /** The sound of that tape, if it was loaded. */
  readonly tapeSound?: TapeSound;
}

/**
 * Returns the lower-case hex SHA-1 of the concatenated parts. The caller supplies it because the machine has
 * no crypto library.
 */
export type Sha1 = (parts: readonly Uint8Array[]) => string;

/** An image with further facts about its file. */
export interface ParsedImage {
  readonly image: CartridgeImage;
  /** Number of bytes after the last ROM; 0 in a clean dump. */
  readonly trailingBytes: number;
  /**
   * Values that differ from the header's, from the database or because a board has two numbers, with reasons:
   * one sentence each, without a full stop.
   */
  readonly overrides: readonly string[];
  /** Reasons why the game may not run correctly, in the same form. */
  readonly cautions: readonly string[];
  /** Odd, guessed or ignored facts of the file, in the same form. */
  readonly warnings: readonly string[];
}

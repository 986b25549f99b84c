import type { RegionName } from "../region.ts";

/** Consoles besides NES and Famicom that a header can ask for; "other" are clones with other chips. */
export type ForeignConsole = "vs" | "epsm" | "decimal-famiclone" | "other";

export type Mirroring = "horizontal" | "vertical" | "single-0" | "single-1" | "four-screen";

/**
 * A cartridge as its file describes it: everything a board needs to be built. Produced by the header
 * parsers and the database; sizes are bytes and have been checked against the file.
 */
export interface CartridgeImage {
  readonly format: "ines" | "nes2" | "unif" | "fds";
  readonly mapper: number;
  readonly submapper: number;
  readonly mirroring: Mirroring;
  /** Whether any RAM on the board keeps its contents without power. */
  readonly battery: boolean;
  readonly region: RegionName;
  readonly prgRom: Uint8Array;
  /** Empty when the board has CHR RAM. */
  readonly chrRom: Uint8Array;
  /** RAM in the CPU's space: volatile and battery-backed, in bytes. */
  readonly prgRamBytes: number;
  readonly prgNvramBytes: number;
  readonly chrRamBytes: number;
  readonly chrNvramBytes: number;
  /** 512 bytes that some dumps want at $7000; undefined in nearly all files. */
  readonly trainer?: Uint8Array;
  /** iNES 1.0 says nothing about RAM sizes or bus conflicts: boards fall back to what is usual. */
  readonly exactHeader: boolean;
  /** SHA-1 of PRG ROM followed by CHR ROM, lower-case hex: what databases and states know a game by. */
  readonly sha1: string;
  /** NES 2.0 byte 15 (default expansion device) and byte 13 (VS hardware); 0 when unknown. */
  readonly expansionDevice: number;
  readonly vsHardware: number;
  /** The console that the game is made for, where it is no NES, Famicom or PlayChoice-10. */
  readonly console?: ForeignConsole;
}

/** Lower-case hex SHA-1 of the parts, one after the other: given from outside, the machine has no crypto. */
export type Sha1 = (parts: readonly Uint8Array[]) => string;

/** An image with what its file said beside it. */
export interface ParsedImage {
  readonly image: CartridgeImage;
  /** Bytes behind the last ROM; 0 in a clean dump. */
  readonly trailingBytes: number;
  /** Where the database knew better than the header, what and why: one sentence each, no full stop. */
  readonly overrides: readonly string[];
  /** What may keep the game from running as it should, in the same form. */
  readonly cautions: readonly string[];
  /** What was odd, guessed or ignored, in the same form. */
  readonly warnings: readonly string[];
}

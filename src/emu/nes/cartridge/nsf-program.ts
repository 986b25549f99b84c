import type { RegionName } from "../region.ts";

/** The expansion chips of an NSF, by their bits in the header. */
export const NSF_VRC6 = 1;
export const NSF_VRC7 = 2;
export const NSF_FDS = 4;
export const NSF_MMC5 = 8;
export const NSF_N163 = 16;
export const NSF_5B = 32;
export const NSF_EPSM = 128;
/** All of them. Bit 6 is for sound chips of clones. */
export const NSF_CHIPS = 0xbf;

/** The names of the expansion chips, from bit 0 on. */
const CHIP_NAMES = ["VRC6", "VRC7", "FDS", "MMC5", "Namco 163", "Sunsoft 5B", "VT02+", "EPSM"] as const;

/** A track of the list that is played. */
export interface NsfTrack {
  /** What INIT gets in A, from 0. */
  readonly song: number;
  /** Empty if the file has none. */
  readonly name: string;
  readonly author: string;
  /** Playing time before the fade; undefined if the file gives none. */
  readonly timeMs?: number;
  readonly fadeMs?: number;
}

/** An NSF, NSF2 or NSFe file: a program that plays music, and the names and times of its tracks. */
export interface NsfProgram {
  readonly kind: "NSF" | "NSF2" | "NSFe";
  readonly title: string;
  readonly artist: string;
  readonly copyright: string;
  readonly ripper: string;
  readonly text: string;
  readonly loadAddress: number;
  readonly initAddress: number;
  readonly playAddress: number;
  /** The 4 KiB banks of `prgRom` in the ten windows from $6000 on when INIT is called. */
  readonly banks: readonly number[];
  /** The part of the program that is loaded below $8000 into RAM, without FDS; usually empty. */
  readonly ramData: Uint8Array;
  /** NSF_ bits. */
  readonly chips: number;
  /** NSF2: the program uses IRQs and the timer at $401B. */
  readonly usesIrq: boolean;
  /** NSF2: INIT is called a second time and need not return; PLAY interrupts it. */
  readonly initKeepsRunning: boolean;
  /** NSF2: PLAY is never called. */
  readonly hasNoPlay: boolean;
  /** Microseconds between two calls of PLAY. */
  readonly playPeriodUs: Readonly<Record<RegionName, number>>;
  /** What INIT gets in X, by the console's region. */
  readonly regionCodes: Readonly<Record<RegionName, number>>;
  /** The play list if the file has one, otherwise all songs; 1 to 256 tracks. */
  readonly tracks: readonly NsfTrack[];
  /** Index in `tracks`. */
  readonly firstTrack: number;
}

/** The names of the chips in a chip byte. */
export function nsfChipNames(chips: number): string[] {
  return CHIP_NAMES.filter((_, bit) => ((chips >> bit) & 1) !== 0);
}

/** The length of a track whose file gives none. */
const USUAL_TIME_MS = 180_000;
const USUAL_FADE_MS = 5_000;

/** A track's time before its fade, and the fade's. */
export function trackTimes(track: NsfTrack | undefined): {
  readonly timeMs: number;
  readonly fadeMs: number;
} {
  return { timeMs: track?.timeMs ?? USUAL_TIME_MS, fadeMs: track?.fadeMs ?? USUAL_FADE_MS };
}

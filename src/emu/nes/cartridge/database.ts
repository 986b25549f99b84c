import type { RegionName } from "../region.ts";
import { mapperFacts } from "./boards/index.ts";
import { type Corrections, KNOWN_GAMES } from "./database-games.ts";
import { MORE_GAMES } from "./database-more-games.ts";
import { findDump } from "./dump-facts.ts";
import type { CartridgeImage } from "./image.ts";

/** A game that the database knows. */
export interface KnownGame {
  /** What it is and why headers are wrong; undefined if only its cartridge is known. */
  readonly reason: string | undefined;
  readonly is: Corrections;
}

let index: Map<string, KnownGame> | undefined;

/** Returns the game whose PRG and CHR ROM have this CRC-32, or undefined if it is not in the database. */
export function findGame(crc: number): KnownGame | undefined {
  index ??= buildIndex();
  const key = crc.toString(16).padStart(8, "0");
  const game = index.get(key);
  const dump = findDump(key);
  if (game === undefined || dump === undefined) return game ?? (dump && { reason: undefined, is: dump });
  return { reason: game.reason, is: { ...dump, ...game.is } };
}

function buildIndex(): Map<string, KnownGame> {
  const games = new Map<string, KnownGame>();
  for (const { why, is, games: group } of [...KNOWN_GAMES, ...MORE_GAMES]) {
    for (const [crc, title] of Object.entries(group))
      games.set(crc, { reason: `this is ${title}, ${why}`, is });
  }
  return games;
}

/**
 * Returns the facts of `game` for an image as its header describes it. A known game has four screens only if
 * the database says so: on boards with registers for the mirroring, headers often have that bit without a
 * reason.
 */
export function correctionsOf({ is }: KnownGame, header: CartridgeImage): Corrections {
  const mapper = is.mapper ?? header.mapper;
  if (header.mirroring !== "four-screen" || is.mirroring !== undefined || is.mapper === undefined) return is;
  const keepsIt = mapperFacts(mapper)?.fourScreens === true || (is.console ?? header.console) === "vs";
  return keepsIt ? is : { ...is, mirroring: "horizontal" };
}

/**
 * Describes how `is`, the facts of `game`, differ from the header; empty if the header was right. A field
 * that iNES 1.0 does not have counts as a difference too, because its value was a guess.
 */
export function describeCorrections({ reason }: KnownGame, is: Corrections, header: CartridgeImage): string {
  const changes: string[] = [];
  for (const key of Object.keys(is) as (keyof Corrections)[]) {
    if (is[key] !== header[key]) changes.push(`${FIELD_NAMES[key]} ${is[key]} for ${header[key] ?? "nes"}`);
  }
  return changes.length === 0 ? "" : `${changes.join(", ")}: ${reason ?? "the game's cartridge is known"}`;
}

const FIELD_NAMES: Readonly<Record<keyof Corrections, string>> = {
  mapper: "mapper",
  submapper: "submapper",
  mirroring: "mirroring",
  battery: "battery",
  region: "region",
  console: "console",
  prgRamBytes: "PRG RAM bytes",
  prgNvramBytes: "PRG non-volatile bytes",
  chrRamBytes: "CHR RAM bytes",
};

const PAL_TAGS = /\((?:e|eu|eur|europe|pal|australia|a|g|germany|f|france|s|spain|i|italy|sw|sweden|uk)\)/i;
const NTSC_TAGS = /\((?:u|us|usa|j|jp|japan|w|world|ju|ntsc|k|korea)\)/i;

/**
 * Returns the region that a file name's tags indicate, such as "(E)" or "(Europe)". It is a weak hint for
 * headers without a region. Undefined without a tag or with tags of both regions.
 */
export function regionFromName(fileName: string): RegionName | undefined {
  const tags = fileName.replace(/\(([^)]*)\)/g, (_, list: string) =>
    list
      .split(/\s*,\s*/)
      .map((tag) => `(${tag})`)
      .join(""),
  );
  if (/\(dendy\)/i.test(tags)) return "dendy";
  const isPal = PAL_TAGS.test(tags);
  if (isPal === NTSC_TAGS.test(tags)) return undefined;
  return isPal ? "pal" : "ntsc";
}

import type { RegionName } from "../region.ts";
import { type Corrections, KNOWN_GAMES } from "./database-games.ts";
import type { CartridgeImage } from "./image.ts";

/** A game that the database knows. */
export interface KnownGame {
  readonly title: string;
  readonly why: string;
  readonly is: Corrections;
}

let index: Map<number, KnownGame> | undefined;

/** Returns the game whose PRG and CHR ROM have this CRC-32, or undefined if it is not in the database. */
export function findGame(crc: number): KnownGame | undefined {
  index ??= buildIndex();
  return index.get(crc);
}

function buildIndex(): Map<number, KnownGame> {
  const games = new Map<number, KnownGame>();
  for (const { why, is, games: group } of KNOWN_GAMES) {
    for (const [crc, title] of Object.entries(group)) games.set(Number.parseInt(crc, 16), { title, why, is });
  }
  return games;
}

/**
 * Describes how `game` differs from the header; empty if the header was right. A field that iNES 1.0
 * does not have counts as a difference too, because its value was a guess.
 */
export function describeCorrections(game: KnownGame, header: CartridgeImage): string {
  const changes: string[] = [];
  for (const key of Object.keys(game.is) as (keyof Corrections)[]) {
    if (game.is[key] !== header[key]) changes.push(`${FIELD_NAMES[key]} ${game.is[key]} for ${header[key]}`);
  }
  return changes.length === 0 ? "" : `${changes.join(", ")}: this is ${game.title}, ${game.why}`;
}

const FIELD_NAMES: Readonly<Record<keyof Corrections, string>> = {
  mapper: "mapper",
  submapper: "submapper",
  mirroring: "mirroring",
  battery: "battery",
  region: "region",
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

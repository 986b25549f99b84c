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

/** The game whose PRG and CHR ROM have this CRC-32, if the database knows it. */
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
 * How `game` differs from what the header gave, as text for people; empty when the header was right. What
 * iNES 1.0 has no room for counts as a difference too: it was a guess.
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
 * The region that a file's name tells by the tags that collections use, such as "(E)" or "(Europe)"; a
 * weak hint, for headers that say nothing. Undefined without a tag, and with tags of both kinds.
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

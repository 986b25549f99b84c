import { basename, dirname } from "node:path";
import { BUILT_IN_GAMES, BUILT_IN_NAMES } from "../../files/roms/built-in-game.ts";
import { CORE_SYSTEMS } from "../../files/roms/core-systems.ts";
import { GAME_FILE_NAME } from "../../files/roms/rom-file-name.ts";
import { printable } from "../../files/text.ts";
import { shortFolder } from "../home-folder.ts";

/** A game of the library. */
export interface LibraryGame {
  /** A file, or the name of a game that comes with emu. */
  readonly path: string;
  readonly name: string;
  /** The console or kind of file. */
  readonly system: string;
  /** The file's folder, or what a game that comes with emu is. */
  readonly place: string;
  /** `plainName`, with numbers that sort by value. */
  readonly sortKey: string;
  /** The name in lower case and without accents, to find it as it is typed. */
  readonly plainName: string;
}

/** Extensions that no core's list has. */
const SYSTEMS: Readonly<Record<string, string>> = {
  nes: "NES",
  unf: "NES",
  unif: "NES",
  fds: "Disk System",
  qd: "Disk System",
  nsf: "music",
  nsfe: "music",
  zip: "archive",
  gz: "archive",
  "7z": "archive",
  rar: "archive",
};

/** Digits of the numbers in sort keys: no title has larger ones. */
const NUMBER_DIGITS = 6;

/** The games that come with emu. */
export const LIBRARY_BUILT_INS: readonly LibraryGame[] = BUILT_IN_NAMES.map((name) => {
  const { title, about } = BUILT_IN_GAMES[name];
  return { path: name, name: title, system: "built in", place: about, ...keysOf(title) };
});

/** The game of a file, by its name alone. */
export function libraryGame(path: string): LibraryGame {
  const file = basename(path);
  // The .gz of a single file says nothing about the game.
  const inner = GAME_FILE_NAME.test(file.replace(/\.gz$/i, "")) ? file.replace(/\.gz$/i, "") : file;
  const name = printable((inner.replace(/\.[^.]*$/, "") || inner).normalize("NFC"));
  const extension = /\.([^.]*)$/.exec(inner)?.[1]?.toLowerCase() ?? "";
  return {
    path,
    name,
    system: systemOf(extension),
    place: shortFolder(dirname(path)),
    ...keysOf(name),
  };
}

function systemOf(extension: string): string {
  const system = CORE_SYSTEMS.find(({ extensions }) => extensions.includes(extension));
  return SYSTEMS[extension] ?? system?.name.split(",")[0] ?? extension;
}

function keysOf(name: string): Pick<LibraryGame, "sortKey" | "plainName"> {
  const plainName = plain(name);
  return {
    plainName,
    sortKey: plainName.replaceAll(/\d+/g, (digits) => digits.padStart(NUMBER_DIGITS, "0")),
  };
}

/**
 * The games whose names contain every word of a text, best first: names that begin with the text, then names
 * with a word that does, then the rest, each in the order of `games`.
 */
export function gamesMatching(games: readonly LibraryGame[], text: string): LibraryGame[] {
  const wanted = plain(text.trim());
  const words = wanted.split(/\s+/);
  const ranks: LibraryGame[][] = [[], [], []];
  for (const game of games) {
    const name = game.plainName;
    if (!words.every((word) => name.includes(word))) continue;
    const at = name.indexOf(wanted);
    const rank = at === 0 ? 0 : at > 0 && /[^\p{L}\p{N}]/u.test(name[at - 1]!) ? 1 : 2;
    ranks[rank]!.push(game);
  }
  return ranks.flat();
}

/** Returns the text in lower case and without accents: "pokemon" finds "Pokémon". */
function plain(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

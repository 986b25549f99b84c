import { isBuiltIn } from "../../files/roms/built-in-game.ts";
import { printable } from "../../files/text.ts";
import type { StillPicture } from "../../render/still-picture.ts";
import { Covers } from "../games/covers.ts";
import type { GameLibrary } from "../games/game-library.ts";
import { folderToBrowse } from "../games/game-library.ts";
import { gamesMatching, LIBRARY_BUILT_INS, type LibraryGame } from "../games/library-game.ts";
import { shortFolder } from "../home-folder.ts";
import { openArchive } from "./archive-page.ts";
import { browsePage, LIBRARY_TITLE } from "./games-page.ts";
import type { Menu } from "./menu.ts";
import type { MenuEntry, MenuPage } from "./page.ts";
import { dateAndTime } from "./slots-page.ts";

/** Opens the chosen game; with `continues`, where the player has stopped. */
export type OpenGame = (path: string, continues?: boolean) => unknown;

/** Followed by what Escape does. */
const HINT = "Enter play   Tab favourite   Del forget   Esc";
const MAX_RECENT_GAMES = 6;
/** Matches that are listed: a player types more letters rather than scroll further. */
const MAX_FOUND_GAMES = 500;
const STAR = "★";
/** Games of this system without a picture are run for one; others need a core or a BIOS. */
const RUN_SYSTEM = "NES";

/**
 * The page of the player's games. It searches the folders again whenever it is opened. `home` is the folder
 * where browsing begins if the library has none.
 */
export function libraryPage(menu: Menu, library: GameLibrary, open: OpenGame, home: string): MenuPage {
  return new LibraryPage(menu, library, open, home).page;
}

/** Index of the entry of the game at `path`; 0 if it is not listed. */
export function indexOfGame(page: MenuPage, path: string): number {
  return Math.max(
    0,
    page.entries().findIndex(({ id }) => id?.slice(id.indexOf(":") + 1) === path),
  );
}

class LibraryPage {
  readonly page: MenuPage;
  readonly #menu: Menu;
  readonly #library: GameLibrary;
  readonly #open: OpenGame;
  readonly #home: string;
  readonly #covers: Covers;
  #text = "";
  /** The entries and their games, made for this state of the library. */
  #entries: readonly MenuEntry[] = [];
  #games: readonly (LibraryGame | undefined)[] = [];
  #version = -1;
  /** Every game once, in this state of the library. */
  #each: readonly LibraryGame[] = [];
  #eachVersion = -1;
  #favouritesBefore: LibraryGame[] | undefined;

  constructor(menu: Menu, library: GameLibrary, open: OpenGame, home: string) {
    this.#menu = menu;
    this.#library = library;
    this.#open = open;
    this.#home = home;
    const refresh = () => menu.refresh();
    this.#covers = new Covers(library.statesFolder, refresh);
    library.onChange = refresh;
    library.onFailure = (error) => menu.fail(error);
    const hasText = () => this.#text !== "";
    this.page = {
      title: LIBRARY_TITLE,
      get hint() {
        return `${HINT} ${hasText() ? "clear" : menu.leaving}`;
      },
      shape: "window",
      entries: () => this.#list(),
      state: () => library.progress,
      filter: this.#filter(),
      picture: (index) => this.#cover(index),
      noPicture: "no picture yet",
      facts: (index) => this.#facts(index),
      closed: () => {
        this.#covers.stop();
        library.stop();
      },
    };
  }

  #filter(): NonNullable<MenuPage["filter"]> {
    const set = (text: string) => {
      this.#text = text;
      this.#version = -1;
    };
    const read = () => this.#text;
    return {
      get text() {
        return read();
      },
      set,
    };
  }

  #cover(index: number): StillPicture | undefined {
    const { path = "", system = "" } = this.#games[index] ?? {};
    const own = this.#covers.find(this.#recordOf(index)?.key ?? "");
    const isRun = own === undefined && (isBuiltIn(path) || system === RUN_SYSTEM);
    if (isRun) return this.#covers.ofUnplayed(path);
    this.#covers.stop();
    return own;
  }

  #recordOf(index: number) {
    const game = this.#games[index];
    return game === undefined ? undefined : this.#library.records.get(game.path);
  }

  #list(): readonly MenuEntry[] {
    if (this.#version === this.#library.version) return this.#entries;
    this.#version = this.#library.version;
    const rows = this.#text.trim() === "" ? this.#allRows() : this.#foundRows();
    this.#entries = rows.map(({ entry }) => entry);
    this.#games = rows.map(({ game }) => game);
    return this.#entries;
  }

  #allRows(): Row[] {
    const { toContinue, played, files, folders } = this.#library;
    const listed = new Set<string>();
    // Each game is listed once, in the first group to which it belongs.
    const once = (games: readonly LibraryGame[], most = Number.POSITIVE_INFINITY) =>
      this.#once(games, most, listed);
    const toGoOn = once(toContinue === undefined ? [] : [toContinue]);
    return [
      ...this.#group("Continue", toGoOn, true),
      ...this.#group("Favourites", once(this.#favourites())),
      ...this.#group("Recent", once(played, MAX_RECENT_GAMES)),
      ...this.#group("Built in", once(LIBRARY_BUILT_INS)),
      ...this.#group("Files", once(files)),
      ...inGroup(
        "Folders",
        folders.map((folder) => this.#folderRow(folder)),
        [this.#browseRow()],
      ),
    ];
  }

  /** Up to `most` of the games, without those in `listed` and copies of them. Adds them to `listed`. */
  #once(games: readonly LibraryGame[], most: number, listed: Set<string>): LibraryGame[] {
    const rest: LibraryGame[] = [];
    for (const game of games) {
      if (rest.length >= most) break;
      if (listed.has(game.path)) continue;
      rest.push(game);
      listed.add(game.path);
      for (const path of this.#library.copiesOf(game)) listed.add(path);
    }
    return rest;
  }

  /** The favourites when the page was opened: a game that is marked keeps its place on the page. */
  #favourites(): LibraryGame[] {
    const { favourites, records } = this.#library;
    this.#favouritesBefore ??= favourites;
    return this.#favouritesBefore.filter(({ path }) => records.has(path));
  }

  /** Every game once, whether it was played, comes with emu or lies in a folder. */
  #foundRows(): Row[] {
    if (this.#eachVersion !== this.#library.version) {
      const { played, favourites, files } = this.#library;
      const all = [...favourites, ...LIBRARY_BUILT_INS, ...played, ...files];
      this.#each = this.#once(all, all.length, new Set());
      this.#eachVersion = this.#library.version;
    }
    const found = gamesMatching(this.#each, this.#text);
    return this.#group(found.length === 0 ? "" : "Found", found.slice(0, MAX_FOUND_GAMES));
  }

  #group(group: string, games: readonly LibraryGame[], continues = false): Row[] {
    return inGroup(
      group,
      games.map((game) => this.#gameRow(group, game, continues)),
    );
  }

  #gameRow(group: string, game: LibraryGame, continues: boolean): Row {
    const library = this.#library;
    const record = library.records.get(game.path);
    const star = record?.isFavourite === true ? `${STAR} ` : "";
    const time = record === undefined || record.playedSeconds === 0 ? "" : durationOf(record.playedSeconds);
    const about = continues ? `go on where you stopped — ${game.place}` : game.place;
    return {
      game,
      entry: {
        label: `${star}${game.name}`,
        id: `${group}:${game.path}`,
        value: time === "" ? game.system : `${time}   ${game.system}`,
        about,
        enter: () => {
          this.#covers.stop();
          return game.system === "archive"
            ? openArchive(this.#menu, game.path, this.#open)
            : this.#open(game.path, continues);
        },
        mark: () => library.toggleFavourite(game),
        ...(record === undefined ? {} : { remove: () => library.forget(game) }),
      },
    };
  }

  #folderRow(folder: string): Row {
    const library = this.#library;
    const trouble = library.troubles.find(({ where }) => where.startsWith(folder));
    return {
      game: undefined,
      entry: {
        label: shortFolder(folder),
        id: `folder:${folder}`,
        about: trouble === undefined ? "searched for games; Del removes it from here" : trouble.message,
        enter: () => this.#menu.openPrepared(browsePage(this.#menu, library, folder, this.#open)),
        remove: () => library.removeFolder(folder),
      },
    };
  }

  #browseRow(): Row {
    const library = this.#library;
    return {
      game: undefined,
      entry: {
        label: "Add a folder, or open a file…",
        id: "browse",
        about: "files in the folders that you add are found here from then on",
        enter: () => {
          const folder = folderToBrowse(library, this.#home);
          return this.#menu.openPrepared(browsePage(this.#menu, library, folder, this.#open));
        },
      },
    };
  }

  #facts(index: number): string[] {
    const game = this.#games[index];
    if (game === undefined) return this.#troubles();
    const record = this.#recordOf(index);
    const { playedSeconds = 0, lastPlayedMs = 0, isFavourite = false } = record ?? {};
    return [
      `${isFavourite ? `${STAR} ` : ""}${game.name}`,
      game.system,
      playedSeconds === 0 ? "not played yet" : `played for ${durationOf(playedSeconds)}`,
      lastPlayedMs === 0 ? "" : `last on ${dateAndTime(new Date(lastPlayedMs))}`,
      this.#library.canContinue(game) ? "can be continued" : "",
      ...this.#library.copiesOf(game).map((path) => `also ${shortFolder(path)}`),
    ].filter((text) => text !== "");
  }

  #troubles(): string[] {
    return this.#library.troubles.map(({ where, message }) => printable(`${where}: ${message}`));
  }
}

interface Row {
  readonly entry: MenuEntry;
  readonly game: LibraryGame | undefined;
}

/** The first of the rows gets the heading. */
function inGroup(group: string, ...rows: readonly Row[][]): Row[] {
  return rows.flat().map((row, i) => (i === 0 ? { ...row, entry: { ...row.entry, group } } : row));
}

/** A time as players say it: `12 min`, `1 h 20 min`. */
function durationOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return "1 min";
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

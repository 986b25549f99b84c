import { existsSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { InputError } from "../../../emu/input-error.ts";
import { userFolders } from "../../files/paths.ts";
import { BUILT_IN_NAMES, builtInBytes, isBuiltIn } from "../../files/roms/built-in-game.ts";
import { GAME_FILE_NAME } from "../../files/roms/rom-file-name.ts";
import { undecodedPath } from "../../files/undecoded-path.ts";
import { walkFolders } from "../../files/walk.ts";
import { wholeFolder } from "../home-folder.ts";
import { GameHistory, type GameRecord } from "./game-history.ts";
import { LIBRARY_BUILT_INS, type LibraryGame, libraryGame } from "./library-game.ts";
import { sameFiles } from "./same-files.ts";

/** Shortest time between two reports of a search's progress. */
const REPORT_MS = 250;
/** Number of files that are checked in one turn. */
const SLICE_FILES = 500;
/** Among this many of the games played last, the one to continue is sought. */
const MAX_GAMES_TO_CONTINUE = 10;

/** What the library needs from the program around it. */
export interface LibraryOptions {
  /** The folders to search, as the config file has them. */
  readonly folders: readonly string[];
  readonly history?: GameHistory;
  /** The folder of states by game. */
  readonly statesFolder?: string;
  /** Stores the folders in the config file. */
  keepFolders(folders: readonly string[]): Promise<void>;
}

/**
 * The player's games: those that come with emu, the files below the remembered folders, and what was played.
 * The folders are searched in the background.
 */
export class GameLibrary {
  /** Called when the games or what is known of them has changed. */
  onChange: () => void = () => {};
  /** Called with the error of a change that has failed in the background. */
  onFailure: (error: unknown) => void = () => {};
  folders: readonly string[];
  /** Files by name, identical ones once. While the first search runs, all that were found so far. */
  files: readonly LibraryGame[] = [];
  records: ReadonlyMap<string, GameRecord> = new Map();
  /** The game that was played last and can be continued. */
  toContinue: LibraryGame | undefined;
  /** Folders that could not be read, and limits that were reached, in the last search. */
  troubles: readonly InputError[] = [];
  /** Counts changes, so that lists made from the library can be kept until the next one. */
  version = 0;
  readonly statesFolder: string;
  readonly #history: GameHistory;
  readonly #keepFolders: LibraryOptions["keepFolders"];
  #search = 0;
  #isSearching = false;
  #searched = 0;
  /** True while files are compared, after the folders were read. */
  #isComparing = false;
  /** What the last search has found, by name, with all copies. */
  #found: readonly LibraryGame[] = [];
  /** Paths of identical files. */
  #groups: readonly (readonly string[])[] = [];
  /** The other paths of each game that is there more than once. */
  #copies: ReadonlyMap<string, readonly string[]> = new Map();

  constructor({ folders, history, statesFolder, keepFolders }: LibraryOptions) {
    this.folders = folders;
    this.#history = history ?? new GameHistory();
    this.statesFolder = statesFolder ?? join(userFolders().data, "states");
    this.#keepFolders = keepFolders;
  }

  /** Reads what was played, and searches the folders in the background. */
  async refresh(): Promise<void> {
    void this.#find().catch((error) => this.onFailure(error));
    await this.#readHistory();
  }

  /** Ends a search that is running. What it has found stays. */
  stop(): void {
    this.#search++;
    this.#isSearching = false;
    this.#isComparing = false;
  }

  /** A few words on the search: how many games, and how far it is. */
  get progress(): string {
    const { length } = this.files;
    const games = length === 1 ? "1 file" : `${length.toLocaleString("en")} files`;
    if (this.#isComparing) return `${games}, searching for copies`;
    if (this.#isSearching) return `${games}, searching: ${this.#searched.toLocaleString("en")} folders`;
    if (this.folders.length === 0) return "";
    return length === 0 ? "no games in your folders" : games;
  }

  /** The games that were played, the last one first. */
  get played(): LibraryGame[] {
    return [...this.records]
      .filter(([, { lastPlayedMs }]) => lastPlayedMs > 0)
      .sort(([, one], [, other]) => other.lastPlayedMs - one.lastPlayedMs)
      .map(([path]) => this.game(path));
  }

  get favourites(): LibraryGame[] {
    return [...this.records]
      .filter(([, { isFavourite }]) => isFavourite)
      .map(([path]) => this.game(path))
      .sort(byName);
  }

  game(path: string): LibraryGame {
    return LIBRARY_BUILT_INS.find((game) => game.path === path) ?? libraryGame(path);
  }

  /** The paths of other files with the same contents, which are not listed. */
  copiesOf({ path }: LibraryGame): readonly string[] {
    return this.#copies.get(path) ?? [];
  }

  async toggleFavourite({ path }: LibraryGame): Promise<void> {
    await this.#history.change(path, ({ isFavourite }) => ({ isFavourite: !isFavourite }));
    await this.#readHistory();
  }

  /** Removes a game from those that were played. */
  async forget({ path }: LibraryGame): Promise<void> {
    await this.#history.forget(path);
    await this.#readHistory();
  }

  /**
   * Notes that a game starts; `key` is its folder of states. Throws `InputError` if that cannot be written.
   */
  started(path: string, key: string): Promise<void> {
    return this.#history.change(path, () => ({ key, lastPlayedMs: Date.now() }));
  }

  /** Adds to the time for which a game was played. Throws `InputError` if that cannot be written. */
  ended(path: string, seconds: number): Promise<void> {
    return this.#history.change(path, ({ playedSeconds }) => ({ playedSeconds: playedSeconds + seconds }));
  }

  /** Stores the folders that are searched. */
  keepFolders(): Promise<void> {
    return this.#keepFolders(this.folders);
  }

  async addFolder(folder: string): Promise<void> {
    if (!this.folders.some((other) => wholeFolder(other) === folder))
      await this.#setFolders([...this.folders, folder]);
  }

  async removeFolder(folder: string): Promise<void> {
    await this.#setFolders(this.folders.filter((other) => other !== folder));
  }

  /** True if the player has stopped in the middle of a game. */
  canContinue({ path }: LibraryGame): boolean {
    const key = this.records.get(path)?.key ?? "";
    return key !== "" && existsSync(join(this.statesFolder, key, "resume.json"));
  }

  async #setFolders(folders: readonly string[]): Promise<void> {
    await this.#keepFolders(folders);
    this.folders = folders;
    this.files = [];
    this.#found = [];
    void this.#find().catch((error) => this.onFailure(error));
  }

  async #readHistory(): Promise<void> {
    this.records = await this.#history.list();
    this.toContinue = this.played.slice(0, MAX_GAMES_TO_CONTINUE).find((game) => this.canContinue(game));
    if (!this.#isSearching) this.#listOnce();
    this.#changed();
  }

  async #find(): Promise<void> {
    const search = ++this.#search;
    const isFirst = this.files.length === 0;
    const found: LibraryGame[] = [];
    const troubles: InputError[] = [];
    const seen = new Set<string>();
    this.#isSearching = this.folders.length > 0;
    this.#isComparing = false;
    this.#searched = 0;
    const publish = () => {
      if (isFirst || !this.#isSearching) this.files = found.toSorted(byName);
      this.troubles = troubles;
      this.#changed();
    };
    let reportedMs = performance.now();
    const onTrouble = (error: unknown) => {
      if (!(error instanceof InputError)) throw error;
      troubles.push(error);
    };
    const roots = this.folders.map(wholeFolder);
    for await (const files of walkFolders(roots, isGameName, onTrouble, isShown)) {
      if (search !== this.#search) return;
      this.#searched++;
      for (const path of files) {
        if (!seen.has(path)) found.push(libraryGame(path));
        seen.add(path);
        // Keys and drawing go on between the files of a large folder.
        if (seen.size % SLICE_FILES === 0) await setImmediate();
      }
      if (performance.now() - reportedMs < REPORT_MS) continue;
      publish();
      reportedMs = performance.now();
    }
    if (search !== this.#search) return;
    this.#isComparing = found.length > 1;
    if (this.#isComparing) publish();
    const groups = await this.#sameGames(found, () => search !== this.#search);
    if (groups === undefined) return;
    this.#isSearching = false;
    this.#isComparing = false;
    this.#found = found.toSorted(byName);
    this.#groups = groups;
    this.troubles = troubles;
    this.#listOnce();
    this.#changed();
  }

  /**
   * Groups of identical games among those that come with emu, the files found and those that were played or
   * marked, links last. Returns undefined when `isStopped`.
   */
  async #sameGames(
    found: readonly LibraryGame[],
    isStopped: () => boolean,
  ): Promise<readonly (readonly string[])[] | undefined> {
    const known = [...(await this.#history.list()).keys()].filter((path) => !isBuiltIn(path));
    const builtIn = new Map<string, Uint8Array>();
    for (const name of BUILT_IN_NAMES) builtIn.set(name, await builtInBytes(name));
    const paths = [...builtIn.keys(), ...found.toSorted(byName).map(({ path }) => path), ...known];
    const groups = await sameFiles([...new Set(paths)], isStopped, builtIn);
    return groups === undefined || isStopped() ? undefined : Promise.all(groups.map(linksLast));
  }

  /**
   * Lists identical files once: the one that was played or is a favourite, or else the first of its group
   * that is no link. Copies of a game that comes with emu are not listed.
   */
  #listOnce(): void {
    const copies = new Map<string, readonly string[]>();
    const hidden = new Set<string>();
    for (const group of this.#groups) {
      const kept = group.find((path) => isBuiltIn(path) || this.records.has(path)) ?? group[0]!;
      for (const path of group) {
        copies.set(
          path,
          group.filter((other) => other !== path),
        );
        if (path !== kept) hidden.add(path);
      }
    }
    this.#copies = copies;
    this.files = this.#found.filter(({ path }) => !hidden.has(path));
  }

  #changed(): void {
    this.version++;
    this.onChange();
  }
}

/** Returns false for system files and folders, such as .git and .Trash: their names begin with a dot. */
function isShown(name: string): boolean {
  return !name.startsWith(".");
}

function isGameName(name: string): boolean {
  return isShown(name) && GAME_FILE_NAME.test(name);
}

/** The paths with symbolic links after all others: a link's name is often not the game's. */
async function linksLast(paths: readonly string[]): Promise<readonly string[]> {
  const links = new Set<string>();
  for (const path of paths) {
    const status = await lstat(undecodedPath(path)).catch(() => undefined);
    if (status?.isSymbolicLink() === true) links.add(path);
  }
  return [...paths.filter((path) => !links.has(path)), ...links];
}

function byName(one: LibraryGame, other: LibraryGame): number {
  return one.sortKey < other.sortKey ? -1 : one.sortKey > other.sortKey ? 1 : one.path < other.path ? -1 : 1;
}

/** The folder where a player looks for more games: that of the game last played, or their own. */
export function folderToBrowse(library: GameLibrary, home: string): string {
  const last = library.played.find(({ path }) => path.includes("/") || path.includes("\\"));
  return last === undefined ? home : dirname(last.path);
}

import { opendir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileError } from "../../io/files/read-file.ts";
import type { ConfigFile } from "../../io/play/config-file.ts";
import { COVER_FILE } from "../../io/play/games/covers.ts";
import { GameLibrary } from "../../io/play/games/game-library.ts";
import { wholeFolder } from "../../io/play/home-folder.ts";
import { type Pick, pickGame } from "../../io/play/pick-game.ts";
import type { Settings } from "../../io/play/settings.ts";
import { log } from "../log.ts";

/**
 * The library of the config file's folders, or of one other folder. Throws `InputError` if that folder cannot
 * be read.
 */
export async function openGameLibrary(
  folder: string | undefined,
  { libraryFolders }: Settings,
  config: ConfigFile,
): Promise<GameLibrary> {
  let remembered = libraryFolders;
  let shown: readonly string[] = folder === undefined ? remembered : [resolve(folder)];
  if (folder !== undefined) await checkFolder(folder);
  return new GameLibrary({
    folders: shown,
    keepFolders: async (folders) => {
      const others = remembered.filter((other) => !shown.includes(other));
      remembered = [...new Set([...others, ...folders])];
      shown = folders;
      await config.set("libraryFolders", remembered);
    },
  });
}

async function checkFolder(folder: string): Promise<void> {
  try {
    await (await opendir(folder)).close();
  } catch (error) {
    throw fileError(error, folder);
  }
}

/**
 * Lets the player choose a game; the one at `selected` is selected at first. A folder of the command line in
 * which there are games is remembered in the config file.
 */
export async function pickFromLibrary(
  library: GameLibrary,
  settings: Settings,
  message: string,
  selected: string | undefined,
): Promise<Pick> {
  const pick = await pickGame(library, settings, message, selected);
  const { libraryFolders } = settings;
  const known = new Set(libraryFolders.map(wholeFolder));
  if (library.files.length > 0 && library.folders.some((folder) => !known.has(wholeFolder(folder))))
    await noted(library.keepFolders());
  return pick;
}

/** The connection between a running game and the library. */
export interface LibrarySide {
  readonly options: { readonly library: GameLibrary; readonly cover?: string };
  /** Call when the game has ended. */
  ended(playedSeconds: number): Promise<void>;
}

/**
 * Notes that a game is played. `path` is a file or the name of a game that comes with emu. The game starts
 * even if this cannot be written.
 */
export async function joinLibrary(
  library: GameLibrary,
  path: string,
  statesFolder: string,
  keepsCover: boolean,
): Promise<LibrarySide> {
  await noted(library.started(path, basename(statesFolder)));
  return {
    options: { library, ...(keepsCover ? { cover: join(statesFolder, COVER_FILE) } : {}) },
    ended: (playedSeconds) => noted(library.ended(path, playedSeconds)),
  };
}

function noted(change: Promise<void>): Promise<void> {
  return change.catch((error) => log.warn({ error: String(error) }, "cannot write the list of games"));
}

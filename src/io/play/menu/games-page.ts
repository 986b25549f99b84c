import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { GAME_FILE_NAME } from "../../files/roms/rom-file-name.ts";
import { printable } from "../../files/text.ts";
import type { GameLibrary } from "../games/game-library.ts";
import { libraryGame } from "../games/library-game.ts";
import { openArchive } from "./archive-page.ts";
import type { Menu } from "./menu.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

const HINT = "Enter open   / find   Esc back";
/** The title of the page to which a player returns who has added a folder. */
export const LIBRARY_TITLE = "Games";

/** A folder's contents for a player: folders first, then games, by name. */
interface Listing {
  readonly folders: readonly string[];
  readonly games: readonly string[];
}

/** Throws `InputError` ("io") for a folder that cannot be read. */
async function listFolder(folder: string): Promise<Listing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const visible = entries.filter(({ name }) => !name.startsWith("."));
    const names = (isWanted: (entry: (typeof entries)[number]) => boolean) =>
      visible
        .filter(isWanted)
        .map(({ name }) => name)
        .sort((a, b) => a.localeCompare(b, "en", { numeric: true, sensitivity: "base" }));
    return {
      folders: names((entry) => entry.isDirectory()),
      games: names((entry) => !entry.isDirectory() && GAME_FILE_NAME.test(entry.name)),
    };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new InputError("io", `cannot be read: ${code}`, printable(folder));
  }
}

/**
 * The page of a folder's games and folders, to open a file, or to add the folder to the library. Throws
 * `InputError` ("io") if the folder cannot be read.
 */
export async function browsePage(
  menu: Menu,
  library: GameLibrary,
  folder: string,
  open: (path: string) => unknown,
): Promise<MenuPage> {
  const path = resolve(folder);
  const { folders, games } = await listFolder(path);
  const goTo = (target: string) => menu.openPrepared(browsePage(menu, library, target, open));
  const openGame = (file: string) =>
    libraryGame(file).system === "archive" ? openArchive(menu, file, open) : open(file);
  const add = async () => {
    await library.addFolder(path);
    menu.backTo(LIBRARY_TITLE);
  };
  const entries: MenuEntry[] = [
    {
      label: "Add this folder to the library",
      about: "emu finds the games in it and below it from now on",
      enter: add,
    },
    { label: "..", enter: () => goTo(dirname(path)) },
    ...folders.map((name) => ({ label: `${name}/`, enter: () => goTo(join(path, name)) })),
    ...games.map((name) => ({ label: name, enter: () => openGame(join(path, name)) })),
  ];
  return { title: printable(path), hint: HINT, isSearchable: true, shape: "window", entries: () => entries };
}

import { basename } from "node:path";
import { printable } from "../../files/text.ts";
import { gamesInArchive } from "../games/archive-games.ts";
import type { Menu } from "./menu.ts";
import type { MenuPage } from "./page.ts";

/**
 * The page of the games in an archive. `open` gets the path of the chosen one, `archive.zip#game.nes`.
 * `leaving` is what Escape does, for the last line.
 */
export function archivePage(
  path: string,
  games: readonly string[],
  open: (path: string) => unknown,
  leaving: Menu["leaving"] = "back",
): MenuPage {
  const entries = games.map((inner) => ({
    label: printable(inner),
    enter: () => open(`${path}#${inner}`),
  }));
  return {
    title: printable(basename(path)),
    hint: `Enter play   / find   Esc ${leaving}`,
    shape: "window",
    isSearchable: true,
    entries: () => entries,
  };
}

/**
 * Opens an archive's game, or lets the player choose if there are several; nothing if the player has left the
 * page before the archive was read. Throws `InputError` if the archive cannot be read.
 */
export async function openArchive(menu: Menu, path: string, open: (path: string) => unknown): Promise<void> {
  const isHere = menu.placeHere();
  const games = await gamesInArchive(path);
  if (!isHere()) return;
  if (games.length < 2) open(path);
  else menu.open(archivePage(path, games, open));
}
